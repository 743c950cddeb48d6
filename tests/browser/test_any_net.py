"""Networks beyond the original's: several classes, an activation for each layer, many neurons, parts that are held."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, WebSocket, expect

from tests.browser.helpers import (
    MAP,
    epoch,
    loss,
    open_page,
    pixels,
    wait_for_epoch,
    wait_for_other_pixels,
    wait_for_pixels,
)
from tests.conftest import LiveServer
from tests.parts import Frame, decode

THREE = "#v=1&dataset=blobs&classes=3&networkShape=4,2&seed=0.59704&learningRate=0.1"
PLAIN = "#v=1&dataset=circle&networkShape=4,2&seed=0.59704&learningRate=0.03"
WIDEST = "#v=1&dataset=circle&networkShape=64,64,64,64,64,64,64,64&seed=0.5&batchSize=250&learningRate=0.001"


def play(page: Page) -> None:
    """Start, and wait until it counts."""
    page.get_by_role("button", name="Play").click()
    wait_for_epoch(page, epoch(page) + 1)


def pause(page: Page) -> None:
    """Stop, and wait until it has."""
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def card_of(page: Page, unit: str) -> Locator:
    """Open a hidden neuron's card; another one's may be open until then."""
    page.locator(f"[data-unit='{unit}']").click()
    layer, neuron = (int(number) + 1 for number in unit.split("."))
    dialog = page.get_by_role("dialog", name=f"Layer {layer}, neuron {neuron}", exact=True)
    card = page.locator("#card:not(.hovering)").and_(dialog)
    expect(card.get_by_role("button", name="Close")).to_be_visible()
    return card


def numbers(card: Locator) -> list[str]:
    """The weights and the bias in a card."""
    return [box.input_value() for box in card.locator("input").all()]


def table(page: Page) -> str:
    """Every weight and bias."""
    page.get_by_role("tab", name="Numbers").click()
    expect(page.locator(".parameter-table td").first).to_be_visible()
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return page.locator(".parameter-table").inner_text()


def test_three_classes_have_three_outputs_and_learn(page: Page, live_server: LiveServer) -> None:
    """Each class has its neuron with its name; the map is one of classes; the loss falls."""
    open_page(page, live_server.url, THREE)
    outputs = page.locator("[data-unit^='2.'] .tag")
    expect(outputs).to_have_text(["Class 1", "Class 2", "Class 3"])
    expect(page.locator(".legend .class-mark")).to_have_count(3)
    start, before = loss(page), pixels(page, MAP)
    play(page)
    wait_for_epoch(page, 60)
    pause(page)
    assert loss(page) < start / 4
    assert pixels(page, MAP) != before
    # The corners of a polygon, the first class at the upper right: what wins there is said by name.
    square = page.locator(".map-square").bounding_box()
    assert square is not None
    for number, (x, y) in ((1, (2.8, 1.6)), (2, (0.0, -3.2)), (3, (-2.8, 1.6))):
        page.mouse.move(square["x"] + (x + 6) / 12 * square["width"], square["y"] + (6 - y) / 12 * square["height"])
        expect(page.locator(".reading")).to_have_text(re.compile(rf"Class {number}, probability (0\.[6-9]|1\.0)"))


def test_one_of_several_outputs_shows_its_own_map(page: Page, live_server: LiveServer) -> None:
    """Pointed at, the big map is that class's probability, with a scale from 0 to 1; then all classes again."""
    open_page(page, live_server.url, THREE)
    all_classes = pixels(page, MAP)
    page.locator("[data-unit='2.1']").hover()
    expect(page.locator(".stage-unit")).to_have_text("Output for class 2")
    wait_for_other_pixels(page, MAP, all_classes)
    expect(page.locator(".legend")).to_have_text("01")
    page.mouse.move(0, 0)
    wait_for_pixels(page, MAP, all_classes)
    page.locator("#stage").get_by_label("Discretize").check()
    wait_for_other_pixels(page, MAP, all_classes)


def test_a_layers_own_activation_keeps_epoch_and_weights(page: Page, live_server: LiveServer) -> None:
    """Picked in a neuron's card: the maps are others, the epoch and every weight are the same; and the link has it."""
    open_page(page, live_server.url, PLAIN)
    for done in range(1, 6):  # by steps: after a pause one more frame may be on its way
        page.get_by_role("button", name="Step: one epoch").click()
        expect(page.locator("#epoch")).to_have_text(f"000,{done:03d}")
    weights = table(page)
    page.get_by_role("tab", name="Map").click()
    before = pixels(page, "[data-unit='1.0']")
    card = card_of(page, "1.1")
    card.get_by_label("Activation of layer 2").select_option("sine")
    wait_for_other_pixels(page, "[data-unit='1.0']", before)
    expect(card.locator(".formula")).to_contain_text("sine(")
    assert epoch(page) == done
    assert table(page) == weights
    expect(page).to_have_url(re.compile("activations=tanh,sine"))


def test_activations_of_layers_and_of_all(page: Page, live_server: LiveServer) -> None:
    """While layers differ each head has its list, also while it trains; the list of all makes them one again."""
    open_page(page, live_server.url, PLAIN + "&activations=relu")
    every = page.get_by_role("combobox", name="Activation", exact=True)
    expect(every).to_have_value("")
    expect(page.get_by_role("combobox", name="Activation of layer 1")).to_have_value("relu")
    play(page)
    wait_for_epoch(page, 10)
    done = epoch(page)
    page.get_by_role("combobox", name="Activation of layer 2").select_option("gaussian")
    wait_for_epoch(page, done + 10)
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.get_by_role("combobox", name="Activation of layer 1")).to_have_value("relu")
    every.select_option("tanh")
    expect(page.get_by_role("combobox", name="Activation of layer 1")).to_have_count(0)
    expect(every).to_have_value("tanh")
    expect(page).not_to_have_url(re.compile("activations"))


def test_a_frozen_neuron_stays_while_others_learn(page: Page, live_server: LiveServer) -> None:
    """Frozen while it trains: its weights stay, its neighbour goes on; the picture says so; thawed it learns."""
    open_page(page, live_server.url, PLAIN)
    play(page)
    card = card_of(page, "0.0")
    card.get_by_role("button", name="Freeze this neuron").click()
    unit = page.locator("[data-unit='0.0']")
    expect(unit).to_have_attribute("aria-label", "Layer 1, neuron 1, frozen. Open its numbers.")
    expect(unit.locator(".masks svg")).to_have_count(1)
    for _ in range(2):  # what the counter shows next may be of a frame before the freeze; what it shows then is not
        wait_for_epoch(page, epoch(page) + 1)
    frozen = numbers(card)
    wait_for_epoch(page, epoch(page) + 40)
    assert numbers(card) == frozen
    other = card_of(page, "0.1")
    expect(other.locator("input").first).not_to_have_value(numbers(other)[0])
    again = card_of(page, "0.0")
    assert numbers(again) == frozen
    again.get_by_role("button", name="Unfreeze this neuron").click()
    expect(unit).to_have_attribute("aria-label", "Layer 1, neuron 1. Open its numbers.")
    expect(again.locator("input").first).not_to_have_value(frozen[0])


def test_a_cut_link_is_found_again_and_restored(page: Page, live_server: LiveServer) -> None:
    """Cut by keyboard from the neuron's card: the loss is another; found by its line; one click restores all."""
    open_page(page, live_server.url, PLAIN)
    start, before = page.locator("#train-loss").inner_text(), pixels(page, MAP)
    card = card_of(page, "1.0")
    card.get_by_role("button", name="The link from a₁⁽¹⁾ alone").click()
    link = page.get_by_role("dialog", name="Weight from Layer 1, neuron 1 to Layer 2, neuron 1")
    expect(link.get_by_role("button", name="Cut this link")).to_be_visible()
    page.keyboard.press("Tab")  # out of the weight's field, where letters are no commands
    page.keyboard.press("c")
    restoring = link.get_by_role("button", name="Restore this link")
    expect(restoring).to_have_attribute("title", "It carries its values again. (C)")
    wait_for_other_pixels(page, MAP, before)
    page.keyboard.press("Escape")
    expect(page.locator("#card")).to_be_hidden()
    page.locator("[data-unit='1.0']").click()
    expect(card.get_by_role("button", name="The link from a₁⁽¹⁾ alone, cut: open its card")).to_be_visible()
    page.keyboard.press("Escape")

    boxes = [page.locator(f"[data-unit='{unit}']").bounding_box() for unit in ("0.0", "1.0")]
    assert boxes[0] is not None
    assert boxes[1] is not None
    middles = [box["y"] + box["height"] / 2 for box in boxes if box]
    page.mouse.click((boxes[0]["x"] + boxes[0]["width"] + boxes[1]["x"]) / 2, sum(middles) / 2)
    expect(restoring).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Restore all (1)").click()
    wait_for_pixels(page, MAP, before)
    expect(page.locator("#train-loss")).to_have_text(start)
    expect(page.get_by_role("button", name="Restore all")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("cut="))


def test_an_input_is_cut_without_a_restart(page: Page, live_server: LiveServer) -> None:
    """From a link's card the whole input: what it feeds is cut, and the epochs go on counting."""
    open_page(page, live_server.url, PLAIN)
    page.get_by_role("button", name="Step: one epoch").click()
    expect(page.locator("#epoch")).to_have_text("000,001")
    card_of(page, "0.2").get_by_role("button", name="The link from X₂ alone").click()
    page.locator("#card").get_by_role("button", name="Cut input X₂").click()
    expect(page.locator("#card").get_by_role("button", name="Restore input X₂")).to_be_focused()
    expect(page.locator("[data-unit='y']")).to_have_attribute("aria-label", "Input X₂, cut")
    page.keyboard.press("Escape")
    expect(card_of(page, "0.3").get_by_label("weight of X₂")).to_have_value("0")
    expect(page.locator("#epoch")).to_have_text("000,001")


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)], ids=lambda size: f"{size[0]} wide")
def test_the_largest_network_is_seen_and_trains(page: Page, live_server: LiveServer, size: tuple[int, int]) -> None:
    """Eight layers of 64: sixteen maps each on the wire and in the picture, the others one click away."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    frames: list[bytes] = []

    def keep(message: str | bytes) -> None:
        if isinstance(message, bytes) and any(part.topic == "network" for part in decode(message)):
            frames[:] = [message]

    def follow(socket: WebSocket) -> None:
        socket.on("framereceived", keep)

    page.on("websocket", follow)
    open_page(page, live_server.url, WIDEST)
    if size[0] < 704:  # 44rem: one pane at a time
        page.get_by_role("navigation", name="Panes").get_by_role("button", name="Network").click()
    expect(page.locator(".unit[data-unit*='.']")).to_have_count(8 * 16 + 1)
    expect(page.locator(".fold")).to_have_count(8)
    expect(page.get_by_role("button", name="Add a neuron to layer 1")).to_be_disabled()
    expect(page.get_by_role("button", name="Add a hidden layer")).to_be_disabled()
    play(page)
    wait_for_epoch(page, 5)
    pause(page)
    frame = Frame({part.topic: part for part in decode(frames[0])})
    assert len(frame.small_maps) == 8 * 16 + 1
    rows = sum(4 * part.rows.size for topic, part in frame.parts.items() if topic == "losses")  # where any were lacked
    assert len(frames[0]) - 4 * frame.params.size - rows < 40_000  # all that is not weights and losses
    page.get_by_label("48 more neurons in layer 1").first.click()
    before = pixels(page, MAP)
    page.get_by_role("button", name="Layer 1, neuron 64. Open its numbers.").click()
    expect(page.get_by_role("dialog", name="Layer 1, neuron 64").locator(".formula")).to_contain_text("a₆₄⁽¹⁾ = tanh(")
    wait_for_other_pixels(page, MAP, before)
    if size[0] < 500:
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_more_features_are_one_click_away(page: Page, live_server: LiveServer) -> None:
    """Chosen in the drawer, which stays open, an input joins the column; and the link has it. Escape closes it."""
    open_page(page, live_server.url, PLAIN)
    expect(page.locator("[data-unit='radius']")).to_have_count(0)
    more = page.locator("summary[aria-label='More features']")
    more.click()
    page.get_by_role("button", name="Radius").click()
    expect(page.locator("[data-unit='radius']")).to_have_attribute("aria-label", "Input Radius")
    expect(page.locator("[data-unit='radius']")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Radius", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(page).to_have_url(re.compile("radius=true"))
    page.keyboard.press("Escape")
    expect(page.get_by_role("group", name="More features")).to_have_count(0)
    expect(more).to_be_focused()
    open_page(page, live_server.url, page.evaluate("location.hash"))
    expect(page.locator("[data-unit='radius']")).to_have_count(1)


def test_a_beginners_page_is_as_plain_as_the_original(page: Page, live_server: LiveServer) -> None:
    """No list in a head, no drawer of neurons, nothing to restore, one output, a scale from -1 to 1."""
    open_page(page, live_server.url)
    for selector in (".layer-activation", ".fold", ".restore:visible", ".class-mark", ".popover[open]", ".masks"):
        expect(page.locator(selector)).to_have_count(0)
    expect(page.locator("[data-unit^='2.']")).to_have_count(1)
    expect(page.locator(".legend")).to_have_text("−11")
    expect(page.locator(".unit:not([data-unit*='.'])")).to_have_count(7)
