"""The page as a person uses it, in a real Chromium against a real server."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.conftest import LiveServer

GOLDEN = Path(__file__).parent.parent / "golden"
MAP, NEURON = ".map-square canvas:first-of-type", "[data-unit='0.0']"
LINK = "#activation=tanh&batchSize=10&dataset=circle&learningRate=0.03&networkShape=4,2&seed=0.59704&x=true&y=true"


def open_page(page: Page, url: str, fragment: str = LINK) -> None:
    """Open a link and wait for its first picture."""
    page.goto(f"{url}/{fragment}")
    expect(page.locator("#train-loss")).to_have_text(re.compile(r"\d"))
    expect(page.locator("#status")).to_have_text("")


def epoch(page: Page) -> int:
    """What the epoch counter says."""
    return int(page.locator("#epoch").inner_text().replace(",", ""))


def loss(page: Page) -> float:
    """The training loss as shown."""
    return float(page.locator("#train-loss").inner_text())


def wait_for_epoch(page: Page, least: int) -> None:
    """Until the counter has got there."""
    page.wait_for_function("n => Number(document.getElementById('epoch').value.replace(',', '')) >= n", arg=least)


PICTURE = """selector => {
  const shown = document.querySelector(selector);
  if (shown instanceof HTMLCanvasElement) return shown.toDataURL();
  const [own, maps] = [shown, document.querySelector(".maps")].map((each) => each.getBoundingClientRect());
  const part = document.createElement("canvas");
  [part.width, part.height] = [own.width, own.height];
  part.getContext("2d").drawImage(document.querySelector(".maps"), own.x - maps.x, own.y - maps.y, own.width, own.height, 0, 0, own.width, own.height);
  return part.toDataURL();
}"""  # noqa: E501


def pixels(page: Page, selector: str) -> str:
    """A canvas, or a unit's part of the one that has all units' maps, as text, to compare."""
    return str(page.evaluate(PICTURE, selector))


def wait_for_other_pixels(page: Page, selector: str, before: str) -> None:
    """Until it shows something else."""
    page.wait_for_function(f"([selector, before]) => ({PICTURE})(selector) !== before", arg=[selector, before])


def wait_for_pixels(page: Page, selector: str, wanted: str) -> None:
    """Until it shows just that."""
    page.wait_for_function(f"([selector, wanted]) => ({PICTURE})(selector) === wanted", arg=[selector, wanted])


def test_playing_lowers_the_loss(page: Page, live_server: LiveServer) -> None:
    """Play, and the loss falls, the counter counts and the curve grows; pause, and they stand."""
    open_page(page, live_server.url)
    start = loss(page)
    page.get_by_role("button", name="Play").click()
    wait_for_epoch(page, 100)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    assert loss(page) < start / 2
    expect(page.locator("#curve .scatterlayer .trace")).to_have_count(2)


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


def test_picking_an_activation_changes_the_maps(page: Page, live_server: LiveServer) -> None:
    """ReLU instead of tanh: the neurons' pictures and the big map are others."""
    open_page(page, live_server.url)
    before = pixels(page, NEURON), pixels(page, MAP)
    page.get_by_role("combobox", name="Activation").select_option("relu")
    wait_for_other_pixels(page, NEURON, before[0])
    wait_for_other_pixels(page, MAP, before[1])


def test_editing_a_weight_changes_the_loss(page: Page, live_server: LiveServer) -> None:
    """A typed weight: the loss, the map and the formula follow, and the epoch stays."""
    open_page(page, live_server.url)
    start, before = page.locator("#train-loss").inner_text(), pixels(page, MAP)
    page.locator("[data-unit='2.0']").click()
    card = page.get_by_role("dialog", name="Output")
    box = card.get_by_label("weight of a₁⁽²⁾")
    box.fill("2.5")
    box.press("Enter")
    expect(page.locator("#train-loss")).not_to_have_text(start)
    expect(card.locator(".formula")).to_contain_text("2.500·a₁⁽²⁾")
    wait_for_other_pixels(page, MAP, before)
    expect(page.locator("#epoch")).to_have_text("000,000")
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    page.get_by_role("button", name=re.compile("Reset")).click()
    expect(page.locator("#train-loss")).to_have_text(start)


def test_a_line_can_be_read_and_changed(page: Page, live_server: LiveServer) -> None:
    """Point at a line for its weight; click to type another."""
    open_page(page, live_server.url, LINK.replace("networkShape=4,2", "networkShape=1"))
    start = page.locator("#train-loss").inner_text()
    boxes = [page.locator(f"[data-unit='{unit}']").bounding_box() for unit in ("0.0", "1.0")]
    left, right = (box for box in boxes if box is not None)
    x = (left["x"] + left["width"] + right["x"]) / 2
    y = left["y"] + left["height"] / 2
    page.mouse.move(x, y)
    card = page.get_by_role("dialog", name=re.compile("Weight from Layer 1, neuron 1 to Output"))
    expect(card).to_be_visible()
    page.mouse.click(x, y)
    card.get_by_label("weight of a₁⁽¹⁾").fill("3")
    card.get_by_label("weight of a₁⁽¹⁾").press("Enter")
    expect(page.locator("#train-loss")).not_to_have_text(start)


def test_hovering_a_neuron_fills_the_big_map(page: Page, live_server: LiveServer) -> None:
    """Its picture is shown large, its formula beside it, and the value under the pointer is its own."""
    open_page(page, live_server.url)
    before = pixels(page, MAP)
    page.locator("[data-unit='0.1']").hover()
    expect(page.locator("#stage-unit")).to_have_text("Layer 1, neuron 2")
    wait_for_other_pixels(page, MAP, before)
    expect(page.locator("#card .formula")).to_contain_text("a₂⁽¹⁾ = tanh(")
    page.locator(".map-square").hover()
    expect(page.locator(".reading")).to_have_text(re.compile(r"→ −?\d"))


def test_reload_rejoins(page: Page, live_server: LiveServer) -> None:
    """A reload in mid-training finds the same session, further on."""
    open_page(page, live_server.url)
    page.keyboard.press(" ")
    wait_for_epoch(page, 30)
    path, seen = page.evaluate("location.pathname"), epoch(page)
    page.reload()
    wait_for_epoch(page, seen)
    assert page.evaluate("location.pathname") == path
    expect(page.get_by_role("button", name="Pause")).to_be_visible()


def test_two_tabs_see_one_session(page: Page, live_server: LiveServer) -> None:
    """What one tab does, the other shows."""
    open_page(page, live_server.url)
    other = page.context.new_page()
    other.goto(page.url.split("#")[0])
    expect(other.locator("#train-loss")).to_have_text(page.locator("#train-loss").inner_text())
    other.get_by_role("combobox", name="Activation").select_option("sigmoid")
    expect(page.get_by_role("combobox", name="Activation")).to_have_value("sigmoid")
    page.bring_to_front()
    page.keyboard.press("ArrowRight")
    other.bring_to_front()
    expect(other.locator("#epoch")).to_have_text("000,001")
    expect(page).to_have_url(re.compile("activation=sigmoid"))


class Line:
    """A page's connection to the server. Once cut it stays so until it may come back, however soon the page tries."""

    def __init__(self, page: Page) -> None:
        self._routes: list[WebSocketRoute] = []
        self._is_cut = False
        page.route_web_socket(re.compile("/ws$"), self._through)

    def _through(self, route: WebSocketRoute) -> None:
        if self._is_cut:
            route.close(code=1011)
        else:
            self._routes.append(route)
            route.connect_to_server()

    def cut(self) -> None:
        """From now on."""
        self._is_cut = True
        self._routes[-1].close(code=1011)

    def restore(self) -> None:
        """The page's next attempt succeeds."""
        self._is_cut = False


def test_a_dropped_connection_comes_back(page: Page, live_server: LiveServer) -> None:
    """The page says that the link is down, and goes on where it was."""
    line = Line(page)
    open_page(page, live_server.url)
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#epoch")).to_have_text("000,003")
    shown = page.locator("#train-loss").inner_text()
    line.cut()
    expect(page.locator("#status")).to_contain_text("Connection lost")
    line.restore()
    expect(page.locator("#status")).to_have_text("", timeout=15_000)
    expect(page.locator("#epoch")).to_have_text("000,003")
    expect(page.locator("#train-loss")).to_have_text(shown)
    page.keyboard.press("ArrowRight")
    expect(page.locator("#epoch")).to_have_text("000,004")


def test_a_change_made_while_offline_is_not_lost(page: Page, live_server: LiveServer) -> None:
    """The control answers at once, the server hears of it when the link is back."""
    line = Line(page)
    open_page(page, live_server.url)
    line.cut()
    expect(page.locator("#status")).to_contain_text("Connection lost")
    before = pixels(page, NEURON)
    page.get_by_role("combobox", name="Activation").select_option("relu")
    line.restore()
    expect(page.locator("#status")).to_have_text("", timeout=15_000)
    expect(page.get_by_role("combobox", name="Activation")).to_have_value("relu")
    wait_for_other_pixels(page, NEURON, before)


def test_a_jump_within_the_page_changes_nothing(page: Page, live_server: LiveServer) -> None:
    """Explain, the skip link and a fragment that names nothing leave the network, its training and the address."""
    open_page(page, live_server.url, LINK.replace("circle", "spiral"))
    page.keyboard.press("ArrowRight")
    expect(page.locator("#epoch")).to_have_text("000,001")
    fragment = page.evaluate("location.hash")
    page.get_by_role("link", name="Explain").click()
    expect(page.get_by_role("heading", name="What is happening here?")).to_be_in_viewport()
    page.evaluate("location.hash = 'about'")
    page.wait_for_function("fragment => location.hash === fragment", arg=fragment)
    expect(page.locator("#epoch")).to_have_text("000,001")
    expect(page.get_by_role("radio", checked=True)).to_have_attribute("value", "spiral")


def test_a_number_half_typed_survives_the_mouse(page: Page, live_server: LiveServer) -> None:
    """With a card open, crossing other neurons neither takes the focus nor what was typed."""
    open_page(page, live_server.url)
    page.locator("[data-unit='0.0']").click()
    box = page.locator("#card").get_by_label("bias")
    box.fill("1.75")
    for unit in ("0.2", "1.0", "0.3"):
        page.locator(f"[data-unit='{unit}']").hover()
    expect(box).to_be_focused()
    expect(box).to_have_value("1.75")


def test_the_keyboard_keeps_its_place(page: Page, live_server: LiveServer) -> None:
    """Plus, plus, plus by keyboard: the button is still under the fingers, and each press counts."""
    open_page(page, live_server.url)
    plus = page.get_by_role("button", name="Add a neuron to layer 1")
    plus.focus()
    for _ in range(3):
        page.keyboard.press("Enter")
    expect(plus).to_be_focused()
    expect(page.locator("[data-unit^='0.']")).to_have_count(7)


def test_a_larger_network_under_an_open_card(page: Page, live_server: LiveServer) -> None:
    """The card of the output follows a layer that grows (the console must stay clean)."""
    open_page(page, live_server.url)
    page.locator("[data-unit='2.0']").click()
    page.get_by_role("button", name="Add a neuron to layer 2").click()
    expect(page.locator("#card .formula")).to_contain_text("a₃⁽²⁾")


def test_keys(page: Page, live_server: LiveServer) -> None:
    """Space plays and pauses, right arrow steps, R resets, ? lists the keys."""
    open_page(page, live_server.url)
    page.keyboard.press("ArrowRight")
    expect(page.locator("#epoch")).to_have_text("000,001")
    page.keyboard.press("r")
    expect(page.locator("#epoch")).to_have_text("000,000")
    page.get_by_role("radio", name=re.compile("exclusive|xor", re.I)).click()
    page.keyboard.press(" ")  # the clicked thumbnail does not swallow it
    wait_for_epoch(page, 5)
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()


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


def test_hidden_controls_stay_hidden_and_the_test_loss_stays(page: Page, live_server: LiveServer) -> None:
    """The original's `_hide` keys and hideText; the share slider can go without the test loss."""
    hidden = "percTrainData_hide=true&activation_hide=true&xSquared_hide=true&hideText=true"
    open_page(page, live_server.url, f"{LINK}&{hidden}")
    expect(page.get_by_role("combobox", name="Activation")).to_be_hidden()
    expect(page.locator("[data-control=percTrainData]")).to_be_hidden()
    expect(page.locator("[data-unit=xSquared]")).to_have_count(0)
    expect(page.get_by_role("heading", name="What is happening here?")).to_be_hidden()
    expect(page.locator("#test-loss")).to_have_text(re.compile(r"\d\.\d{3}"))
    expect(page).to_have_url(re.compile("percTrainData_hide=true"))


def test_divergence_is_said_in_one_sentence(page: Page, live_server: LiveServer) -> None:
    """Training stops at the first loss that is no number; the page says where, and Reset goes on."""
    too_fast = LINK.replace("learningRate=0.03", "learningRate=10")
    open_page(page, live_server.url, f"{too_fast}&problem=regression&activation=linear")
    page.keyboard.press(" ")
    expect(page.locator(".toast")).to_contain_text(re.compile(r"diverged at epoch \d+"))
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    page.locator(".toast").get_by_role("button", name="Reset").click()
    expect(page.locator(".toast")).to_have_count(0)
    expect(page.locator("#train-loss")).to_have_text(re.compile(r"\d\.\d{3}"))


def test_a_bad_link_opens_with_a_sentence(page: Page, live_server: LiveServer) -> None:
    """What cannot be used is named with its value and what is allowed; the rest of the link counts."""
    open_page(page, live_server.url, "#activation=foo&batchSize=0&dataset=xor&seed=0.5")
    notice = page.locator(".toast")
    expect(notice).to_contain_text("activation is “foo”, but may be one of")
    expect(notice).to_contain_text("batchSize is “0”")
    expect(page.get_by_role("radio", checked=True)).to_have_attribute("value", "xor")


def test_a_link_with_a_seed_that_cannot_be_used_opens_with_another(page: Page, live_server: LiveServer) -> None:
    """The rest of the link counts, the sentence is short however long the value, and nothing else complains."""
    open_page(page, live_server.url, f"#v=1&dataset=xor&seed={'x' * 3000}")
    expect(page.locator(".toast")).to_have_count(1)
    expect(page.locator(".toast")).to_contain_text("seed is “xxx")
    assert len(page.locator(".toast").inner_text()) < 300
    expect(page.get_by_role("radio", checked=True)).to_have_attribute("value", "xor")
    expect(page).to_have_url(re.compile(r"&seed=0\.\d{5}&"))


def test_a_default_value_that_was_asked_for_wrongly_is_said_too(page: Page, live_server: LiveServer) -> None:
    """A link that comes to nothing but defaults still says what it could not use."""
    open_page(page, live_server.url, "#v=1&batchSize=0")
    expect(page.locator(".toast")).to_contain_text("batchSize is “0”")


def test_closing_a_sentence_leaves_the_card(page: Page, live_server: LiveServer) -> None:
    """Who has mistyped a weight closes the sentence and types again."""
    open_page(page, live_server.url)
    page.locator("[data-unit='0.0']").click()
    number = page.locator("#card input").first
    number.fill("1e9")
    number.press("Enter")
    page.locator(".toast").get_by_role("button", name="Close").click()
    number.fill("2")
    number.press("Enter")
    expect(page.locator("#card .formula")).to_contain_text("tanh(2.000")


def test_nonsense_in_the_seed_is_refused_with_a_sentence(page: Page, live_server: LiveServer) -> None:
    """The field keeps what was typed, the session stays as it was."""
    open_page(page, live_server.url)
    page.get_by_label("Seed").fill("a&b=c")
    page.get_by_label("Seed").press("Enter")
    expect(page.locator(".toast")).to_contain_text("Seed is “a&b=c”, but may be")
    expect(page).to_have_url(re.compile("seed=0[.]59704"))


def test_speed_is_not_tied_to_painting(page: Page, live_server: LiveServer) -> None:
    """As fast as it goes is hundreds of epochs per painted frame."""
    open_page(page, live_server.url)
    page.get_by_role("combobox", name="Epochs per second").select_option("full")
    page.keyboard.press(" ")
    wait_for_epoch(page, 5000)
    page.keyboard.press(" ")


def test_every_control_has_a_name(page: Page, live_server: LiveServer) -> None:
    """Nothing that can be focused is nameless to a screen reader."""
    open_page(page, live_server.url)
    page.locator("[data-unit='0.0']").click()
    nameless = page.evaluate(
        """() => [...document.querySelectorAll("button, a[href], input, select, summary, [tabindex='0']")]
            .filter((e) => e.checkVisibility())
            .filter((e) => ![e.ariaLabel, e.textContent, e.labels?.[0]?.textContent, e.title].some((n) => n?.trim()))
            .map((e) => e.outerHTML)"""
    )
    assert nameless == []


def test_the_widest_network_answers(page: Page, live_server: LiveServer) -> None:
    """Eight layers of 64 train, pause and open a neuron: 28,864 lines do not hold up the page."""
    page.set_default_timeout(40_000)
    open_page(page, live_server.url, LINK.replace("networkShape=4,2", f"networkShape={','.join(['64'] * 8)}"))
    page.get_by_role("button", name="Play").click()
    wait_for_epoch(page, 3)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    page.locator("[data-unit='3.5']").click()
    expect(page.locator("#card h3")).to_have_text("Layer 4, neuron 6")


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1920, 1080)])
def test_the_tool_fits_one_screen(page: Page, live_server: LiveServer, width: int, height: int) -> None:
    """The whole tool, the largest network of the page in it, without scrolling in any part."""
    page.set_viewport_size({"width": width, "height": height})
    open_page(page, live_server.url, LINK.replace("networkShape=4,2", "networkShape=8,8,8,8,8,8"))
    expect(page.locator("#curve .main-svg").first).to_be_visible()
    box = page.locator("#tool").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= height
    scrolling = page.evaluate(
        """() => [...document.querySelectorAll(".data, .net-scroll, .output, .curve")]
            .filter((e) => e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1)
            .map((e) => e.className)"""
    )
    assert scrolling == []


def test_a_phone_has_no_sideways_scrolling(page: Page, live_server: LiveServer) -> None:
    """At 390 pixels the page is one column as wide as the screen."""
    page.set_viewport_size({"width": 390, "height": 844})
    open_page(page, live_server.url)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_on_a_phone_the_map_is_never_far(page: Page, live_server: LiveServer) -> None:
    """Down at the data a small map learns on in the bar, and a tap on it leads to the large one."""
    page.set_viewport_size({"width": 390, "height": 844})
    open_page(page, live_server.url)
    page.locator(".data").scroll_into_view_if_needed()
    page.get_by_role("button", name="Regenerate").scroll_into_view_if_needed()
    expect(page.locator(MAP)).not_to_be_in_viewport()
    expect(page.locator("#peek")).to_be_in_viewport()
    before = pixels(page, "#peek canvas")
    page.get_by_role("button", name="Play").click()
    wait_for_other_pixels(page, "#peek canvas", before)
    page.locator("#peek").click()
    expect(page.locator(MAP)).to_be_in_viewport()


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


def test_nothing_is_asked_from_another_host(page: Page, live_server: LiveServer) -> None:
    """Every request of a whole visit, fonts and icons included, goes to this server."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_page(page, live_server.url)
    expect(page.locator("#curve .main-svg").first).to_be_visible()
    page.get_by_role("combobox", name="Problem").select_option("regression")
    page.keyboard.press(" ")
    wait_for_epoch(page, 10)
    assert len(asked) > 10
    assert [url for url in asked if not url.startswith((live_server.url, "data:", "blob:"))] == []
