"""My talk: links that a lecturer has collected, and a presenter's remote that steps through them."""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.helpers import join_link, open_page, wait_for_epoch
from tests.conftest import LiveServer

LINKS = ("#dataset=circle&networkShape=4,2&seed=1", "#dataset=xor&networkShape=1&seed=2", "#dataset=gauss&seed=3")


def learn(page: Page, item: str) -> None:
    """Choose from the menu Learn."""
    page.get_by_role("button", name="Learn").click()
    page.get_by_role("menuitem", name=item, exact=True).click()


def collect(page: Page, url: str) -> None:
    """Three links, without opening the talk."""
    open_page(page, url, LINKS[0])
    for i, link in enumerate(LINKS):
        page.evaluate("(link) => { location.hash = link; }", link)
        page.wait_for_url(re.compile(f"seed={i + 1}"))
        learn(page, "Add this to my talk")
        expect(page.locator(".talk-line")).to_contain_text(f"number {i + 1} of my talk")


def names(page: Page) -> Locator:
    """What opens the items, in their order."""
    return page.locator("#talk .talk-name")


def test_collect_and_arrange(page: Page, live_server: LiveServer) -> None:
    """Add without opening it, open, rename, reorder by keys and buttons, remove and undo; a reload keeps it."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_page(page, live_server.url)
    assert not [url for url in asked if url.endswith("panels/talk.js")]
    collect(page, live_server.url)
    learn(page, "My talk")
    add = page.get_by_role("region", name="My talk").get_by_role("button", name="Add this to my talk")
    expect(add).to_be_focused()
    expect(page.locator("#data")).to_be_hidden()
    expect(names(page)).to_have_text(["Circle, 4–2", "Exclusive or, 1", "Two clouds, 4–2"])
    names(page).nth(1).focus()
    page.keyboard.press("F2")
    for name in ("Another name", "One neuron cannot"):
        page.get_by_role("textbox", name="Name of number 2").fill(name)
        page.keyboard.press("Enter")
        expect(names(page).nth(1)).to_have_text(name)
        page.keyboard.press("F2")
    page.keyboard.press("Escape")
    expect(names(page).nth(1)).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    expect(names(page).first).to_have_text("One neuron cannot")
    expect(names(page).first).to_be_focused()
    down = page.get_by_role("button", name="Move down: number 2")
    down.click()
    expect(names(page).nth(2)).to_have_text("Circle, 4–2")
    expect(names(page).nth(2)).to_be_focused()  # there is no further down
    names(page).nth(2).drag_to(names(page).first)
    expect(names(page).first).to_have_text("Circle, 4–2")
    names(page).first.drag_to(names(page).nth(2))
    expect(names(page).nth(2)).to_have_text("Circle, 4–2")
    names(page).nth(2).focus()
    page.keyboard.press("Delete")
    expect(names(page)).to_have_count(2)
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Rename: number 1").click()
    page.keyboard.press("Escape")  # leaves the field, not the talk
    expect(names(page)).to_have_text(["One neuron cannot", "Two clouds, 4–2", "Circle, 4–2"])
    page.keyboard.press("Escape")
    expect(page.locator("#data")).to_be_visible()
    expect(page.get_by_role("button", name="Learn")).to_be_focused()
    page.reload()
    expect(page.locator("#train-loss")).to_have_text(re.compile(r"\d"))
    learn(page, "My talk")
    expect(names(page)).to_have_text(["One neuron cannot", "Two clouds, 4–2", "Circle, 4–2"])


def test_a_remote_steps_through_it(page: Page, live_server: LiveServer) -> None:
    """From wherever the focus is, paused and at the start, to the ends and no further; lecture mode stays."""
    collect(page, live_server.url)
    page.reload()
    expect(page.locator("#train-loss")).to_have_text(re.compile(r"\d"))
    page.keyboard.press("l")
    page.wait_for_url(re.compile("lecture=true"))
    line = page.locator(".talk-line")
    for i, at in ((-1, 1), (-1, 0), (-1, 0), (1, 1)):
        page.keyboard.press("PageDown" if i > 0 else "PageUp")
        expect(line).to_contain_text(f"{at + 1} of 3: ")
        page.wait_for_url(re.compile(f"seed={at + 1}.*lecture=true"))
    assert page.evaluate("scrollY") == 0
    page.keyboard.press(" ")
    wait_for_epoch(page, 5)
    page.get_by_role("combobox", name="Activation").focus()
    page.keyboard.press("PageUp")
    page.wait_for_url(re.compile(r"networkShape=4,2.*activation=tanh.*lecture=true"))
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    expect(page.locator("#epoch")).to_have_text("000,000")
    page.get_by_role("button", name="Step: one epoch").click()
    expect(page.locator("#epoch")).to_have_text("000,001")
    page.keyboard.press("PageUp")  # the first one, once more: from its start
    expect(page.locator("#epoch")).to_have_text("000,000")


def test_without_a_talk_the_page_scrolls(page: Page, live_server: LiveServer) -> None:
    """The two keys keep what they do in every page."""
    open_page(page, live_server.url)
    page.keyboard.press("PageDown")
    page.wait_for_function("() => scrollY > 100")


def test_a_talk_as_a_file(page: Page, live_server: LiveServer, tmp_path: Path) -> None:
    """Exported, removed and imported it is the same; a bad file gets a sentence and changes nothing."""
    collect(page, live_server.url)
    learn(page, "My talk")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    assert download.value.suggested_filename == "my-talk.json"
    path = tmp_path / "my-talk.json"
    download.value.save_as(path)
    items = json.loads(path.read_text(encoding="utf-8"))["items"]
    assert [item["name"] for item in items][:2] == ["Circle, 4–2", "Exclusive or, 1"]
    for _ in range(3):
        page.get_by_role("button", name="Remove: number 1").click()
    expect(names(page)).to_have_count(0)
    expect(page.get_by_role("button", name="Export")).to_be_disabled()
    field, said = page.locator("#talk input[type=file]"), page.locator(".talk-said p")
    for text, sentence in (("no", "not JSON"), ('{"a": 1}', "not a talk"), ("", "not JSON")):
        bad = tmp_path / "bad.json"
        bad.write_text(text, encoding="utf-8")
        field.set_input_files(bad)
        expect(said).to_contain_text(sentence)
        expect(names(page)).to_have_count(0)
    field.set_input_files(path)
    expect(said).to_have_text("3 links imported.")
    expect(names(page)).to_have_count(3)
    names(page).nth(1).click()
    page.wait_for_url(re.compile("dataset=xor.*seed=2"))
    expect(names(page).nth(1)).to_have_attribute("aria-current", "step")


def test_on_a_phone_it_is_in_the_data_pane(page: Page, live_server: LiveServer) -> None:
    """Opening it goes there; another pane hides it."""
    page.set_viewport_size({"width": 390, "height": 844})
    open_page(page, live_server.url)
    learn(page, "My talk")
    panes = page.get_by_role("navigation", name="Panes")
    expect(panes.get_by_role("button", name="Data")).to_have_attribute("aria-pressed", "true")
    talk = page.get_by_role("region", name="My talk")
    expect(talk).to_be_visible()
    panes.get_by_role("button", name="Map").click()
    expect(talk).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_who_watches_has_no_talk(page: Page, live_server: LiveServer) -> None:
    """Their page shows what its owner shows."""
    open_page(page, live_server.url)
    other = page.context.new_page()
    other.goto(join_link(page))
    other.get_by_role("button", name="Learn").click()
    expect(other.get_by_role("menuitem", name="What is happening here?")).to_be_visible()
    expect(other.get_by_role("menuitem", name="My talk")).to_have_count(0)
