"""Questions to a class: asked, answered in secret, shown, asked again."""

from __future__ import annotations

import json

import pytest

from tests.app.conftest import Running
from tests.app.test_classes import Desk, Student
from tinkernet.app.classroom.classroom import Classroom
from tinkernet.app.classroom.question import NoQuestion


def test_a_question_is_answered_in_secret(server: Running) -> None:
    """The desk is told how many have answered; what, nobody is, until it shows the answers, which are locked then."""
    with server.page() as page:
        desk = Desk(server, page)
        student = Student(server)
        link = student.enter(desk.until(bool)["code"])[1]["link"]
        with student.follow(link) as one, Student(server).follow(link) as two:
            for each in (one, two):
                each.ready()
            assert desk.post("class/question", text="Does it learn?", choices=["Yes", "No"])[0] == 204
            for each in (one, two):
                each.until(lambda page: page.of_class and page.of_class["question"])
            one.send("vote", question=1, value=0)
            one.until(lambda page: page.of_class["question"]["mine"] == 0)
            one.send("vote", question=1, value=1)
            one.until(lambda page: page.of_class["question"]["mine"] == 1)
            two.send("vote", question=1, value=1)
            two.until(lambda page: page.of_class["question"]["mine"] == 1)
            asked = desk.until(lambda facts: (facts["question"] or {}).get("answered") == 2)["question"]
            for each in (asked, one.of_class["question"]):  # type: ignore[index]
                assert (each["counts"], each["values"], each["shown"]) == ([], [], False)
            assert desk.post("class/question", do="show")[0] == 204
            one.until(lambda page: page.of_class["question"]["shown"])
            assert one.of_class["question"]["counts"] == [0, 2]  # type: ignore[index]
            one.send("vote", question=1, value=0)
            one.until(lambda page: page.errors)
            assert one.errors[-1]["message"] == "The answers are shown: they cannot be changed any more."
            assert desk.post("class/question", do="again")[0] == 204
            one.until(lambda page: page.of_class["question"]["number"] == 2)
            assert one.of_class["question"]["mine"] is None  # type: ignore[index]
            two.until(lambda page: page.of_class["question"]["number"] == 2)
            two.send("vote", question=1, value=0)  # to the one before
            two.until(lambda page: page.errors)
            assert two.errors[-1]["message"] == "This question is not open any more."
            page.send("vote", question=2, value=0)
            page.until(lambda page: page.errors)
            assert page.errors[-1]["message"] == "There is no question that this page may answer."
            assert desk.post("class/question", "DELETE")[0] == 204
            one.until(lambda page: page.of_class["question"] is None)


def test_a_question_for_a_number(server: Running) -> None:
    """The numbers are shown in their order."""
    with server.page() as page:
        desk = Desk(server, page)
        link = Student(server).enter(desk.until(bool)["code"])[1]["link"]
        with Student(server).follow(link) as one, Student(server).follow(link) as two:
            desk.post("class/question", text="Which loss at epoch 300?", choices=[])
            for each, value in ((one, 0.25), (two, -1.5)):
                each.until(lambda page: page.of_class and page.of_class["question"])
                each.send("vote", question=1, value=value)
            desk.until(lambda facts: (facts["question"] or {}).get("answered") == 2)
            desk.post("class/question", do="show")
            one.until(lambda page: page.of_class["question"]["shown"])
            assert one.of_class["question"]["values"] == [-1.5, 0.25]  # type: ignore[index]


@pytest.mark.parametrize(
    ("text", "choices", "said"),
    [
        ("", [], "The question must have 1 to 200 characters."),
        ("a" * 201, [], "The question must have 1 to 200 characters."),
        (5, [], "The question must have 1 to 200 characters."),
        ("Why?", ["Yes"], "The choices must be 2 to 6, or none for a number."),
        ("Why?", "Yes", "The choices must be 2 to 6, or none for a number."),
        ("Why?", None, "The choices must be 2 to 6, or none for a number."),
        ("Why?", list("abcdefg"), "7 choices are too many: 6 are the most."),
        ("Why?", ["Yes", 5], "Each choice must have 1 to 40 characters."),
        ("Why?", ["Yes", " "], "Each choice must have 1 to 40 characters."),
        ("Why?", ["Yes", " Yes"], "Two choices are the same."),
    ],
)
def test_what_cannot_be_asked(text: object, choices: object, said: str) -> None:
    """Each is refused with a sentence, and the question before stays."""
    room = Classroom("123456", most=5)
    room.ask("Really?", [])
    with pytest.raises(NoQuestion) as caught:
        room.ask(text, choices)
    assert str(caught.value) == said
    assert room.question is not None
    assert room.question.text == "Really?"


def test_a_question_outlives_the_server() -> None:
    """With its answers, which are still hidden."""
    room = Classroom("123456", most=5)
    room.ask("Really?", ["Yes", "No"])
    room.arrive("a", 0.0)
    room.answer("a", 1, 1.0)
    again = Classroom.from_dict(json.loads(json.dumps(room.to_dict())), 5, 0.0)
    assert again.facts(1.0, tried=False).question == room.facts(1.0, tried=False).question
    assert again.own_facts("a").question == room.own_facts("a").question
    again.ask("And now?", [])
    assert again.question is not None
    assert again.question.number == 2
    with pytest.raises(NoQuestion, match=r"value cannot be 2: it is the place of a choice, 0 to 1."):
        room.answer("a", 1, 2.0)
