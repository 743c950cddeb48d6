"""What fits on which screen, what has a name, and what the page loads."""

from __future__ import annotations

import itertools
import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.helpers import LINK, MAP, open_page, pixels, wait_for_epoch, wait_for_other_pixels
from tests.conftest import LiveServer


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1920, 1080)])
def test_the_tool_fits_one_screen(page: Page, live_server: LiveServer, width: int, height: int) -> None:
    """The whole tool, the largest network of the page in it, without scrolling in any part."""
    page.set_viewport_size({"width": width, "height": height})
    open_page(page, live_server.url, LINK.replace("networkShape=4,2", "networkShape=8,8,8,8,8,8"))
    expect(page.locator("#chart-words")).to_contain_text("Training: ")
    box = page.locator("#tool").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= height
    scrolling = page.evaluate(
        """() => [...document.querySelectorAll(".data, .net-scroll, .output, .curve")]
            .filter((e) => e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1)
            .map((e) => e.className)"""
    )
    assert scrolling == []


MANY = (
    "#v=1&seed=0.5&optimiser=adamw&schedule=step&dropout=0.2&patience=9&stopEpoch=3"
    "&momentum=0.5&weightDecay=0.1&warmup=5&clip=1&batchEnd=drop&initialisation=he"
)
OVERLAPS = """() => {
  const named = "button, select, input, summary, .field label, h2, dt, strong, .question, .callout span";
  const seen = [...document.querySelectorAll(named)]
    .filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest(".dock, .masthead, .about, [hidden]"));
  const pairs = [];
  const boxes = seen.map((e) => {
    const [own, part] = [e, e.closest(".net-scroll") ?? e].map((each) => each.getBoundingClientRect());
    const [left, right] = [Math.max(own.left, part.left), Math.min(own.right, part.right)]; // not what is scrolled away
    return { left, right, top: own.top, bottom: own.bottom };
  });
  seen.forEach((one, i) => seen.slice(i + 1).forEach((other, j) => {
    if (one.contains(other) || other.contains(one)) return;
    const [a, b] = [boxes[i], boxes[i + 1 + j]];
    const [across, down] = [Math.min(a.right, b.right) - Math.max(a.left, b.left),
      Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)];
    if (across > 1.5 && down > 1.5) pairs.push(`${one.outerHTML.slice(0, 90)} / ${other.outerHTML.slice(0, 90)}`);
  }));
  return pairs;
}"""
SIDEWAYS = "() => document.documentElement.scrollWidth - innerWidth"
DEEP = LINK.replace("networkShape=4,2", f"networkShape={','.join(['12'] * 8)}")


def resize(page: Page, width: int, height: int) -> None:
    """Give the window another size, and wait until the network is built anew for it."""
    if page.viewport_size == {"width": width, "height": height}:
        return
    page.locator(".unit").first.evaluate("unit => { unit.dataset.old = ''; }")
    page.set_viewport_size({"width": width, "height": height})
    expect(page.locator(".unit[data-old]")).to_have_count(0)
    expect(page.locator(".unit").first).to_be_attached()


def test_nothing_overlaps_in_wide_windows(page: Page, live_server: LiveServer) -> None:
    """Eight layers of twelve, on projectors old and new, zoomed and not: no label or button lies on another."""
    open_page(page, live_server.url, DEEP)
    for width, height in ((1280, 800), (1024, 768), (1920, 1080), (853, 533)):
        resize(page, width, height)
        expect(page.locator(".column-head .row")).to_have_count(8)
        assert page.evaluate(OVERLAPS) == [], (width, height)
        assert page.evaluate(SIDEWAYS) <= 0, (width, height)


def test_two_columns_show_network_and_map_together(page: Page, live_server: LiveServer) -> None:
    """From 700 pixels on, and the map is not taller than the window below the bar."""
    open_page(page, live_server.url)
    for width, height in ((720, 900), (844, 390), (960, 540)):
        page.set_viewport_size({"width": width, "height": height})
        page.locator(".map-square").evaluate("(e) => e.scrollIntoView({ block: 'end' })")
        boxes = page.evaluate(
            "() => ['.net', '.map-square', '.drive'].map((e) => document.querySelector(e).getBoundingClientRect())"
        )
        net, square, drive = boxes
        assert net["right"] <= square["left"], (width, height)
        assert square["height"] <= height - drive["height"], (width, height)
        assert net["top"] < square["bottom"], (width, height)
        assert page.evaluate(SIDEWAYS) <= 0, (width, height)


def test_a_phone_shows_one_pane_above_a_dock(page: Page, live_server: LiveServer) -> None:
    """Everything has its place in a pane, nothing scrolls sideways, and the small map learns on in each of them."""
    page.set_viewport_size({"width": 390, "height": 844})
    open_page(page, live_server.url)
    dock = page.get_by_role("navigation", name="Panes")
    panes = {"Data": "#regenerate", "Network": "[data-unit='0.0']", "Loss": "#curve", "Map": MAP}
    for width, height in ((390, 844), (320, 640)):
        page.set_viewport_size({"width": width, "height": height})
        for name in panes:
            dock.get_by_role("button", name=name).click()
            for other, its in panes.items():
                expect(page.locator(its)).to_be_visible(visible=other == name)
            expect(page.locator("#peek")).to_be_in_viewport(ratio=1)
            assert page.evaluate(SIDEWAYS) <= 0, (width, name)
            assert page.evaluate(OVERLAPS) == [], (width, name)
    dock.get_by_role("button", name="Data").click()
    before = pixels(page, "#peek canvas")
    page.get_by_role("button", name="Play").click()
    wait_for_other_pixels(page, "#peek canvas", before)
    page.locator("#peek").click()
    expect(page.locator(MAP)).to_be_in_viewport()


@pytest.mark.parametrize(("width", "height"), [(800, 900), (1280, 800)])
def test_focus_goes_as_the_eye_goes(page: Page, live_server: LiveServer, width: int, height: int) -> None:
    """Tab goes through the parts of the page from top to bottom, and from left to right."""
    page.set_viewport_size({"width": width, "height": height})
    open_page(page, live_server.url)
    order = page.evaluate(
        """() => [".drive", ".adjust", ".data", ".net", ".output"].map((name) => document.querySelector(name))
            .sort((a, b) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1))
            .map((e) => e.getBoundingClientRect()).map(({ x, y, bottom }) => ({ x, y, bottom }))"""
    )
    for one, other in itertools.pairwise(order):
        assert other["y"] >= one["bottom"] - 1 or other["x"] > one["x"]


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (768, 1024), (720, 900)])
def test_nothing_jumps_when_a_setting_comes_into_use(
    page: Page, live_server: LiveServer, width: int, height: int
) -> None:
    """A chip and the sentence about a stop have a place of their own, no empty row; what does not fit is counted."""
    page.set_viewport_size({"width": width, "height": height})
    open_page(page, live_server.url)
    top = "() => document.querySelector('#network').getBoundingClientRect().top"
    before = page.evaluate(top)
    boxes = page.locator(".drive, .adjust, .data").evaluate_all("(all) => all.map((e) => e.getBoundingClientRect())")
    if width < 1024:
        gaps = [other["top"] - one["bottom"] for one, other in itertools.pairwise(boxes)]
        assert max(gaps) <= 16, "an empty row"
        ends = "() => ['.epoch', '.bar-foot'].map((e) => document.querySelector(e).getBoundingClientRect())"
        left, right = page.evaluate(ends)
        assert left["right"] <= right["left"], "the pace lies under what comes into use"
    open_page(page, live_server.url, MANY)
    expect(page.locator(".chip").first).to_be_visible()
    expect(page.locator("#in-use-more")).to_have_text(re.compile(r"[+]\d"))
    assert page.evaluate(top) == before
    page.keyboard.press(" ")
    expect(page.locator("#stopped-why")).to_have_text(re.compile("."))
    assert page.evaluate(top) == before
    expect(page.locator("#in-use-more")).to_have_text(re.compile(r"[+]\d"))


def test_a_larger_font_is_a_narrower_window(browser: Browser, live_server: LiveServer) -> None:
    """With twice the browser's size of type nothing overlaps and nothing is cut at the side."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Page.enable")
    session.send("Page.setFontSizes", {"fontSizes": {"standard": 32}})
    open_page(page, live_server.url)
    assert page.evaluate("() => getComputedStyle(document.documentElement).fontSize") == "32px"
    assert page.evaluate(SIDEWAYS) <= 0
    assert page.evaluate(OVERLAPS) == []
    context.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_small_losses_stay_in_their_row(page: Page, live_server: LiveServer, width: int) -> None:
    """A loss that needs more signs does not push the other one down, and the curve with it."""
    page.set_viewport_size({"width": width, "height": 844})
    open_page(page, live_server.url)
    tops = page.evaluate(
        """() => ["train-loss", "test-loss"].map((id) => {
            document.getElementById(id).textContent = "1.2e-10";
            return document.getElementById(id);
        }).map((e) => Math.round(e.getBoundingClientRect().top))"""
    )
    assert tops[0] == tops[1]


def test_every_control_has_a_name(page: Page, live_server: LiveServer) -> None:
    """Nothing that can be focused is nameless to a screen reader, and no word stands on two different buttons."""
    open_page(page, live_server.url)
    page.locator("[data-unit='0.0']").click()
    nameless = page.evaluate(
        """() => [...document.querySelectorAll("button, a[href], input, select, summary, [tabindex='0']")]
            .filter((e) => e.checkVisibility())
            .filter((e) => ![e.ariaLabel, e.textContent, e.labels?.[0]?.textContent, e.title].some((n) => n?.trim()))
            .map((e) => e.outerHTML)"""
    )
    assert nameless == []
    page.keyboard.press("Escape")
    words = page.locator("button:visible, summary:visible").all_inner_texts()
    said = [word.strip() for word in words if word.strip()]
    assert len(said) > 8
    assert sorted(said) == sorted(set(said))


def test_the_widest_network_answers(page: Page, live_server: LiveServer) -> None:
    """Eight layers of 64 train, pause and open a neuron: 28,864 lines do not hold up the page."""
    page.set_default_timeout(40_000)
    open_page(page, live_server.url, LINK.replace("networkShape=4,2", f"networkShape={','.join(['64'] * 8)}"))
    page.get_by_role("button", name="Play").click()
    wait_for_epoch(page, 3)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    page.locator("[data-unit='3.5']").click()
    expect(page.locator("#card h2")).to_have_text("Layer 4, neuron 6")


def test_nothing_is_asked_from_another_host(page: Page, live_server: LiveServer) -> None:
    """Every request of a whole visit, fonts and icons included, goes to this server."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_page(page, live_server.url)
    expect(page.locator("#chart-words")).to_contain_text("Training: ")
    page.get_by_role("combobox", name="Problem").select_option("regression")
    page.keyboard.press(" ")
    wait_for_epoch(page, 10)
    assert len(asked) > 10
    assert [url for url in asked if not url.startswith((live_server.url, "data:", "blob:"))] == []


def test_questions_and_callouts(page: Page, live_server: LiveServer) -> None:
    """Each heading has a question below it, and the drawing two words where there is room; all go with the texts."""
    open_page(page, live_server.url)
    questions, words = page.locator(".question"), page.locator(".callout")
    expect(questions).to_have_text(["What should it learn?", "What goes in?", "What comes out?"])
    expect(words).to_have_text(["the output of one neuron", "thickness is weight"])
    for width, height, count in ((1024, 768, 2), (1920, 1080, 2), (2560, 1440, 2), (1280, 800, 2)):
        resize(page, width, height)
        expect(words).to_have_count(count)
        assert page.evaluate(OVERLAPS) == [], width
    page.get_by_role("button", name="Learn").click()
    page.get_by_role("menuitem", name="Prepare a page for others").click()
    page.get_by_role("checkbox", name="Explanations").uncheck()
    page.get_by_role("button", name="Close").click()
    for each in (*questions.all(), *words.all()):
        expect(each).to_be_hidden()
    page.get_by_role("button", name="Add a neuron to layer 2").click()
    expect(page.locator("[data-unit='1.2']")).to_be_visible()
    expect(words).to_have_count(2)
    expect(words.first).to_be_hidden()
    open_page(page, live_server.url, DEEP)
    expect(page.locator("[data-unit='7.11']")).to_be_visible()
    expect(words).to_have_count(0)
