"""Sessions whose run learns from a stored data set: who may use it, what is kept of it, and what is said without it."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from websockets.sync.client import connect

from tests.app.conftest import Running, running
from tests.engine.conftest import numbers_of
from tests.page import Page, cookies_of_a_watcher, visit
from tinkernet.app.sessions import cost
from tinkernet.app.sessions.registry import Sessions
from tinkernet.app.sessions.session import LOST, Session
from tinkernet.app.sessions.tables import MOST, SessionTables
from tinkernet.app.settings import Settings
from tinkernet.app.storage.base import Record
from tinkernet.app.storage.sqlite import SQLiteStorage
from tinkernet.app.storage.sqlite_file import FILE
from tinkernet.app.tables.library import iris
from tinkernet.app.tables.table import Table
from tinkernet.app.wire.parse import ProtocolError
from tinkernet.app.workers.scheduler import Scheduler
from tinkernet.engine import Spec, Trainer
from tinkernet.engine.analysis.metrics import metrics_of
from tinkernet.engine.spec.proposal import proposed

IRIS = iris()
assert IRIS is not None
OWN = Table.of(numbers_of(5, 2, rows=60), "Five columns")


def use(page: Page, table: Table) -> dict[str, Any]:
    """Learn from it; gives the spec that the server has chosen."""
    page.send("use_data", revision=page.state["revision"] + 1, data=table.reference)
    page.until(lambda page: page.state["spec"]["data"] == table.reference)
    assert table.reference in page.tables
    spec: dict[str, Any] = page.state["spec"]
    return spec


def own(server: Running, page: Page, table: Table = OWN) -> dict[str, Any]:
    """What the page's session has been given, it learns from."""
    sessions = server.app.state.sessions
    sessions._loop.call_soon_threadsafe(sessions.offer, page.id, table)
    page.until(lambda page: table.reference in page.tables)
    return use(page, table)


def trained(page: Page, epochs: int) -> np.ndarray:
    """The loss rows after so many epochs more."""
    page.send("step", epochs=epochs)
    return page.until(lambda page: page.frame.epoch == epochs and len(page.losses) == epochs + 1).losses


def test_iris_is_there_for_everybody(server: Running) -> None:
    """With names, units and ranges of its columns; the numbers are those of the engine alone, bit for bit."""
    with Page(server.url) as page:
        page.ready()
        spec = use(page, IRIS)
        facts = page.tables[IRIS.reference]
        assert [column["name"] for column in facts["columns"]][2:] == ["Petal length", "Petal width"]
        assert {column["unit"] for column in facts["columns"]} == {"cm"}
        assert (facts["columns"][0]["low"], facts["columns"][0]["high"]) == (4.3, 7.9)
        assert sum(facts["columns"][3]["counts"]) == 150
        assert facts["classes"] == ["Setosa", "Versicolor", "Virginica"]
        assert spec["features"] == ["in.0", "in.1", "in.2", "in.3"]
        page.watch(metrics=True)
        losses = trained(page, 200)
        alone = Trainer(Spec.from_dict(spec), IRIS.dataset)
        alone.advance(200)
        assert np.array_equal(losses, alone.history.rows)
        page.until(lambda page: page.metrics and page.metrics["epoch"] == 200)
        assert page.metrics["train"]["accuracy"] == metrics_of(alone)["train"]["accuracy"]
        page.send("edit_data", removed=[1])
        page.until(lambda page: page.errors)
        assert page.errors[-1]["message"].startswith("What is drawn on must be points on the plane")
        page.configure(data="", features=["x", "y"])
        page.until(lambda page: page.state["spec"]["data"] == "" and page.frame.restarts == page.state["restarts"])
        assert "data=" not in page.state["link"]


def test_a_table_outlives_the_server(server: Running, tmp_path: Path, free_port: int) -> None:
    """The run goes on bit for bit; so does one that went on to other points, back at its table."""
    settings = Settings(port=free_port, data_dir=str(tmp_path))
    with running(settings) as first, first.page() as page, first.page() as other:
        for each in (other, page):
            each.ready()
            spec = own(first, each)
            trained(each, 20)
        other.configure(data="", features=["x", "y"], problem="classification")
        other.until(lambda page: page.state["spec"]["data"] == "")
    with server.page() as elsewhere:  # on a server which knows nothing of it
        elsewhere.ready().send("use_data", revision=1, data=OWN.reference)
        elsewhere.until(lambda page: page.errors)
        assert elsewhere.errors[0]["message"] == "These data are no longer here: bring them again."
        assert elsewhere.state["spec"]["data"] == ""
    with running(settings) as second, second.page(id=page.id) as again, second.page(id=other.id) as back:
        assert second.app.state.storage.sharing(OWN.dataset.address) == sorted([page.id, other.id])
        assert again.ready().state["spec"] == spec
        assert OWN.reference in again.tables
        alone = Trainer(Spec.from_dict(spec), OWN.dataset)
        alone.advance(30)
        again.send("step", epochs=10)
        again.until(lambda page: len(page.losses) == 31)
        assert np.array_equal(again.losses, alone.history.rows)
        back.ready()
        use(back, OWN)


def test_a_hash_alone_opens_nothing(server: Running) -> None:
    """A session of the same browser does, and a key of a session that uses the table; nobody else gets it."""
    with Page(server.url) as owner:
        owner.ready()
        spec = own(server, owner)
        stranger = visit(server.url)
        same = visit(server.url, cookies=owner.visit.cookies)
        cookies = cookies_of_a_watcher(server.url, owner.id)
        watcher = visit(server.url, cookies=cookies)
        with Page(server.url, same.id) as page:
            page.ready()
            page.send("configure", revision=1, spec=spec)
            page.until(lambda page: page.state["spec"]["data"])
        for visitor, has_watched in ((stranger, False), (watcher, False), (watcher, True)):
            if has_watched:
                watch_as(server, owner, cookies)
            with Page(server.url, visitor.id) as page:
                page.ready()
                revision = page.state["revision"] + 1
                page.send("configure", revision=revision, spec=spec)
                page.until(lambda page, revision=revision: page.state["revision"] == revision)
                assert bool(page.errors) is not has_watched
                if has_watched:
                    assert page.state["spec"] == spec
                else:
                    assert page.errors[0]["message"].endswith("are no longer here: other points take their place.")
                    assert page.state["spec"] == {**spec, "data": "", "features": ["x", "y"]}
                    assert OWN.reference not in page.tables


def test_who_is_let_out_has_no_right_to_the_data() -> None:
    """Neither by the join link before, nor by an owner link that was revoked."""
    loop = asyncio.new_event_loop()
    session = Session(Settings(), loop, lambda _: None)
    sessions = Sessions(Settings(), Scheduler(1), SQLiteStorage(Settings()))
    sessions._session_from_id["a"] = session
    session.watched_by = {"owner", "other", "pupil"}
    sessions.dismiss("a", "Revoked.", ["other"])
    assert session.watched_by == {"owner", "pupil"}
    sessions.dismiss("a", "Another link.")
    assert session.watched_by == set()
    loop.close()


def watch_as(server: Running, owner: Page, cookies: str) -> None:
    """Come by the join link with these cookies, and leave again."""
    address = f"{server.url.replace('http', 'ws', 1)}/s/{owner.id}/ws"
    with connect(
        address, subprotocols=["tinkernet", owner.visit.viewer_key], additional_headers={"Cookie": cookies},
        origin=server.url, proxy=None,
    ) as line:  # fmt: skip
        line.recv(timeout=10)


def test_a_wrong_shape_names_nothing(server: Running) -> None:
    """Not even for who has the data: the cost was estimated by it."""
    with Page(server.url) as page:
        page.ready()
        spec = own(server, page)
        page.send("configure", revision=9, spec={**spec, "data": OWN.reference.replace("60x", "10x")})
        page.until(lambda page: page.state["revision"] == 9)
        assert page.state["spec"]["data"] == ""
        assert page.errors


def test_lost_data_are_said(tmp_path: Path, free_port: int) -> None:
    """Damaged in the file: the session begins with other points, and its settings stay."""
    settings = Settings(port=free_port, data_dir=str(tmp_path))
    with running(settings) as first, first.page() as page:
        own(first, page.ready())
        page.configure(hidden=[7])
        trained(page, 5)
    with closing(sqlite3.connect(tmp_path / FILE)) as file, file:
        file.execute("UPDATE shared SET content = substr(content, 1, 50)")
    with running(settings) as second, second.page(id=page.id) as again:
        again.ready()
        assert LOST in [error["message"] for error in again.errors]
        assert (again.state["spec"]["data"], again.state["spec"]["hidden"]) == ("", [7])
        trained(again, 5)


def test_shared_content_is_kept_once_and_goes_with_the_last(tmp_path: Path) -> None:
    """Whichever record goes; each counts it."""
    storage = SQLiteStorage(Settings(data_dir=str(tmp_path)))
    ids = [letter * 22 for letter in "abc"]
    content = bytes(50_000)
    for id in ids:
        storage.put(id, Record(1, {}, {}, shared={"hash": content}), owner="me")
    storage.close()
    assert (tmp_path / FILE).stat().st_size < 3 * len(content)
    storage = SQLiteStorage(Settings(data_dir=str(tmp_path)))
    assert storage._room.used > 3 * len(content)
    assert storage.sharing("hash") == ids
    found = storage.load(ids[0])
    assert found is not None
    assert found.shared == {"hash": content}
    for left, id in enumerate(ids, 1):
        storage.put(id, Record(1, {}, {}))
        storage.close()
        with closing(sqlite3.connect(tmp_path / FILE)) as file:
            assert file.execute("SELECT count(*) FROM shared").fetchone() == (int(left < 3),)
        storage = SQLiteStorage(Settings(data_dir=str(tmp_path)))
    storage.close()


def test_a_session_has_few_tables_and_those_in_use() -> None:
    """The oldest that no run learns from makes room."""
    made = [Table.of(numbers_of(3, rows=10 + each), str(each)) for each in range(MOST + 3)]
    tables = SessionTables()
    for table in made:
        tables.put(table, [made[0].reference])
    assert [table.facts.title for table in tables] == ["0", "4", "5", "6"]


def test_what_data_cost_is_limited_by_rows_and_columns() -> None:
    """Over all runs of a session, and before anything is done."""
    wide = Table.of(numbers_of(64, rows=5000), "wide")
    spec = replace(proposed(Spec(seed="1"), wide.dataset), hidden=(2,), batch_size=500)
    cost.check_spec(spec, [], Settings())
    for others, settings in (([], Settings(max_values=319_999)), ([spec, spec], Settings(max_points=20_000))):
        with pytest.raises(ProtocolError, match="rows times columns") as refusal:
            cost.check_spec(spec, others, settings)
        assert refusal.value.field == "data"
