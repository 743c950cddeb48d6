"""The keys of a session, and that a viewer can change nothing."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.app.conftest import Running
from tests.app.test_pages import get
from tests.app.test_protocol import SPEC, VALID
from tests.conftest import ROOT, start, stop, wait_until_ready
from tests.page import Page, visit
from tinkernet.app.capabilities import (
    EVERYTHING,
    NEEDED_FOR_COMMAND,
    NOTHING,
    OWNER,
    VIEWER,
    Capability,
    command_allowed,
    refusal,
)
from tinkernet.app.connections import socket
from tinkernet.app.connections.budget import Budget
from tinkernet.app.connections.viewer import Viewer
from tinkernet.app.sessions.command_queue import Apply
from tinkernet.app.sessions.registry import Sessions
from tinkernet.app.sessions.session import Session
from tinkernet.app.settings import Settings
from tinkernet.app.web.auth import Keys
from tinkernet.app.wire.commands import MAIN
from tinkernet.engine import Spec

ids = st.binary(min_size=16, max_size=16).map(lambda _: Sessions.new_id())


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32), ids, ids)
def test_every_session_and_grant_has_its_own_key(secret: bytes, other: bytes, one: str, two: str) -> None:
    """The same secret makes the same key; another secret, session or grant makes another. 128 bits or more."""
    keys = Keys(secret)
    key = keys.key(one, OWNER)
    assert Keys(secret).key(one, OWNER) == key
    assert len(key) * 6 >= 128
    assert set(key) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    others = [keys.key(one, VIEWER), keys.key(two, OWNER)]
    if other != secret:
        others.append(Keys(other).key(one, OWNER))
    assert key not in others
    assert not any(keys.held(one, False, [each], []) for each in others)


def test_keys_that_were_handed_out_go_on_working() -> None:
    """The keys of a known secret and session, as the first release with join links derived them."""
    keys, id = Keys(bytes(range(32))), "A" * 22
    assert keys.key(id, OWNER) == "MbGKgeE51r-6opP16MEbcZBNfmyNCEUn"
    assert keys.key(id, VIEWER) == "P77v0gXc-yg8vsO5mtjm49QlInCa_j6z"
    assert keys.held(id, False, ["MbGKgeE51r-6opP16MEbcZBNfmyNCEUn"], []) == EVERYTHING
    assert keys.held(id, False, [], ["P77v0gXc-yg8vsO5mtjm49QlInCa_j6z"]) == Capability.WATCH | Capability.VOTE


@given(st.text(max_size=40), st.lists(st.text(max_size=40), max_size=3))
def test_what_is_no_key_opens_nothing(cookie: str, offered: list[str]) -> None:
    """Any other text, a part of a key included, opens nothing."""
    keys, id = Keys(b"s" * 32), Sessions.new_id()
    owner, viewer = keys.key(id, OWNER), keys.key(id, VIEWER)
    for wrong in (cookie, "", owner[:-1], owner + "A", owner.swapcase(), viewer):
        assert keys.held(id, False, [wrong], []) == NOTHING
        assert keys.held(id, False, [wrong], ["tinkernet"]) == NOTHING
    for wrongs in (offered, [viewer[:-1]], [owner], ["tinkernet", owner]):
        assert keys.held(id, False, [], wrongs) == NOTHING
    assert keys.held(id, False, [owner], ["tinkernet"]) == EVERYTHING
    assert keys.held(id, False, [owner], ["tinkernet", viewer]) == VIEWER.opens
    assert keys.held(id, False, [], [viewer]) == VIEWER.opens


def test_a_page_comes_back_as_what_it_was(server: Running) -> None:
    """With its cookie the address of a session is its page. Without it, it is the page of another session."""
    own = visit(server.url)
    assert visit(server.url, f"/s/{own.id}", own.cookies).id == own.id
    assert visit(server.url, f"/s/{own.id}").id != own.id
    assert visit(server.url, f"/s/{own.id}", visit(server.url).cookies).id != own.id


def test_a_viewer_sees_and_changes_nothing(server: Running) -> None:
    """Each command that needs an owner is answered with an error and does nothing. To watch works."""
    with server.page() as owner:
        owner.ready()
        with Page(server.url, id=owner.id, key=owner.visit.viewer_key) as viewer:
            viewer.ready()
            assert viewer.socket.subprotocol == "tinkernet"
            before = owner.state
            for name, fields in VALID.items():
                viewer.send(name, **fields)
            viewer.until(lambda page: len(page.errors) == len(VALID) - 3)
            assert {error["message"] for error in viewer.errors} == {
                refusal(name, VIEWER.opens) for name in VALID if not command_allowed(name, VIEWER.opens)
            } | {"There is no question that this page may answer."}
            viewer.watch(unit="x", x=2.5, y=0.0)
            viewer.until(lambda page: page.frame.value == 2.5)
            owner.until(lambda page: page.state["viewers"] == 2)
            assert {**owner.state, "viewers": 0} == {**before, "viewers": 0}
            owner.send("step", epochs=4)
            viewer.until(lambda page: page.frame.epoch == 4)


def test_a_session_that_is_not_open_cannot_be_watched(server: Running) -> None:
    """A viewer who comes before the owner gets a sentence, and no session begins."""
    own, before = visit(server.url), len(server.app.state.sessions)
    with Page(server.url, id=own.id, key=own.viewer_key) as viewer:
        with pytest.raises(Exception, match="1013"):
            viewer.until(lambda _: False)
        assert "its owner has to open it first" in viewer.closing
    assert len(server.app.state.sessions) == before


class Socket:
    """A socket that receives these messages and then disconnects."""

    def __init__(self, messages: Iterable[str | bytes]) -> None:
        self._messages = [
            {"type": "websocket.receive", "text" if isinstance(message, str) else "bytes": message}
            for message in messages
        ]

    async def receive(self) -> dict[str, object]:
        return self._messages.pop(0) if self._messages else {"type": "websocket.disconnect"}


async def nothing(_reference: str) -> None:
    """There are no stored data."""


def no_vote(_vote: object) -> None:
    """There is no class."""


def after(messages: list[str | bytes], held: Capability) -> dict[str, Any]:
    """The whole state of a session after a page has sent these messages."""

    async def main() -> dict[str, Any]:
        given = Settings()
        session = Session(given, asyncio.get_running_loop(), lambda _: None)
        run = session.runs[MAIN]
        # A seed that no new session has. With an equal one the spec would not change, and the run not restart.
        session.submit(Apply(Spec.from_dict({**SPEC, "seed": "0.5"}), 1))
        run.run(1.0)
        viewer = Viewer(held)
        session.join(viewer)
        await socket._read(Socket(messages), session, viewer, given, Budget(given), nothing, no_vote)  # type: ignore[arg-type]
        run.run(1.0)
        trainer = run._trainer
        assert trainer is not None
        return {
            "asked": session.asked, "spec": run._spec, "revision": run._revision, "playing": run._playing,
            "restarts": run._restarts, "rate": run._pacing.rate, "epoch": trainer.epoch, "edits": trainer.edits,
            "params": trainer.network.params.tobytes(), "clock": run._clock, "lab": run._lab, "batch": trainer.batch,
            "waiting": run._queue.take(), "closed": session.closed,
            "twin": run._comparison.changes,
            "trials": {which: (each.plan.about, each.cancelled) for which, each in run._trials.of.items()},
            "past": run.publisher.state.past, "runs": run.publisher.state.runs,
        }  # fmt: skip

    return asyncio.run(main())


def text(name: str, fields: dict[str, Any]) -> str:
    """A command to the main run, as a page sends it."""
    run = {"run": MAIN} if "run" in VALID[name] else {}
    return json.dumps({"type": name, **VALID[name], **run, **fields})


changes = st.dictionaries(
    st.sampled_from(["revision", "epochs", "rate", "value", "spec", "layer"]),
    st.integers(-1, 2**31) | st.floats(0, 100) | st.none() | st.just({**SPEC, "activation": "relu"}),
    max_size=2,
)
messages = st.lists(
    st.builds(text, st.sampled_from(sorted(VALID)), changes) | st.text(max_size=20) | st.binary(max_size=20),
    max_size=30,
)


@settings(max_examples=60)
@given(messages)
def test_no_sequence_of_a_viewers_messages_changes_a_session(sent: list[str | bytes]) -> None:
    """Valid and invalid ones, in any order, leave the session as it was, bit for bit, its revision included."""
    assert after(sent, VIEWER.opens) == after([], VIEWER.opens)


CHANGING = (Capability.TRAIN, Capability.EDIT_DATA)


@pytest.mark.parametrize("name", [name for name in VALID if NEEDED_FOR_COMMAND[name] in CHANGING])
def test_the_same_messages_of_an_owner_do(name: str) -> None:
    """The negative control of the test above: sent by an owner, each command changes the state."""
    fields = {"spec": {**SPEC, "activation": "relu"}} if name == "configure" else {}
    fields |= {"rate": 7} if name == "speed" else {}
    before = [text("play", {})] if name == "pause" else [text("step", {})] if name == "reset" else []
    before = [text("configure", {"spec": {**SPEC, "patience": 9}})] if name == "restore_best" else before
    before = [text("edit_data", {"removed": [3]})] if name == "undo_data" else before
    trained = [text("step", {}), text("configure", {"spec": {**SPEC, "hidden": [3]}})]  # the run of the step is kept
    before = trained[:1] if name == "seek" else trained if name in ("open_kept", "remove_kept") else before
    before = [text("compare", {})] if name == "settle_twin" else before
    before = [text("run_seeds", {})] if name == "cancel_trials" else before
    before = [text("run_sweep", {})] if name == "open_trial" else before
    assert after([*before, text(name, fields)], EVERYTHING) != after(before, EVERYTHING)


TALKATIVE = """
import uvicorn
from tinkernet.app.__main__ import main

class Config(uvicorn.Config):
    def __init__(self, app, **given):
        super().__init__(app, **given | {"access_log": True, "log_level": "info"})

uvicorn.Config = Config
main(["--port", "0"])
"""


@pytest.mark.parametrize("command", [["-c", TALKATIVE], ["-m", "tinkernet.app", "--port", "0"]])
def test_no_key_is_ever_printed(command: list[str], tmp_path: Path) -> None:
    """No key, even with the access log on; without it not even an id."""
    with open(tmp_path / "printed", "w+") as printed:
        server = start([sys.executable, *command], ROOT, stderr=printed)
        try:
            wait_until_ready(server.url)
            with Page(server.url) as owner:
                owner.ready()
                with Page(server.url, id=owner.id, key=owner.visit.viewer_key) as viewer:
                    viewer.ready()
                    viewer.send("play")
                    viewer.until(lambda page: page.errors)
                get(f"{server.url}/s/{owner.id}/watch")
                get(f"{server.url}/s/{owner.id}", Cookie=owner.visit.cookies)
        finally:
            server.process.terminate()
            output = server.process.communicate(timeout=20)[0]
            stop(server)
        printed.seek(0)
        output += printed.read()
    assert (f'"WebSocket /s/{owner.id}/ws" [accepted]' in output) == (command[0] == "-c")
    assert ("GET /s/" in output) == (command[0] == "-c")
    for cookie in owner.visit.cookies.split("; "):
        assert cookie.partition("=")[2] not in output
    assert owner.visit.viewer_key not in output
    if command[0] == "-m":
        assert owner.id not in output
