"""Labs: each opens with its link, its data are on every server, and the files say what the page shows."""

from __future__ import annotations

import json
import re

import pytest

from tests.app.conftest import Running
from tests.app.test_pages import get
from tests.conftest import ROOT
from tests.page import Page
from tinkernet.app.tables.library import Library, lab_listing
from tinkernet.engine import Trainer, spec_from_link
from tinkernet.engine.data.dataset import CLASS
from tinkernet.engine.labs import LABS, Lab, made
from tinkernet.engine.spec.link import read_link


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.key)
def test_a_link_opens_its_lab(lab: Lab) -> None:
    """With the settings of the record, without a word of complaint; its view is one of the page's; it trains."""
    dataset = made(lab.first) if lab.first else None
    link = lab.link(dataset)
    reading = read_link(link)
    assert (reading.problems, reading.remarks) == ([], [])
    assert reading.spec == lab.spec(dataset)
    assert spec_from_link(link) == lab.spec(dataset)
    views = (ROOT / "static/js/views/stage.js").read_text(encoding="utf-8")
    assert f'key: "{lab.view}"' in views
    assert re.fullmatch("[a-z]{1,16}", lab.key)
    trainer = Trainer(lab.spec(dataset), dataset)
    before = trainer.train_loss
    trainer.advance(50)
    assert trainer.train_loss < before


def test_the_page_is_told_of_every_lab(server: Running) -> None:
    """Title, text and data; each reference is one that the server has."""
    status, headers, body = get(f"{server.url}/static/labs.json")
    assert (status, headers["content-type"]) == (200, "application/json")
    assert json.loads(body) == json.loads(lab_listing())
    library = Library()
    for told, lab in zip(json.loads(body), LABS, strict=True):
        assert (told["key"], told["title"]) == (lab.key, lab.title)
        assert all(told["text"])
        for title, reference in told["sets"]:
            table = library.get(reference)
            assert table is not None
            assert (table.facts.title, table.dataset.kind == CLASS) == (title, lab.key == "noise")
        assert all(len(title) <= 60 for title, _ in told["sets"])


def test_the_data_of_a_lab_are_everybodys(server: Running) -> None:
    """A new browser that opens the link is given them; Iris has its species, which are not learnt."""
    (pca,) = (lab for lab in json.loads(lab_listing()) if lab["key"] == "pca")
    iris = dict(map(tuple, pca["sets"]))["Iris"]
    with Page(server.url) as page:
        page.ready()
        page.configure(**spec_from_link(pca["link"]).to_dict())
        page.until(lambda page: page.state["spec"]["data"] == spec_from_link(pca["link"]).data)
        page.configure(data=iris)
        page.until(lambda page: iris in page.tables)
        assert page.tables[iris]["classes"] == ["Setosa", "Versicolor", "Virginica"]
        assert page.errors == []


def test_who_watches_is_told_the_lab(server: Running) -> None:
    """Its key is in the state until it is left; one that is not there is refused in a sentence."""
    with Page(server.url) as page:
        page.ready()
        assert page.state["lab"] == ""
        page.send("set_lab", lab="neuron")
        page.until(lambda page: page.state["lab"] == "neuron")
        page.send("set_lab", lab="alchemy")
        page.until(lambda page: page.errors)
        assert page.errors[-1]["message"] == (
            "lab must be one of neuron, wide, noise, codes, pca, or empty, not 'alchemy'."
        )
        page.send("set_lab", lab="")
        page.until(lambda page: page.state["lab"] == "")
