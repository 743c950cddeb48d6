"""One class: its code, who is in it, and who may come in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tinkernet.app.classroom.names import neutral_name
from tinkernet.app.classroom.question import NoQuestion, Question, question_of
from tinkernet.app.wire.events import ClassFacts, Person

ASLEEP_SECONDS = 600.0  # after which somebody whose pages are away counts as gone
MOST_KNOWN = 1000  # people of whom a class knows; of more, those who went first are forgotten

HERE, ASLEEP, GONE = "here", "asleep", "gone"


class NotAdmitted(Exception):
    """Somebody may not come in. The message is a sentence for them."""


@dataclass(slots=True)
class Member:
    """Somebody in a class. They are known by their browser, never by their name."""

    number: int  # by which the desk means them
    browser: str
    name: str
    pages: int = 0  # that are connected
    left: float = 0.0  # the moment at which the last one went
    removed: bool = False  # until they come by the code again
    blocked: bool = False


class Classroom:
    """Owned by the event loop. Lives from the moment the desk opens it until it is ended."""

    def __init__(self, code: str, most: int) -> None:
        """`most`: people who may be here at a time."""
        self.code, self.locked, self.most = code, False, most
        self._members: dict[str, Member] = {}  # by browser
        self._number = 0  # that was given last
        self.question: Question | None = None
        self._questions = 0  # that were asked

    # --- who comes and goes ---

    def check(self, browser: str) -> None:
        """Raises NotAdmitted for a browser that may not follow."""
        member = self._members.get(browser)
        if member is not None and member.blocked:
            raise NotAdmitted("The lecturer has closed this class to you.")
        if member is not None and member.removed:
            raise NotAdmitted("The lecturer has removed you from the class. Enter its code to come back.")
        if self.locked and (member is None or not browser):
            raise NotAdmitted("This class is locked: nobody else may join just now.")
        if (member is None or not member.pages) and self.here >= self.most:
            raise NotAdmitted(f"The class is full ({self.most}).")

    def enter(self, browser: str) -> None:
        """Somebody has given the code. Raises NotAdmitted where they may not come in."""
        member = self._members.get(browser)
        if member is not None and not member.blocked:
            member.removed = False
        self.check(browser)

    def arrive(self, browser: str, now: float) -> Member:
        """A page of this browser has connected: the same member as before, or a new one."""
        member = self._members.get(browser)
        if member is None:
            self._forget_some()
            self._number += 1
            name = neutral_name({other.name for other in self._members.values()})
            member = self._members[browser] = Member(self._number, browser, name, left=now)
        member.pages += 1
        return member

    def leave(self, browser: str, now: float) -> None:
        """A page of this browser has gone."""
        if (member := self._members.get(browser)) is not None and member.pages:
            member.pages, member.left = member.pages - 1, now

    def _forget_some(self) -> None:
        away = sorted((m for m in self._members.values() if not m.pages and not m.blocked), key=lambda m: m.left)
        for member in away[: max(0, len(self._members) + 1 - MOST_KNOWN)]:
            del self._members[member.browser]

    # --- what the desk does ---

    def remove(self, number: int, *, block: bool) -> str | None:
        """Somebody has to leave, with `block` for good. Gives their browser; None where there is nobody of the number.

        Who is removed may come back by the code.
        """
        member = next((each for each in self._members.values() if each.number == number), None)
        if member is None:
            return None
        member.removed, member.blocked = True, member.blocked or block
        return member.browser

    def ask(self, text: object, choices: object) -> None:
        """Ask everybody a question. Raises NoQuestion for one that cannot be."""
        self.question = question_of(self._questions + 1, text, choices)
        self._questions += 1

    def ask_again(self) -> None:
        """Ask the same question once more."""
        if self.question is not None:
            self._questions += 1
            self.question = self.question.again(self._questions)

    def answer(self, browser: str, number: int, value: float) -> None:
        """Somebody answers. Raises NoQuestion where that is no answer to the question that is open."""
        if self.question is None or self.question.number != number:
            raise NoQuestion("This question is not open any more.")
        self.question.answer(browser, value)

    # --- what is told ---

    @property
    def here(self) -> int:
        """How many people are here."""
        return sum(member.pages > 0 for member in self._members.values())

    def facts(self, now: float, *, tried: bool) -> ClassFacts:
        """For the desk. tried: somebody is trying codes."""
        people = [
            Person(number=member.number, name=member.name, state=self._state(member, now))
            for member in sorted(self._members.values(), key=lambda member: (not member.pages, member.number))
            if not member.removed
        ]
        asked = self.question and self.question.facts(None)
        return ClassFacts(
            code=self.code, locked=self.locked, here=self.here, people=people, name="", tried=tried, question=asked
        )

    def own_facts(self, browser: str) -> ClassFacts:
        """For somebody in the class. How many are here is left out: it would be sent to all with everyone who comes."""
        name = self._members[browser].name if browser in self._members else ""
        asked = self.question and self.question.facts(browser)
        return ClassFacts(code=self.code, locked=self.locked, here=0, people=[], name=name, tried=False, question=asked)

    def _state(self, member: Member, now: float) -> str:
        if member.pages:
            return HERE
        return ASLEEP if now - member.left < ASLEEP_SECONDS else GONE

    # --- what is kept ---

    def to_dict(self) -> dict[str, Any]:
        """What outlives the server: names are neutral ones, and browsers are random texts."""
        members = [[m.number, m.browser, m.name, m.removed, m.blocked] for m in self._members.values()]
        return {
            "code": self.code, "locked": self.locked, "number": self._number, "members": members,
            "questions": self._questions, "question": self.question and self.question.to_dict(),
        }  # fmt: skip

    @classmethod
    def from_dict(cls, facts: Mapping[str, Any], most: int, now: float) -> Classroom:
        """The same class. Nobody is here yet. Raises ValueError, TypeError or KeyError for anything else."""
        found = cls(str(facts["code"]), most)
        found.locked, found._number = bool(facts["locked"]), int(facts["number"])
        found._questions = int(facts["questions"])
        found.question = Question.from_dict(facts["question"]) if facts["question"] else None
        members: Iterable[Any] = facts["members"]
        for number, browser, name, removed, blocked in members:
            found._members[browser] = Member(number, browser, name, 0, now, removed, blocked)
        return found
