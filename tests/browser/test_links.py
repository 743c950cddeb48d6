"""Links and the address bar: what is opened, what is written, what is refused."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.helpers import LINK, MAP, open_page, pixels, wait_for_pixels
from tests.conftest import LiveServer

GOLDEN = Path(__file__).parent.parent / "golden"


@pytest.mark.parametrize("name", ["default", "spiral_deep", "regress_gauss_tanh", "carry_batch30"])
def test_an_original_link_gives_the_original_losses(page: Page, live_server: LiveServer, name: str) -> None:
    """A course link, only its host changed: after each step the page shows the losses the original shows."""
    golden = json.loads((GOLDEN / f"{name}.json").read_text())
    state = golden["state"]
    pairs = {key: value for key, value in state.items() if key not in ("features", "epochs")}
    pairs["networkShape"] = ",".join(map(str, state["networkShape"]))
    for key in ("x", "y", "xSquared", "ySquared", "xTimesY", "sinX", "sinY"):
        pairs[key] = key in state["features"]
    texts = {key: str(value).lower() if isinstance(value, bool) else value for key, value in pairs.items()}
    open_page(page, live_server.url, "#" + "&".join(f"{key}={text}" for key, text in texts.items()))
    done = 0
    for point in golden["trajectory"]:
        if point["epoch"] > 10:
            break
        for _ in range(point["epoch"] - done):
            page.keyboard.press("ArrowRight")
        done = point["epoch"]
        expect(page.locator("#epoch")).to_have_text(f"000,{done:03d}")
        expect(page.locator("#train-loss")).to_have_text(f"{point['train']:.3f}")
        expect(page.locator("#test-loss")).to_have_text(f"{point['test']:.3f}")
    assert done > 0


def test_a_link_restores_everything(page: Page, live_server: LiveServer) -> None:
    """The address made by hand-picked controls opens the same page in a fresh visit."""
    open_page(page, live_server.url)
    page.get_by_role("combobox", name="Learning rate").select_option("0.1")
    page.get_by_role("combobox", name="Activation").select_option("relu")
    page.get_by_role("combobox", name="Regularization", exact=True).select_option("L2")
    page.get_by_role("combobox", name="Regularization rate").select_option("0.003")
    page.get_by_role("radio", name=re.compile("spiral", re.I)).click()
    page.get_by_role("button", name="Add a hidden layer").click()
    page.get_by_role("button", name=re.compile(r"sin X₁|sin\(?X.?1", re.I)).first.click()
    page.locator("#stage").get_by_label("Show test data").check()
    page.locator("#stage").get_by_label("Discretize").check()
    page.locator(".map-square").hover()
    expect(page.locator(".reading")).to_have_text(re.compile(r"→ −?\d"))  # the map is no more of the input pointed at
    page.keyboard.press("ArrowRight")
    expect(page.locator("#epoch")).to_have_text("000,001")
    shown, first_map = page.locator("#train-loss").inner_text(), pixels(page, MAP)
    fragment = page.evaluate("location.hash")
    assert "v=1" in fragment

    page.goto("about:blank")
    open_page(page, live_server.url, fragment)
    expect(page.locator("#epoch")).to_have_text("000,000")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#epoch")).to_have_text("000,001")
    expect(page.locator("#train-loss")).to_have_text(shown)
    assert page.evaluate("location.hash") == fragment
    wait_for_pixels(page, MAP, first_map)
    expect(page.get_by_role("combobox", name="Activation")).to_have_value("relu")
    expect(page.locator("#stage").get_by_label("Show test data")).to_be_checked()


def test_hidden_controls_stay_hidden_and_the_test_loss_stays(page: Page, live_server: LiveServer) -> None:
    """The original's `_hide` keys and hideText; the share slider can go without the test loss."""
    hidden = "percTrainData_hide=true&activation_hide=true&xSquared_hide=true&dataset_hide=true&hideText=true"
    open_page(page, live_server.url, f"{LINK}&{hidden}")
    expect(page.get_by_role("combobox", name="Activation")).to_be_hidden()
    expect(page.locator("[data-control=percTrainData]")).to_be_hidden()
    expect(page.get_by_role("slider", name="Noise")).to_be_visible()
    for name in ("Points", "Classes"):  # which links of before could not hide
        expect(page.get_by_label(name, exact=True)).to_be_hidden()
    expect(page.locator("[data-unit=xSquared]")).to_have_count(0)
    expect(page.get_by_role("heading", name="What is happening here?")).to_be_hidden()
    expect(page.locator("#test-loss")).to_have_text(re.compile(r"\d\.\d{3}"))
    expect(page).to_have_url(re.compile("percTrainData_hide=true"))


def test_all_can_be_hidden(page: Page, live_server: LiveServer) -> None:
    """From the list that a lecturer opens in Learn, and by the link that comes of it; what is empty then collapses."""
    open_page(page, live_server.url)
    expect(page.get_by_text("Prepare a page for others").filter(visible=True)).to_have_count(0)
    before = page.locator("#network").bounding_box()
    page.get_by_role("button", name="Learn").click()
    page.get_by_role("menuitem", name="Prepare a page for others").click()
    boxes = page.get_by_role("dialog", name="Prepare a page for others").get_by_role("checkbox")
    expect(boxes).to_have_count(26)
    for box in boxes.all():
        box.uncheck()
    page.get_by_role("button", name="Close").click()

    def check(shown: Page) -> None:
        more = ("More settings", "More features")
        for name in ("Play", "Step: one epoch", "Regenerate", *more, "Views", "Add a hidden layer"):
            expect(shown.get_by_role("button", name=name, exact=True)).to_be_hidden()
        for name in ("Epochs per second", "Learning rate", "Problem", "Chart"):
            expect(shown.get_by_role("combobox", name=name, exact=True)).to_be_hidden()
        for part in ("#data", "#adjust", "#curve", ".tabs", "#datasets", "#dataset-more", ".features-popover"):
            expect(shown.locator(part)).to_be_hidden()
        box = shown.locator("#network").bounding_box()
        assert before is not None
        assert box is not None
        assert box["width"] > before["width"] + 100
        assert shown.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        shown.get_by_role("button", name="Learn").click()
        expect(shown.get_by_role("menuitem", name="What is happening here?")).to_be_attached()
        expect(shown.get_by_role("menuitem", name="Prepare a page for others")).to_be_hidden()

    check(page)
    page.wait_for_url(re.compile("chart_hide=true.*prepare_hide=true"))
    other = page.context.new_page()
    open_page(other, live_server.url, page.evaluate("location.hash"))
    check(other)
    expect(other.locator(".toast")).to_have_count(0)
    other.set_viewport_size({"width": 390, "height": 844})
    dock = other.get_by_role("navigation", name="Panes").get_by_role("button")
    expect(dock.filter(visible=True)).to_have_text(["Map", "Loss", "Network"])


def test_a_bad_link_opens_with_a_sentence(page: Page, live_server: LiveServer) -> None:
    """What cannot be used is named with its value and what is allowed; the rest of the link counts."""
    open_page(page, live_server.url, "#activation=foo&batchSize=0&dataset=xor&seed=0.5")
    notice = page.locator(".toast")
    expect(notice).to_contain_text("activation must be one of relu")
    expect(notice).to_contain_text("batchSize must be a whole number of at least 1, not “0”")
    expect(page.get_by_role("radio", checked=True)).to_have_attribute("value", "xor")


def test_a_link_with_a_seed_that_cannot_be_used_opens_with_another(page: Page, live_server: LiveServer) -> None:
    """The rest of the link counts, the sentence is short however long the value, and nothing else complains."""
    open_page(page, live_server.url, f"#v=1&dataset=xor&seed={'x' * 5000}")
    expect(page.locator(".toast")).to_have_count(1)
    expect(page.locator(".toast")).to_contain_text("not “xxx")
    assert len(page.locator(".toast").inner_text()) < 300
    expect(page.get_by_role("radio", checked=True)).to_have_attribute("value", "xor")
    expect(page).to_have_url(re.compile(r"&seed=0\.\d{5}&"))


def test_a_default_value_that_was_asked_for_wrongly_is_said_too(page: Page, live_server: LiveServer) -> None:
    """A link that comes to nothing but defaults still says what it could not use."""
    open_page(page, live_server.url, "#v=1&batchSize=0")
    expect(page.locator(".toast")).to_contain_text("of at least 1, not “0”")


def test_nonsense_in_the_seed_is_refused_with_a_sentence(page: Page, live_server: LiveServer) -> None:
    """The field keeps what was typed, the session stays as it was."""
    open_page(page, live_server.url)
    page.get_by_label("Seed", exact=True).fill("a&b=c")
    page.get_by_label("Seed", exact=True).press("Enter")
    expect(page.locator(".problem:visible")).to_contain_text("Seed must be")
    expect(page).to_have_url(re.compile("seed=0[.]59704"))


def test_a_damaged_link_is_repaired_and_that_is_said(page: Page, live_server: LiveServer) -> None:
    """The page opens with what was meant; its address is whole again, so a reload says nothing."""
    open_page(
        page, live_server.url, "#dataset=xor®Dataset=reg-gauss&amp;learningRate=0.1®ularization=L2&seed=0.5&foo=1"
    )
    expect(page.locator(".toast")).to_have_count(1)
    expect(page.locator(".toast")).to_contain_text("“®” is read as “&reg”")
    expect(page.locator(".toast")).to_contain_text("foo in the link: there is no such setting.")
    expect(page.get_by_role("combobox", name="Learning rate")).to_have_value("0.1")
    expect(page.get_by_role("combobox", name="Regularization", exact=True)).to_have_value("L2")
    expect(page).to_have_url(re.compile("v=1&problem=classification&dataset=xor&regDataset=reg-gauss&"))
    page.reload()
    expect(page.locator("#epoch")).to_have_text("000,000")
    expect(page.locator(".toast")).to_have_count(0)


def test_a_part_that_is_not_there_is_not_counted(page: Page, live_server: LiveServer) -> None:
    """It is said, and there is nothing to restore."""
    open_page(page, live_server.url, "#v=1&seed=0.5&networkShape=4,2&frozen=3.1&cut=hello")
    expect(page.locator(".toast").filter(has_text="Frozen: this network does not have 3.1.")).to_have_count(1)
    expect(page.locator(".toast").filter(has_text="cut must be a list of at most 256 of inputs")).to_have_count(1)
    expect(page.get_by_role("button", name=re.compile("Restore all|Give back"))).to_be_hidden()


def test_a_link_of_the_original_hides_the_buttons_of_layers_alone(page: Page, live_server: LiveServer) -> None:
    """Those of neurons stay, and the number of layers; in our own links the key hides all of it."""
    open_page(page, live_server.url, "#networkShape=4,2&seed=0.5&numHiddenLayers_hide=true")
    expect(page.get_by_role("button", name="Add a neuron to layer 1")).to_be_visible()
    expect(page.get_by_role("button", name="Add a hidden layer")).to_be_hidden()
    expect(page.get_by_role("button", name="Remove a hidden layer")).to_be_hidden()
    expect(page.locator(".layers-head")).to_have_text("2 hidden layers")
    page.get_by_role("button", name="Add a neuron to layer 1").click()
    expect(page).to_have_url(re.compile("networkShape=5,2&.*layers_hide=true"))
    expect(page.get_by_role("button", name="Add a hidden layer")).to_be_hidden()
    page.goto("about:blank")
    open_page(page, live_server.url, "#v=1&networkShape=4,2&seed=0.5&numHiddenLayers_hide=true")
    expect(page.get_by_role("button", name="Add a neuron to layer 1")).to_be_hidden()
    expect(page.locator(".layers-head")).to_be_hidden()


def test_the_first_weights_may_have_a_seed_of_their_own(page: Page, live_server: LiveServer) -> None:
    """Its field is among the choices; it changes the losses and the address, and empty is as before."""
    open_page(page, live_server.url)
    before = page.locator("#train-loss").inner_text()
    page.get_by_role("button", name="More settings").click()
    field = page.get_by_role("textbox", name="Seed of the weights")
    field.fill("b")
    field.press("Enter")
    expect(page).to_have_url(re.compile("seed=0[.]59704&.*weightSeed=b"))
    expect(page.locator("#train-loss")).not_to_have_text(before)
    field.fill("")
    field.press("Enter")
    expect(page.locator("#train-loss")).to_have_text(before)
    assert "weightSeed" not in page.evaluate("location.hash")


def test_back_and_forward(page: Page, live_server: LiveServer) -> None:
    """Each choice is an entry of the history, a slider's whole way is one; going there is choosing it again."""
    open_page(page, live_server.url)
    activation = page.get_by_role("combobox", name="Activation")
    activation.select_option("relu")
    activation.select_option("sigmoid")
    noise = page.get_by_role("slider", name="Noise")
    noise.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(noise).to_have_value("20")
    expect(page).to_have_url(re.compile("noise=20"))
    page.go_back()
    expect(noise).to_have_value("0")
    expect(activation).to_have_value("sigmoid")
    page.go_back()
    expect(activation).to_have_value("relu")
    page.go_back()
    expect(activation).to_have_value("tanh")
    page.go_forward()
    expect(activation).to_have_value("relu")


def test_a_jump_within_the_page_changes_nothing(page: Page, live_server: LiveServer) -> None:
    """Learn, the skip link and a fragment that names nothing leave the network, its training and the address."""
    open_page(page, live_server.url, LINK.replace("circle", "spiral"))
    page.keyboard.press("ArrowRight")
    expect(page.locator("#epoch")).to_have_text("000,001")
    fragment = page.evaluate("location.hash")
    page.get_by_role("button", name="Learn").click()
    page.get_by_role("menuitem", name="What is happening here?").click()
    expect(page.get_by_role("heading", name="What is happening here?")).to_be_in_viewport()
    page.evaluate("location.hash = 'about'")
    page.wait_for_function("fragment => location.hash === fragment", arg=fragment)
    expect(page.locator("#epoch")).to_have_text("000,001")
    expect(page.get_by_role("radio", checked=True)).to_have_attribute("value", "spiral")
