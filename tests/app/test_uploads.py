"""Tables that an owner brings: who may, what the answer says, and what it may cost."""

from __future__ import annotations

import asyncio
import http.client
import json
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest

from tests.app.conftest import Running
from tests.bad_tables import FILES, points, rows
from tests.page import Page, cookies_of_a_watcher, visit
from tinkernet.app.connections.budget import Budget
from tinkernet.app.settings import Settings
from tinkernet.app.web.table_preview import Choices
from tinkernet.app.web.uploads import Reading, Uploads

GERMAN = "Breite [cm];Höhe;Art\r\n1,5;2;Amsel\r\n2,5;x;Fink\r\n3,5;3;Fink\r\n".encode("cp1252")
TIMES = rows("t,y", *[f"{at},{at * at}" for at in range(20)])


def bring(
    page: Page, content: bytes, cookies: str | None = None, origin: str = "", **choices: object
) -> tuple[int, list[Any]]:
    """Status and the lines of the answer."""
    headers = {"Cookie": page.visit.cookies if cookies is None else cookies, "Origin": origin or page.address}
    body = json.dumps(choices).encode() + b"\n" + content
    asked = Request(f"{page.address}/s/{page.id}/table", body, headers, method="POST")
    try:
        with urlopen(asked, timeout=60) as answer:
            return answer.status, [json.loads(line) for line in answer]
    except HTTPError as error:
        with error:
            text = error.read().decode()
        return error.code, [json.loads(text)["detail"] if text.startswith("{") else text]


def seen(page: Page, content: bytes, **choices: object) -> dict[str, Any]:
    """What the page is told at the end."""
    status, lines = bring(page, content, **choices)
    assert status == 200, lines
    assert all(set(line) == {"row"} for line in lines[:-1])
    found: dict[str, Any] = lines[-1]
    return found


def test_only_the_owner_brings_data(server: Running) -> None:
    """Not who watches, not another browser, not a page of another origin; and not for a session that is not open."""
    with Page(server.url) as page:
        page.ready()
        for cookies in ("", visit(server.url).cookies, cookies_of_a_watcher(server.url, page.id)):
            assert bring(page, TIMES, cookies) == (403, ["Only the owner of a session may bring data."])
        status, lines = bring(page, TIMES, origin="http://evil.example")
        assert (status, "may not use this server" in lines[0]) == (403, True)
        assert bring(page, TIMES, colour="red") == (400, ["colour: Extra inputs are not permitted."])
        assert bring(page, TIMES)[0] == 200
    closed = Page(server.url, id=visit(server.url).id)
    assert bring(closed, TIMES) == (409, ["This session is not open: open its page first."])


def test_what_the_answer_says(server: Running) -> None:
    """The guesses, the columns, the first rows, the cells that cannot be used; and what a choice changes."""
    with Page(server.url) as page:
        page.ready()
        found = seen(page, GERMAN)
        assert found["text"] == {"encoding": "windows-1252", "label": "Windows-1252", "why": "it is not UTF-8"}
        assert found["layout"] == {"separator": ";", "decimal": ",", "header": "names", "ties": []}
        table = found["table"]
        columns = [(each["name"], each["unit"], each["kind"], each["role"]) for each in table["columns"]]
        assert columns == [
            ("Breite", "cm", "number", "input"),
            ("Höhe", "", "class", "out"),
            ("Art", "", "class", "target"),
        ]
        assert table["shown"][1] == {"row": 3, "cells": ["2,5", "x", "Fink"], "bad": []}
        assert found["data"]["classes"] == [["Amsel", 1], ["Fink", 2]]
        assert found["refusal"] == ""
        found = seen(page, GERMAN, separator=";", decimal=".")
        assert found["refusal"].startswith(
            "No column is an input: none has numbers in nine rows of ten (row 2, “Breite”"
        )
        assert found["table"]["columns"][0]["kinds"] == ["class"]
        found = seen(page, points(changes={7: "wide,2,a"}), seed="0.5", train_percent=30)
        assert (found["table"]["left_out"], found["data"]["rows"]) == (1, 19)
        assert found["table"]["bad"] == [{"row": 7, "column": 0, "cell": "wide", "missing": False}]
        assert [each["row"] for each in found["table"]["shown"]] == [2, 3, 4, 5, 6, 7]
        assert sorted(found["data"]["scales"]) == ["0", "1"]
        found = seen(page, b"a;b\n1.234;2.345\n3.456;1.999\n", use=True)
        assert found["layout"]["ties"] == [[";", ","]]
        assert found["refusal"].startswith("Several readings fit equally well and give other numbers (semicolon with")
        assert seen(page, b"a;b\n1.234;2.345\n3.456;1.999\n", decimal=",")["refusal"] == ""


def test_a_table_is_used(server: Running) -> None:
    """It becomes the session's, with its title, and the network learns from it; what was only looked at does not."""
    with Page(server.url) as page:
        page.ready()
        spec = page.state["spec"]
        given = {"seed": spec["seed"], "train_percent": 50, "title": "birds\n 2024"}
        assert "reference" not in seen(page, GERMAN, **given)
        content = rows("width [cm],kind", *[f"{at}.5,{'ab'[at % 2]}" for at in range(30)])
        reference = seen(page, content, use=True, **given)["reference"]
        assert page.state["spec"] == spec
        page.send("use_data", revision=page.state["revision"] + 1, data=reference)
        page.until(lambda page: page.state["spec"]["data"] == reference)
        facts = page.tables[reference]
        assert (facts["title"], facts["classes"]) == ("birds 2024", ["a", "b"])
        assert [(each["name"], each["unit"], each["low"], each["high"]) for each in facts["columns"]] == [
            ("width", "cm", 0.5, 29.5)
        ]
        page.send("step", epochs=3)
        page.until(lambda page: page.frame.epoch == 3)


def test_bad_files_leave_the_run_alone(server: Running) -> None:
    """Each of them is answered in a sentence, and the network trains on."""
    with Page(server.url) as page:
        page.ready().send("play")
        before = page.state
        for name, file in FILES.items():
            if name == "long":
                continue  # it would keep this page waiting for its turn
            found = seen(page, file.content)
            if file.refused:
                assert re.search(file.said, found["refusal"]), name
            else:
                assert found["refusal"] == "", name
        epoch = page.frame.epoch
        page.until(lambda page: page.frame.epoch > epoch + 10)
        assert {**page.state, "revision": 0} == {**before, "revision": 0, "playing": True}


def test_a_table_may_be_so_large(serve: Callable[..., Running]) -> None:
    """64 MiB are refused before they come; too many together, as they come. Other requests keep their limit."""
    server = serve(max_table_bytes=200_000, max_tables_bytes=100_000)
    with Page(server.url) as page:
        page.ready()
        line = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=20)
        line.putrequest("POST", f"/s/{page.id}/table")
        line.putheader("Cookie", page.visit.cookies)
        line.putheader("Content-Length", str(2**26))
        line.endheaders()
        answer = line.getresponse()
        assert (answer.status, json.loads(answer.read())["detail"]) == (
            413,
            "A table may have 200000 bytes at most (TINKERNET_MAX_TABLE_BYTES); this one says that it has 67108864.",
        )
        line.close()
        assert bring(page, b"1,2\n" * 30_000) == (
            503,
            ["The server reads many other tables just now. Wait a moment and try again."],
        )
        assert bring(page, b"1,2\n2,1\n" * 10_000)[0] == 200
        headers = {"Cookie": page.visit.cookies}
        other = Request(f"{server.url}/s/{page.id}/join-link", bytes(70_000), headers, method="POST")
        with pytest.raises(HTTPError, match="413") as refused:
            urlopen(other, timeout=20)
        refused.value.close()


def test_reading_takes_so_long(serve: Callable[..., Running]) -> None:
    """It says where it is, and ends with a sentence."""
    server = serve(max_table_seconds=0.4)
    with Page(server.url) as page:
        page.ready()
        status, lines = bring(page, b"1,2,3\n" * 990_000)
        assert status == 200
        assert re.match(r"After 0\.4 s the reading was at row \d+,000: bring a smaller part\.$", lines[-1]["refusal"])
        told = [line["row"] for line in lines[:-1]]
        assert told
        assert told == sorted(told)


def test_reading_is_charged_and_can_be_stopped() -> None:
    """Its processor time goes to the browser's budget; one that nobody waits for does not go on."""

    async def scenario() -> None:
        settings, charged = Settings(), list[float]()
        uploads, budget = Uploads(settings), Budget(settings)
        budget.charge = charged.append  # type: ignore[method-assign]
        content = b"1,2,3\n" * 300_000
        whole, stopped = (Reading(content, 0, Choices(), 2.0) for _ in range(2))
        await uploads.read(whole, budget)
        assert whole.answer["table"]["rows"] == 300_000
        assert charged == [whole.seconds]
        task = asyncio.create_task(uploads.read(stopped, budget))
        await asyncio.to_thread(until_it_reads, stopped)
        stopped.stopped.set()
        await task
        assert stopped.answer == {}
        assert 0 < stopped.row < 300_000

    def until_it_reads(reading: Reading) -> None:
        while not reading.row:
            time.sleep(0.001)

    asyncio.run(scenario())


def points_file(page: Page, cookies: str | None = None) -> tuple[int, str]:
    """Status and text of the points of a session."""
    headers = {"Cookie": page.visit.cookies if cookies is None else cookies}
    try:
        with urlopen(Request(f"{page.address}/s/{page.id}/points.csv", headers=headers), timeout=60) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, json.loads(error.read())["detail"]


def test_the_points_go_out_and_come_back_in(server: Running) -> None:
    """While it trains, drawn ones among them; the file makes the same data set each time, and is the owner's alone."""
    with Page(server.url) as page:
        page.ready()
        page.send("edit_data", added=[{"x": 320, "y": -64, "target": 1}], removed=[2])
        page.send("play")
        page.until(lambda page: page.frame.epoch > 3)
        status, text = points_file(page)
        assert status == 200
        lines = text.splitlines()
        assert (lines[0], len(lines)) == ("x,y,class,split,predicted", 501)
        assert lines[-1].startswith("1.25,-0.25,1,")
        reference = seen(page, text.encode(), use=True)["reference"]
        page.send("use_data", revision=page.state["revision"] + 1, data=reference)
        page.until(lambda page: page.state["spec"]["data"] == reference)
        status, again = points_file(page)
        assert [line.rpartition(",")[0] for line in again.splitlines()] == [line.rpartition(",")[0] for line in lines]
        assert seen(page, again.encode(), use=True)["reference"] == reference
        for cookies in ("", cookies_of_a_watcher(server.url, page.id)):
            assert points_file(page, cookies) == (403, "Only the owner of a session may take its points.")
    closed = Page(server.url, id=visit(server.url).id)
    assert points_file(closed) == (409, "This session is not open: open its page first.")
