"""One question to a class: its choices or a number, and what was answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tinkernet.app.wire.events import Asked

LONGEST_TEXT = 200  # characters of a question
LONGEST_CHOICE = 40
MOST_CHOICES = 6


class NoQuestion(Exception):
    """What was asked, or answered, cannot be. The message is a sentence that names the field."""


@dataclass(slots=True)
class Question:
    """Owned by the event loop. Without choices it asks for a number.

    Answers are hidden from everybody until they are shown; then they are locked.
    """

    number: int  # counts the questions of a class, and the times that one is asked again
    text: str
    choices: tuple[str, ...]
    shown: bool = False
    answers: dict[str, float] = field(default_factory=dict)  # by browser

    def answer(self, browser: str, value: float) -> None:
        """Somebody answers, or thinks again. Raises NoQuestion for what is no answer, or comes too late."""
        if self.shown:
            raise NoQuestion("The answers are shown: they cannot be changed any more.")
        if self.choices and value not in range(len(self.choices)):
            raise NoQuestion(f"value cannot be {value:g}: it is the place of a choice, 0 to {len(self.choices) - 1}.")
        self.answers[browser] = value

    def again(self, number: int) -> Question:
        """The same question, not answered yet."""
        return Question(number, self.text, self.choices)

    def facts(self, browser: str | None) -> Asked:
        """For somebody in the class, or with None for the desk, which is told how many have answered."""
        values = sorted(self.answers.values()) if self.shown else []
        counts = [values.count(place) for place in range(len(self.choices))] if self.shown and self.choices else []
        return Asked(
            number=self.number, text=self.text, choices=list(self.choices), shown=self.shown,
            answered=len(self.answers) if browser is None or self.shown else 0, counts=counts,
            values=[] if self.choices else values, mine=None if browser is None else self.answers.get(browser),
        )  # fmt: skip

    def to_dict(self) -> dict[str, Any]:
        """What outlives the server."""
        return {
            "number": self.number, "text": self.text, "choices": self.choices, "shown": self.shown,
            "answers": self.answers,
        }  # fmt: skip

    @classmethod
    def from_dict(cls, facts: Mapping[str, Any]) -> Question:
        """The same question. Raises ValueError, TypeError or KeyError for anything else."""
        answers = {str(browser): float(value) for browser, value in facts["answers"].items()}
        return cls(int(facts["number"]), str(facts["text"]), tuple(facts["choices"]), bool(facts["shown"]), answers)


def question_of(number: int, text: object, choices: object) -> Question:
    """A question as a desk asks it. Raises NoQuestion, with a sentence that names what is wrong."""
    if not isinstance(text, str) or not 0 < len(" ".join(text.split())) <= LONGEST_TEXT:
        raise NoQuestion(f"The question must have 1 to {LONGEST_TEXT} characters.")
    if not isinstance(choices, Sequence) or isinstance(choices, str) or len(choices) == 1:
        raise NoQuestion(f"The choices must be 2 to {MOST_CHOICES}, or none for a number.")
    if len(choices) > MOST_CHOICES:
        raise NoQuestion(f"{len(choices)} choices are too many: {MOST_CHOICES} are the most.")
    found = []
    for choice in choices:
        if not isinstance(choice, str) or not 0 < len(" ".join(choice.split())) <= LONGEST_CHOICE:
            raise NoQuestion(f"Each choice must have 1 to {LONGEST_CHOICE} characters.")
        found.append(" ".join(choice.split()))
    if len(set(found)) < len(found):
        raise NoQuestion("Two choices are the same.")
    return Question(number, " ".join(text.split()), tuple(found))
