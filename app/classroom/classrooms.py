"""All classes, by their code and by their session; kept beside the sessions."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections import deque
from collections.abc import Callable, Sequence

from tinkernet.app.capabilities import Capability
from tinkernet.app.classroom.classroom import Classroom
from tinkernet.app.classroom.question import NoQuestion
from tinkernet.app.publishing.subscriber import Subscriber
from tinkernet.app.storage.base import Record, Storage
from tinkernet.app.wire.classes import Vote
from tinkernet.app.wire.events import NO_CLASS, Error

log = logging.getLogger(__name__)

VERSION = 1  # of both records
DIGITS = 6
MOST_OPEN = 500  # classes in memory; of more, those that nobody's page follows are in the storage only
MOST_ENDED = 1000  # codes of classes that have ended, which are answered as such
WRONG_SECONDS = 60.0
MOST_WRONG = 1000  # codes on a server in so many seconds, beyond which the desks are told
MOST_WRONG_OF_BROWSER = 20  # in so many seconds; then a wrong one gets no answer for a while, a right one at once


class NoClass(Exception):
    """A code opens nothing. The message is a sentence for whoever has typed it."""


class Classrooms:
    """Belongs to the event loop; lives with the server.

    `pages` gives the pages that are connected to a session.
    """

    def __init__(
        self,
        storage: Storage,
        most: int,
        pages: Callable[[str], Sequence[Subscriber]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._storage, self._most, self._pages, self._clock = storage, most, pages, clock
        self._from_session: dict[str, Classroom] = {}
        self._session_from_code: dict[str, str] = {}
        self._ended: dict[str, None] = {}  # codes, the newest last
        self._wrong: deque[float] = deque(maxlen=MOST_WRONG)  # the moments of wrong codes
        self._wrong_of_browser: dict[str, deque[float]] = {}
        self._tried_until = 0.0
        self._to_tell: set[str] = set()  # sessions whose desks will be told in the next turn of the loop

    # --- the desk ---

    async def of(self, session: str) -> Classroom | None:
        """The class of a session, if it has one."""
        if session not in self._from_session and self._storage.knows(_of_session(session)):
            record = await asyncio.to_thread(self._storage.load, _of_session(session))
            if record is not None and session not in self._from_session:
                self._restore(session, record)
        return self._from_session.get(session)

    def open(self, session: str) -> Classroom:
        """The class of a session: a new one with a code that no other has, or the one that is open."""
        if session not in self._from_session:
            room = self._remember(session, Classroom(self._new_code(), self._most))
            for page in self._pages(session):
                if _is_somebody(page):
                    room.arrive(page.browser, self._clock())
            self._changed(session, everybody=True)
        return self._from_session[session]

    def lock(self, session: str, locked: bool) -> None:
        """Whether nobody else may join."""
        self._from_session[session].locked = locked
        self._changed(session)

    def renew(self, session: str) -> None:
        """Another code; the old one opens nothing any more. Who is here stays."""
        room = self._from_session[session]
        self._retire(room.code)
        room.code = self._new_code()
        self._session_from_code[room.code] = session
        self._changed(session, everybody=True)

    def remove(self, session: str, number: int, *, block: bool) -> str | None:
        """See `Classroom.remove`."""
        found = self._from_session[session].remove(number, block=block)
        self._changed(session)
        return found

    def ask(self, session: str, text: object, choices: object) -> None:
        """See `Classroom.ask`."""
        self._from_session[session].ask(text, choices)
        self._changed(session, everybody=True)

    def ask_again(self, session: str) -> None:
        """See `Classroom.ask_again`."""
        self._from_session[session].ask_again()
        self._changed(session, everybody=True)

    def show_answers(self, session: str) -> None:
        """Show the answers to everybody; they are locked from now on."""
        if (question := self._from_session[session].question) is not None:
            question.shown = True
        self._changed(session, everybody=True)

    def take_back(self, session: str) -> None:
        """No question is open any more."""
        self._from_session[session].question = None
        self._changed(session, everybody=True)

    def end(self, session: str) -> None:
        """The class is over; its code and what was kept of it are forgotten."""
        room = self._from_session.pop(session)
        self._retire(room.code)
        if self._storage.keeps:
            self._storage.put(_of_session(session), Record(VERSION, {}, {}))
        for page in self._pages(session):
            page.tell(NO_CLASS)

    # --- people ---

    async def join(self, code: str, browser: str) -> str:
        """The session of a code, for a browser that may follow it. Raises NoClass or NotAdmitted."""
        session = self._session_from_code.get(code) or await self._recalled(code)
        room = session and await self.of(session)
        if session and room and room.code == code:
            room.enter(browser)
            return session
        self._count_wrong(browser)
        if code in self._ended:
            raise NoClass("This class has ended.")
        shown = f"{code[:3]} {code[3:]}" if len(code) == DIGITS and code.isdecimal() else code
        raise NoClass(f"No class has the code {shown}. A code has {DIGITS} digits.")

    async def admit(self, session: str, page: Subscriber) -> None:
        """Raises NotAdmitted for a page that may not follow the class of this session."""
        room = await self.of(session)
        if room is not None and _is_somebody(page):
            room.check(page.browser)

    def arrive(self, session: str, page: Subscriber) -> None:
        """A page has connected to a session: it is told of the class, and the desk of it."""
        room = self._from_session.get(session)
        if room is None:
            return
        if _is_somebody(page):
            room.arrive(page.browser, self._clock())
            page.tell(room.own_facts(page.browser))
        self._changed(session)

    def leave(self, session: str, page: Subscriber) -> None:
        """A page has gone."""
        room = self._from_session.get(session)
        if room is not None and _is_somebody(page):
            room.leave(page.browser, self._clock())
            self._changed(session, keep=False)

    def vote(self, session: str, page: Subscriber, vote: Vote) -> None:
        """Somebody answers the question of their class. What cannot be one comes back as an error."""
        room = self._from_session.get(session)
        try:
            if room is None or not _is_somebody(page):
                raise NoQuestion("There is no question that this page may answer.")
            room.answer(page.browser, vote.question, vote.value)
        except NoQuestion as error:
            page.tell(Error(field="value", value=vote.value, allowed="", message=str(error)))
        else:
            self._changed(session)
        if room is not None:
            page.tell(room.own_facts(page.browser))

    # --- how it is done ---

    def _changed(self, session: str, *, everybody: bool = False, keep: bool = True) -> None:
        """Tell the desks, and with `everybody` the others, once for all that changes in this turn of the loop."""
        room = self._from_session[session]
        if keep and self._storage.keeps:
            self._storage.put(_of_session(session), Record(VERSION, room.to_dict(), {}))
            self._storage.put(_of_code(room.code), Record(VERSION, {"session": session}, {}), owner="")
        if not self._to_tell:
            asyncio.get_running_loop().call_soon(self._tell)
        self._to_tell.add(session)
        if everybody:
            for page in self._pages(session):
                if _is_somebody(page):
                    page.tell(room.own_facts(page.browser))

    def _tell(self) -> None:
        sessions, self._to_tell = self._to_tell, set()
        for session in sessions & self._from_session.keys():
            facts = self._from_session[session].facts(self._clock(), tried=self.tried)
            shown = facts.model_copy(update={"people": []})  # no names on a projector
            for page in self._pages(session):
                if not _is_somebody(page):
                    page.tell(facts if Capability.HOST in page.capabilities else shown)

    @property
    def tried(self) -> bool:
        """Whether somebody is trying codes."""
        return self._clock() < self._tried_until

    def _count_wrong(self, browser: str) -> None:
        """Note a wrong code. Raises NoClass without looking further for a browser that has tried too many."""
        now = self._clock()
        if len(self._wrong) == MOST_WRONG and now - self._wrong[0] < WRONG_SECONDS:
            if not self.tried:
                self._tried_until = now + WRONG_SECONDS
                for session in self._from_session:
                    self._changed(session, keep=False)
            self._tried_until = now + WRONG_SECONDS
        self._wrong.append(now)
        own = self._wrong_of_browser.pop(browser, deque(maxlen=MOST_WRONG_OF_BROWSER))
        full = len(own) == MOST_WRONG_OF_BROWSER and now - own[0] < WRONG_SECONDS
        own.append(now)
        self._wrong_of_browser[browser] = own  # the newest last
        while len(self._wrong_of_browser) > MOST_WRONG:
            del self._wrong_of_browser[next(iter(self._wrong_of_browser))]
        if full:
            raise NoClass("Too many wrong codes: look at the code once more, and wait a minute.")

    def _new_code(self) -> str:
        while True:
            code = str(secrets.randbelow(9 * 10 ** (DIGITS - 1)) + 10 ** (DIGITS - 1))
            if code not in self._session_from_code and not self._storage.knows(_of_code(code)):
                self._ended.pop(code, None)
                return code

    def _retire(self, code: str) -> None:
        self._session_from_code.pop(code, None)
        self._ended[code] = None
        if len(self._ended) > MOST_ENDED:
            del self._ended[next(iter(self._ended))]

    async def _recalled(self, code: str) -> str | None:
        """The session of a code that is only in the storage."""
        if not (len(code) == DIGITS and code.isdecimal() and code.isascii()) or not self._storage.knows(_of_code(code)):
            return None
        record = await asyncio.to_thread(self._storage.load, _of_code(code))
        return None if record is None else str(record.facts.get("session", "")) or None

    def _restore(self, session: str, record: Record) -> None:
        if not record.facts.get("code"):
            return  # it has ended
        try:
            room = Classroom.from_dict(record.facts, self._most, self._clock())
        except (ValueError, TypeError, KeyError) as error:
            log.warning("A class that was kept cannot be used (%s).", error)
            return
        self._remember(session, room)

    def _remember(self, session: str, room: Classroom) -> Classroom:
        self._from_session[session] = room
        self._session_from_code[room.code] = session
        if len(self._from_session) > MOST_OPEN and self._storage.keeps:
            for old in [each for each in self._from_session if each != session and not self._pages(each)]:
                del self._session_from_code[self._from_session.pop(old).code]
        return room


def _is_somebody(page: Subscriber) -> bool:
    """Whether a page is one of a person in a class, and not of a desk or a projector."""
    return Capability.HOST not in page.capabilities and not page.screen


def _of_session(session: str) -> str:
    return f"{session}.class"


def _of_code(code: str) -> str:
    return f"{code}.code"
