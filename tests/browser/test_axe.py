"""Accessibility rules checked by axe-core, on every state of the page that has parts of its own."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.helpers import LINK, choose_view, invite, join_link, open_page, wait_for_epoch
from tests.conftest import ROOT, LiveServer

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

# `target-size` belongs to WCAG 2.2 AA, but axe leaves it off. The page's policy for scripts stays: nothing is bypassed.
RUN = """async ([tags]) => {
  const options = { runOnly: { type: "tag", values: tags }, rules: { "target-size": { enabled: true } } };
  const { violations, passes } = await axe.run(document, options);
  if (!passes.some(({ id }) => id === "target-size")) throw new Error("target-size did not run");
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) =>
    `${id}: ${target.join(" ")}: ${failureSummary}`));
}"""


def violations(page: Page) -> list[str]:
    """What axe says against the page as it is now."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    page.evaluate("() => Promise.all(document.getAnimations().map((each) => each.finished.catch(() => {})))")
    found: list[str] = page.evaluate(RUN, [TAGS])
    return found


def idle(page: Page) -> None:
    """As it opens."""


def training(page: Page) -> None:
    """While it learns."""
    page.keyboard.press(" ")
    wait_for_epoch(page, 20)


def dark(page: Page) -> None:
    """In dark colours."""
    page.get_by_role("button", name="Look").click()
    page.get_by_role("menuitemcheckbox", name="Dark").click()


def more_open(page: Page) -> None:
    """With more settings, all groups and lists of layers open."""
    page.get_by_role("button", name="More settings").click()
    expect(page.locator("#choices")).to_be_visible()
    for summary in page.locator("#choices summary").all():
        summary.click()


def more_data(page: Page) -> None:
    """With all data sets."""
    page.locator("#dataset-more > summary").click()


def more_features(page: Page) -> None:
    """With the popover of all features."""
    page.locator(".features-popover > summary").click()


def views_menu(page: Page) -> None:
    """With the menu of all views."""
    page.get_by_role("button", name="Views").click()


def look_menu(page: Page) -> None:
    """With the menu Look."""
    page.get_by_role("button", name="Look").click()


def learn_menu(page: Page) -> None:
    """With the menu Learn."""
    page.get_by_role("button", name="Learn").click()


def neuron_card(page: Page) -> None:
    """With the card of a neuron."""
    page.locator("[data-unit='0.0']").click()
    expect(page.locator("#card:not(.hovering)")).to_be_visible()


def numbers(page: Page) -> None:
    """With the table of all weights."""
    choose_view(page, "Numbers")


def measures(page: Page) -> None:
    """With accuracy and confusion."""
    choose_view(page, "Measures")
    expect(page.locator(".metrics")).to_contain_text("Accuracy")


def measures_of_regression(page: Page) -> None:
    """With predictions against true values."""
    choose_view(page, "Measures")
    expect(page.locator(".metrics")).to_contain_text("RMSE")


def dark_measures(page: Page) -> None:
    """The same in dark colours."""
    dark(page)
    measures(page)


def enlarged(page: Page) -> None:
    """With the map in the place of the network."""
    page.keyboard.press("e")
    expect(page.locator("#network.mini")).to_be_visible()


def keys(page: Page) -> None:
    """With the list of keys."""
    page.keyboard.press("?")


def invitation(page: Page) -> None:
    """With the dialog that gives the join link, its foldings open."""
    dialog = invite(page)
    expect(dialog.get_by_label("Join link")).to_have_value(re.compile("#key="))
    dialog.locator("summary").click()
    dialog.get_by_role("button", name="Make an owner link").click()
    expect(dialog.get_by_role("textbox", name="Owner link")).to_be_visible()


def classroom(page: Page) -> None:
    """With a class that is open, and a question to it."""
    page.locator("#open-class").click()
    page.get_by_role("button", name="Open a class").click()
    expect(page.locator(".class-code")).to_have_text(re.compile(r"\d{3} \d{3}"))
    page.get_by_text("Ask a question").click()
    page.get_by_label("Question").fill("Will it learn?")
    page.get_by_label("Question").press("Enter")
    page.get_by_role("button", name="Show answers").click()
    expect(page.get_by_role("list", name="Answers")).to_be_visible()


def prepare(page: Page) -> None:
    """With the list of what can be hidden."""
    learn_menu(page)
    page.get_by_role("menuitem", name="Prepare a page for others").click()
    expect(page.get_by_role("checkbox", name="Explanations")).to_be_visible()


def own_sessions(page: Page) -> None:
    """With the list of this browser's sessions."""
    page.keyboard.press("ArrowRight")
    expect(page.locator("#epoch")).to_have_text("000,001")
    page.get_by_role("button", name="Your sessions").click()
    expect(page.locator("#own-sessions-list a")).to_be_visible()


def lecture(page: Page) -> None:
    """In lecture mode, the data open."""
    expect(page.locator("html[data-lecture]")).to_have_count(1)
    assert violations(page) == []
    page.get_by_role("button", name="Data", exact=True).click()


def dark_lecture(page: Page) -> None:
    """The same in dark colours."""
    dark(page)
    lecture(page)


def spotlight(page: Page) -> None:
    """With one neuron in the spotlight."""
    page.locator("[data-unit='0.1']").hover()
    page.keyboard.press("s")
    expect(page.locator(".unit.dim").first).to_be_visible()


def talk(page: Page) -> None:
    """With a talk of two links, one of them shown."""
    learn_menu(page)
    page.get_by_role("menuitem", name="My talk", exact=True).click()
    for _ in range(2):
        page.locator("#talk .wide").click()
    page.keyboard.press("PageUp")
    expect(page.locator("#talk [aria-current]")).to_be_visible()


def try_next(page: Page) -> None:
    """With a suggestion of what to try next."""
    page.get_by_role("combobox", name="Epochs per second").select_option("1000")
    page.keyboard.press(" ")
    expect(page.locator(".try-next")).to_be_visible()


def notice(page: Page) -> None:
    """With a notice of what a link had that cannot be used, its list open."""
    expect(page.locator(".toast")).to_be_visible()
    page.locator(".toast summary").click()


def wrong_entry(page: Page) -> None:
    """With a refused value at its field."""
    more_open(page)
    field = page.get_by_label("Momentum").first
    field.fill("a lot")
    field.press("Enter")
    expect(page.locator("#choices .problem").filter(has_text="must be")).to_be_visible()


def reference(page: Page) -> None:
    """With the table of all settings."""
    page.locator("#reference > summary").click()
    expect(page.locator("#reference table")).to_be_visible()


def read_me(page: Page) -> None:
    """With the paragraph on the present state."""
    page.keyboard.press("m")
    expect(page.locator(".toast")).to_contain_text("Paused at epoch 0")


def masked(page: Page) -> None:
    """With what is frozen and cut marked."""
    expect(page.locator(".restore")).to_be_visible()


def diverged(page: Page) -> None:
    """After the loss stopped being a number."""
    page.keyboard.press(" ")
    expect(page.locator(".toast")).to_contain_text("diverged")


def stopped(page: Page) -> None:
    """After a rule stopped the training."""
    page.keyboard.press(" ")
    expect(page.locator("#stopped-why")).not_to_be_empty()


def comparing(page: Page) -> None:
    """With two runs side by side."""
    page.keyboard.press("c")
    expect(page.locator(".compare-grid canvas").first).to_be_visible()
    page.get_by_role("combobox", name="Activation").select_option("relu")
    expect(page.locator(".compare-grid")).to_contain_text("ReLU")


def seeds(page: Page) -> None:
    """With many seeds, one selected."""
    choose_view(page, "Many seeds")
    page.locator(".trials-words").get_by_role("button", name="Run", exact=True).click()
    expect(page.locator(".seeds-view .trials-heading")).to_contain_text("of 20 solved it")
    page.locator(".seed-tile").nth(3).click()


def sweep_done(page: Page) -> None:
    """With a sweep, a cell selected, in dark colours."""
    dark(page)
    choose_view(page, "Sweep")
    page.locator(".trials-words").get_by_role("button", name="Run", exact=True).click()
    expect(page.locator(".sweep-view .trials-heading")).to_contain_text("25 runs in")
    page.locator(".sweep-cell").nth(1).click()


EIGHT = "networkShape=" + ",".join(["8"] * 8)
# Name of the state: what makes it, and the link that it begins with.
STATES: dict[str, tuple[Callable[[Page], None], str]] = {
    "idle": (idle, LINK),
    "training": (training, LINK),
    "dark": (dark, LINK),
    "more": (more_open, LINK),
    "more data": (more_data, LINK),
    "more features": (more_features, LINK),
    "views menu": (views_menu, LINK),
    "look": (look_menu, LINK),
    "learn": (learn_menu, LINK),
    "card": (neuron_card, LINK),
    "numbers": (numbers, LINK),
    "measures": (measures, LINK),
    "measures of six classes": (measures, "#v=1&classes=6&dataset=blobs&seed=0.5"),
    "measures of a regression": (measures_of_regression, "#v=1&problem=regression&seed=0.5"),
    "dark measures": (dark_measures, LINK),
    "enlarged": (enlarged, LINK),
    "lecture": (lecture, f"{LINK}&lecture=true"),
    "dark lecture": (dark_lecture, f"{LINK}&lecture=true"),
    "spotlight": (spotlight, LINK),
    "embed": (idle, f"{LINK}&embed=1"),
    "my talk": (talk, LINK),
    "try next": (try_next, "#v=1&dataset=xor&networkShape=1&seed=0.5"),
    "keys": (keys, LINK),
    "invite": (invitation, LINK),
    "class": (classroom, LINK),
    "prepare": (prepare, LINK),
    "your sessions": (own_sessions, LINK),
    "no inputs": (idle, "#v=1&x=false&y=false&seed=0.5"),
    "no hidden layer": (idle, "#v=1&networkShape=&seed=0.5"),
    "eight layers": (idle, f"#v=1&{EIGHT}&seed=0.5"),
    "folded neurons": (idle, "#v=1&networkShape=40,40&seed=0.5"),
    "six classes": (idle, "#v=1&classes=6&dataset=blobs&seed=0.5"),
    "activation by layer": (idle, "#v=1&activations=relu,tanh&seed=0.5"),
    "settings in use": (idle, "#v=1&optimiser=adamw&schedule=step&dropout=0.2&patience=9&stopEpoch=3&clipNorm=1"),
    "frozen and cut": (masked, "#v=1&seed=0.5&networkShape=4,2&frozen=0.0&cut=1.0"),
    "notice": (notice, "#v=1&seed=0.5&noise=x&batchSize=x&learningRate=x&activation=x"),
    "wrong entry": (wrong_entry, "#v=1&seed=0.5&optimiser=momentum"),
    "reference": (reference, LINK),
    "read me": (read_me, LINK),
    "diverged": (diverged, "#v=1&seed=0.5&problem=regression&learningRate=10&activation=linear&networkShape=4"),
    "stopped": (stopped, "#v=1&seed=0.5&stopEpoch=3"),
    "compare": (comparing, LINK),
    "many seeds": (seeds, LINK),
    "sweep": (sweep_done, LINK),
    "hidden controls": (idle, f"{LINK}&hideText=true&playButton_hide=true&dataset_hide=true&activation_hide=true"),
}


@pytest.mark.skipif(not AXE.exists(), reason="needs the npm packages; `make test` installs them if npm is there")
@pytest.mark.parametrize("state", STATES)
def test_no_violation(page: Page, live_server: LiveServer, state: str) -> None:
    """On a window of 1280 x 800."""
    reach, link = STATES[state]
    open_page(page, live_server.url, link)
    reach(page)
    assert violations(page) == []


@pytest.mark.skipif(not AXE.exists(), reason="needs the npm packages; `make test` installs them if npm is there")
def test_no_violation_for_a_watcher(page: Page, browser: Browser, live_server: LiveServer) -> None:
    """Who watches has less to press, and a card without fields."""
    open_page(page, live_server.url)
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    other = context.new_page()
    other.goto(join_link(page))
    expect(other.locator("#train-loss")).to_have_text(re.compile(r"\d"))
    assert violations(other) == []
    neuron_card(other)
    assert violations(other) == []
    context.close()


@pytest.mark.skipif(not AXE.exists(), reason="needs the npm packages; `make test` installs them if npm is there")
def test_no_violation_without_a_connection(page: Page, live_server: LiveServer) -> None:
    """In place of the tool there is an explanation."""
    page.route_web_socket(re.compile("/ws$"), lambda route: route.close(code=1011))
    page.goto(live_server.url)
    expect(page.get_by_role("main", name="The live connection does not open")).to_be_visible()
    assert violations(page) == []


@pytest.mark.skipif(not AXE.exists(), reason="needs the npm packages; `make test` installs them if npm is there")
@pytest.mark.parametrize("pane", ["Map", "Loss", "Network", "Data"])
def test_no_violation_on_a_phone(page: Page, live_server: LiveServer, pane: str) -> None:
    """In each of its panes."""
    page.set_viewport_size({"width": 390, "height": 844})
    open_page(page, live_server.url)
    page.get_by_role("navigation", name="Panes").get_by_role("button", name=pane).click()
    assert violations(page) == []
