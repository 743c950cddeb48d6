"""A class: opened by the desk, joined by a code; who comes, goes, is removed or blocked; what outlives the server."""

from __future__ import annotations

import asyncio
import json
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.app.conftest import Running, running
from tests.app.test_browsers import Visitor
from tests.app.test_owners import ask
from tests.page import Page
from tinkernet.app.capabilities import EVERYTHING
from tinkernet.app.classroom import classroom, classrooms
from tinkernet.app.classroom.classroom import Classroom, NotAdmitted
from tinkernet.app.classroom.classrooms import Classrooms, NoClass
from tinkernet.app.classroom.names import FIRST, SECOND, neutral_name
from tinkernet.app.connections.viewer import Viewer
from tinkernet.app.settings import Settings
from tinkernet.app.storage.sqlite import SQLiteStorage
from tinkernet.app.web import classes


class Desk:
    """The page of a lecturer, with a class."""

    def __init__(self, server: Running, page: Page) -> None:
        self.server, self.page = server, page
        page.ready()
        assert self.post("class")[0] == 204
        self.until(lambda facts: bool(facts["code"]))

    def post(self, path: str, method: str = "POST", **body: object) -> tuple[int, Any]:
        return ask(self.server, method, f"/s/{self.page.id}/{path}", self.page.visit.cookies, json.dumps(body))

    def until(self, holds: Any) -> dict[str, Any]:
        """The newest facts of the class, once something holds of them."""
        self.page.until(lambda page: page.of_class is not None and holds(page.of_class))
        assert self.page.of_class is not None
        return self.page.of_class


class Student:
    """A browser that comes by a code."""

    def __init__(self, server: Running) -> None:
        self.server, self.visitor = server, Visitor()
        self.visitor.load(f"{server.url}/")

    def enter(self, code: object) -> tuple[int, Any]:
        url = f"{self.server.url}/"
        status, answer = ask(self.server, "POST", "/join", self.visitor.sends(url), json.dumps({"code": code}))
        return status, answer["detail"] if isinstance(answer, dict) and "detail" in answer else answer

    def follow(self, link: str) -> Page:
        path, _, key = link.partition("#key=")
        self.visitor.load(f"{self.server.url}/{path}")
        return Page(self.server.url, id=path.split("/")[1], key=key, cookies=self.visitor.sends(f"{self.server.url}/"))


def names_of(facts: dict[str, Any], state: str = "here") -> list[str]:
    return [person["name"] for person in facts["people"] if person["state"] == state]


def test_a_class_is_joined_by_its_code(server: Running) -> None:
    """Who enters it follows the session under a neutral name, and is the same person with two pages and later."""
    with server.page() as page:
        desk = Desk(server, page)
        code = desk.until(bool)["code"]
        student = Student(server)
        status, answer = student.enter(f" {code[:3]} {code[3:]} ")
        assert status == 200
        with student.follow(answer["link"]) as one, student.follow(answer["link"]) as two:
            one.ready()
            two.until(lambda page: page.of_class is not None)
            assert one.of_class is not None
            assert one.of_class == two.of_class
            assert one.of_class["code"] == code
            assert one.of_class["people"] == []  # the others are the desk's business
            name = one.of_class["name"]
            assert names_of(desk.until(lambda facts: facts["here"])) == [name]
            page.send("step", epochs=2)
            one.until(lambda page: page.frame.epoch == 2)
        facts = desk.until(lambda facts: not facts["here"])
        assert names_of(facts, "asleep") == [name]
        with student.follow(answer["link"]) as again:
            again.until(lambda page: page.of_class is not None)
            assert again.of_class is not None
            assert again.of_class["name"] == name


def test_who_was_there_before_the_class(server: Running) -> None:
    """Whoever came by a join link is in it too, and is told."""
    with server.page() as page:
        page.ready()
        with Page(server.url, id=page.id, key=page.visit.viewer_key) as early:
            early.ready()
            desk = Desk(server, page)
            early.until(lambda page: page.of_class is not None)
            assert early.of_class is not None
            assert names_of(desk.until(lambda facts: facts["here"])) == [early.of_class["name"]]


def test_a_locked_class(server: Running) -> None:
    """Nobody else comes in, by code or by link; who is known comes back."""
    with server.page() as page:
        desk = Desk(server, page)
        code = desk.until(bool)["code"]
        student, other = Student(server), Student(server)
        link = student.enter(code)[1]["link"]
        with student.follow(link) as follower:
            follower.ready()
            assert desk.post("class", locked=True)[0] == 204
            assert desk.until(lambda facts: facts["locked"])["code"] == code
            said = "This class is locked: nobody else may join just now."
            assert other.enter(code) == (403, said)
            with other.follow(link) as refused, pytest.raises(ConnectionClosed):
                refused.until(lambda _: False)
            assert refused.closing == said
        with student.follow(link) as back:
            back.ready()
        assert desk.post("class", locked=False)[0] == 204
        assert other.enter(code)[0] == 200


def test_remove_and_block_are_two_things(server: Running) -> None:
    """Who is removed comes back by the code, not by a reload; who is blocked does not come back."""
    with server.page() as page:
        desk = Desk(server, page)
        code = desk.until(bool)["code"]
        student = Student(server)
        link = student.enter(code)[1]["link"]
        for block in (False, True):
            with student.follow(link) as follower:
                follower.ready()
                number = desk.until(lambda facts: facts["here"])["people"][0]["number"]
                assert desk.post("class/people", number=number, block=block)[0] == 204
                with pytest.raises(ConnectionClosed):
                    follower.until(lambda _: False)
                assert follower.closing == "The lecturer has removed you from the class."
            desk.until(lambda facts: not facts["here"] and not facts["people"])
            with student.follow(link) as reloaded, pytest.raises(ConnectionClosed):
                reloaded.until(lambda _: False)
            if not block:
                assert reloaded.closing.endswith("Enter its code to come back.")
            status, said = student.enter(code)
            assert (status, said) == (403, "The lecturer has closed this class to you.") if block else status == 200
        assert Student(server).enter(code)[0] == 200
        assert desk.post("class/people", number=99)[0] == desk.post("class/people", number="x")[0] == 404


def test_another_code_and_the_end(server: Running) -> None:
    """The old code opens nothing, who is here stays; at the end all are let out, and the code says why."""
    with server.page() as page:
        desk = Desk(server, page)
        old = desk.until(bool)["code"]
        student = Student(server)
        link = student.enter(old)[1]["link"]
        with student.follow(link) as follower:
            follower.ready()
            assert desk.post("class/code")[0] == 204
            new = desk.until(lambda facts: facts["code"] != old)["code"]
            follower.until(lambda page: page.of_class["code"] == new)
            assert student.enter(old) == (404, "This class has ended.")
            assert desk.post("class", "DELETE")[0] == 204
            with pytest.raises(ConnectionClosed):
                follower.until(lambda _: False)
            assert follower.closing == "This class has ended."
        desk.until(lambda facts: not facts["code"])
        assert student.enter(new) == (404, "This class has ended.")
        with pytest.raises(InvalidStatus), student.follow(link):
            pass
        assert desk.post("class/code")[0] == 404
        assert ask(server, "GET", f"/s/{page.id}/class", page.visit.cookies)[0] == 404


@pytest.mark.parametrize(
    "code", ["", "12", "１２３４５６", "abcdef", "9" * 400, None, 5, ["1"], {"a": 1}, "000000", "\x00"]
)
def test_what_is_no_code(server: Running, code: object) -> None:
    """Each is answered with a sentence."""
    status, said = Student(server).enter(code)
    assert status == 404
    assert said.startswith("No class has the code ")


def test_wrong_codes_never_make_a_right_one_wait(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """A browser that guesses is told to stop, the desk is told of many, and the right code opens at once."""
    monkeypatch.setattr(classrooms, "MOST_WRONG_OF_BROWSER", 5)
    with server.page() as page:
        desk = Desk(server, page)
        code = desk.until(bool)["code"]
        student = Student(server)
        said = [student.enter(str(number))[1] for number in range(6)]
        assert said[4].startswith("No class has the code 4")
        assert said[5] == "Too many wrong codes: look at the code once more, and wait a minute."
        assert student.enter(code)[0] == 200


def test_only_the_desk(server: Running) -> None:
    """A follower and a stranger open, change and end nothing."""
    with server.page() as page:
        desk = Desk(server, page)
        student = Student(server)
        student.enter(desk.until(bool)["code"])
        cookies = student.visitor.sends(f"{server.url}/")
        for method, path in (("GET", ""), ("POST", ""), ("DELETE", ""), ("POST", "/code"), ("POST", "/people")):
            for who in ("", cookies):
                assert ask(server, method, f"/s/{page.id}/class{path}", who, "{}")[0] == 403


def test_a_class_outlives_the_server(tmp_path: Path) -> None:
    """The same code, people under their names; who was blocked stays out."""
    settings = Settings(port=0, data_dir=str(tmp_path))
    with running(settings) as server, server.page() as page:
        desk = Desk(server, page)
        code = desk.until(bool)["code"]
        student, bad = Student(server), Student(server)
        link = student.enter(code)[1]["link"]
        bad.enter(code)
        with student.follow(link) as follower, bad.follow(link) as other:
            follower.until(lambda page: page.of_class is not None)
            other.until(lambda page: page.of_class is not None)
            assert follower.of_class is not None
            assert other.of_class is not None
            name = follower.of_class["name"]
            people = desk.until(lambda facts: facts["here"] == 2)["people"]
            number = next(each["number"] for each in people if each["name"] == other.of_class["name"])
            assert desk.post("class/people", number=number, block=True)[0] == 204
            desk.until(lambda facts: facts["here"] == 1)
        port, cookies, id = server.settings.port, page.visit.cookies, page.id
        was = student.visitor.sends(f"{server.url}/")
        banned = bad.visitor.sends(f"{server.url}/")
    with running(Settings(port=port, data_dir=str(tmp_path))) as server:
        body = json.dumps({"code": code})
        assert ask(server, "POST", "/join", banned, body)[0] == 403
        assert ask(server, "POST", "/join", was, body) == (200, {"link": link})
        with Page(server.url, id=id) as page:
            page.until(lambda page: page.of_class is not None)
            assert page.visit.cookies == cookies
            assert page.of_class is not None
            assert page.of_class["code"] == code
            with Page(server.url, id=id, key=link.partition("#key=")[2], cookies=was) as follower:
                follower.until(lambda page: page.of_class is not None)
                assert follower.of_class is not None
                assert follower.of_class["name"] == name


def test_addresses_are_tried(server: Running) -> None:
    """Each that answers has a code to scan; one that does not is named, and has none."""
    with running(Settings(port=0, host="127.0.0.1")) as other:
        silent = "http://192.0.2.7"
        public = Settings(port=0, public=(silent, "http://classroom.invalid"))
        with running(public) as hidden, hidden.page() as page:
            Desk(hidden, page)
            status, found = ask(hidden, "GET", f"/s/{page.id}/class", page.visit.cookies)
            assert (status, found["addresses"]) == (200, [])
            assert silent in found["silent"]
        with other.page() as page:
            Desk(other, page)
            assert ask(other, "GET", f"/s/{page.id}/class", page.visit.cookies) == (
                200,
                {"addresses": [], "silent": []},
            )


def test_addresses_are_tried_in_one_round(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many ask at once: nobody can keep the server's threads busy with it."""
    tried: list[str] = []

    def slow(address: str) -> bool:
        tried.append(address)
        time.sleep(0.2)
        return True

    monkeypatch.setattr(classes, "_answers", slow)
    with (
        running(Settings(port=0, public=("http://one.invalid", "http://two.invalid"))) as server,
        server.page() as page,
    ):
        Desk(server, page)

        def asked(_: int) -> int:
            return ask(server, "GET", f"/s/{page.id}/class", page.visit.cookies)[0]

        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(asked, range(8))) == [200] * 8
    assert sorted(tried) == ["http://one.invalid", "http://two.invalid"]


def test_a_full_class() -> None:
    """The next is told; who is here already may open another page."""
    room = Classroom("123456", most=2)
    for browser in "ab":
        room.enter(browser)
        room.arrive(browser, 0.0)
    with pytest.raises(NotAdmitted, match=r"The class is full \(2\)."):
        room.enter("c")
    room.enter("a")
    room.leave("b", 1.0)
    room.enter("c")


def test_people_who_left_are_forgotten_at_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of more than a class knows, those who went first; never those who are here or blocked."""
    monkeypatch.setattr(classroom, "MOST_KNOWN", 4)
    room = Classroom("123456", most=100)
    for at, browser in enumerate("abcdef"):
        room.arrive(browser, float(at))
        if browser == "a":
            room.remove(1, block=True)
        if browser != "c":
            room.leave(browser, float(at))
    assert {person.name for person in room.facts(10.0, tried=False).people} == {
        room.own_facts(browser).name for browser in "cef"
    }
    with pytest.raises(NotAdmitted):
        room.enter("a")
    assert [each.state for each in room.facts(5 + classroom.ASLEEP_SECONDS, tried=False).people] == [
        "here", "gone", "gone",
    ]  # fmt: skip


def test_names_differ() -> None:
    """Also when all of two words are taken."""
    taken: set[str] = set()
    for _ in range(len(FIRST) * len(SECOND) + 3):
        taken.add(neutral_name(taken))
    assert len(taken) == len(FIRST) * len(SECOND) + 3
    assert sum(name.endswith(" 2") for name in taken) == 3


def test_the_desk_is_told_of_many_wrong_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of as many as a server gets in a minute, whoever sends them; later it is told no more."""
    monkeypatch.setattr(classrooms, "MOST_WRONG", 10)
    now = 0.0

    async def lesson() -> list[bool]:
        nonlocal now
        desk = Viewer(EVERYTHING, "desk")
        rooms = Classrooms(SQLiteStorage(Settings(data_dir="")), 10, lambda _: (desk,), lambda: now)
        code = rooms.open("session").code
        told = []
        for seconds in (1.0, 1.0, 1000.0):
            for number in range(12):
                with suppress(NoClass):
                    await rooms.join("000000", f"{number}")
                now += seconds / 12
            assert await rooms.join(code, "student") == "session"
            rooms.lock("session", False)
            await asyncio.sleep(0)
            event = json.loads(str(desk.next_message()))
            told.append(event["tried"])
        return told

    assert asyncio.run(lesson()) == [True, True, False]
