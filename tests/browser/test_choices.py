"""What waits behind "More settings": choices, stop rules and measures, as a person uses them in a real Chromium."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.helpers import LINK, choose_view, epoch, join_link, loss, open_page, wait_for_epoch
from tests.conftest import LiveServer
from tinkernet.engine import Spec, Trainer, link_from_spec, spec_from_link
from tinkernet.engine.analysis.metrics import metrics_of

# Every field that has a default, otherwise.
ALL = dict(
    problem="classification", dataset="rings", reg_dataset="reg-gauss", noise=15.0, train_percent=60.0, batch_size=200,
    points=90, class_balance=30.0, regions=("x > 1", "max(x;y) < 2"), surface="x*y",
    class_names=("cat & co", "D\u00f6g"),
    seed="0.31", weight_seed="0.62", features=("x", "y", "radius", "sinTwoX", "=x*y^2"), hidden=(6, 5),
    activation="gelu",
    learning_rate=0.01,
    regularization="elastic", regularization_rate=0.003, short_batch="carry", activations=("sine", "mish"),
    initialiser="heNormal", initialisers=("orthogonal", "zeros"), biases="fanIn", classes=4, output="sigmoid",
    loss="huber", optimiser="adamw", momentum=0.8, beta1=0.85, beta2=0.99, smoothing=0.9, epsilon=1e-6,
    weight_decay=0.02, schedule="step", schedule_epochs=50, schedule_factor=0.7, warmup_epochs=5, clip_norm=2.0,
    order="shuffled", dropout=0.1, stop_epoch=40, stop_loss=0.001, patience=30, frozen=("0.1",), cut=("0.2.0",),
    init_zero=True,
)  # fmt: skip


def open_more(page: Page) -> None:
    """Open the panel."""
    page.locator("#more").click()
    expect(page.get_by_role("region", name="More settings")).to_be_visible()


def chip(page: Page, text: str) -> None:
    """The bar says that this is in use."""
    expect(page.locator(".chip").filter(has_text=text)).to_be_visible()


def fill(page: Page, label: str, value: str) -> None:
    """Type into a field of the panel."""
    box = page.get_by_role("textbox", name=label, exact=True)
    box.fill(value)
    box.press("Enter")


def test_a_beginner_sees_nothing_of_it(page: Page, live_server: LiveServer) -> None:
    """Neither panel nor chips, in a new session and with a link of the original's."""
    for fragment in (LINK, "#v=1&seed=0.5", LINK + "&shortBatch=carry"):
        page.goto("about:blank")
        open_page(page, live_server.url, fragment)
        expect(page.get_by_role("region", name="More settings")).to_be_hidden()
        expect(page.locator("#in-use")).to_be_hidden()
        expect(page.locator("#stopped")).to_be_hidden()


def test_three_classes_with_softmax_and_adam(page: Page, live_server: LiveServer) -> None:
    """All by mouse: blobs, softmax, Adam; the Measures show an accuracy above 0.9 and the counts."""
    open_page(page, live_server.url)
    page.get_by_text("More data", exact=True).click()
    page.get_by_role("radio", name="Blobs").click()
    expect(page.get_by_role("slider", name="Classes")).to_have_value("3")
    open_more(page)
    page.get_by_role("combobox", name="Output", exact=False).select_option("softmax")
    page.get_by_role("combobox", name="Optimizer").select_option("adam")
    expect(page.locator(".group").filter(has_text="Loss and output")).to_contain_text("−log p(class)")
    page.get_by_role("button", name="Close").click()
    chip(page, "Optimizer Adam")
    chip(page, "Output Softmax")
    choose_view(page, "Measures")
    page.get_by_role("button", name="Play").click()
    wait_for_epoch(page, 60)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    page.wait_for_function("() => Number(document.querySelector('.metrics tbody td:last-child')?.textContent) > 0.9")
    # In one look: the measures of the last epoch may come a quarter of a second after it.
    cells, accuracy = page.evaluate(
        """() => [".confusions .confusion:last-of-type tbody td", ".metrics tbody tr:first-child td:last-of-type"].map(
            (selector) => [...document.querySelectorAll(selector)].map((cell) => Number(cell.textContent)))"""
    )
    assert len(cells) == 9
    assert sum(cells) == 250
    assert abs(sum(cells[::4]) / 250 - accuracy[0]) < 0.0006


def test_the_measures_are_the_engines(page: Page, live_server: LiveServer) -> None:
    """After so many epochs the view shows what the engine alone measures, for numbers R² and RMSE."""
    open_page(page, live_server.url, "#v=1&problem=regression&seed=0.5&stopEpoch=30")
    choose_view(page, "Measures")
    page.get_by_role("button", name="Play").click()
    expect(page.locator("#stopped-why")).to_have_text("Stopped: epoch 30 is reached.")
    alone = Trainer(spec_from_link("#v=1&problem=regression&seed=0.5"))
    alone.advance(30)
    wanted = metrics_of(alone)
    for row, name in enumerate(("r2", "rmse")):
        cells = page.locator(".metrics tbody tr").nth(row).locator("td")
        for column, part in enumerate(("train", "test")):
            expect(cells.nth(column)).to_have_text(f"{wanted[part][name]:.3f}")
    expect(page.get_by_role("img", name=re.compile("Predicted against true"))).to_be_visible()
    page.get_by_role("combobox", name="Problem").select_option("classification")
    expect(page.locator(".metrics tbody tr").first).to_contain_text("Accuracy")


def test_accuracy_in_the_chart(page: Page, live_server: LiveServer) -> None:
    """On request the chart shows it, from then on; the loss is one choice away."""
    open_page(page, live_server.url)
    page.get_by_role("combobox", name="Chart").select_option("Accuracy")
    page.get_by_role("button", name="Play").click()
    expect(page.locator("#train-name")).to_have_text("Training accuracy")
    share = r"(0\.\d{3}|1\.000)"
    expect(page.locator("#chart-words")).to_contain_text(re.compile(rf"to 1\. .*Test: from {share} to {share}"))
    page.get_by_role("combobox", name="Chart").select_option("Loss")
    expect(page.locator("#train-name")).to_have_text("Training loss")


def test_dropout_on_noisy_data(page: Page, live_server: LiveServer) -> None:
    """It changes while the network learns: no restart, and the training loss gets rougher than without."""
    open_page(page, live_server.url, "#v=1&dataset=xor&noise=50&networkShape=8,8&seed=0.5&learningRate=0.1")
    page.get_by_role("button", name="Play").click()
    wait_for_epoch(page, 100)
    open_more(page)
    before = epoch(page)
    fill(page, "Dropout", "0.5")
    chip(page, "Dropout 0.5")
    wait_for_epoch(page, before + 30)
    page.get_by_role("button", name="Pause").click()
    expect(page).to_have_url(re.compile("dropout=0[.]5"))
    page.get_by_role("button", name="Dropout back to 0").click()
    expect(page.locator(".chip")).to_have_count(0)
    assert epoch(page) > before
    expect(page).not_to_have_url(re.compile("dropout"))


def test_by_keyboard_only(page: Page, live_server: LiveServer) -> None:
    """More settings, a choice, a number and back: enter, tab, arrows and escape do it all; the focus comes back."""
    open_page(page, live_server.url)
    page.keyboard.press("ArrowRight")
    expect(page.locator("#epoch")).to_have_text("000,001")
    more = page.locator("#more")
    more.focus()
    page.keyboard.press("Enter")
    optimiser = page.get_by_role("combobox", name="Optimizer")
    for _ in range(6):
        page.keyboard.press("Tab")
        if optimiser.evaluate("select => select === document.activeElement"):
            break
    expect(optimiser).to_be_focused()
    page.keyboard.press("r")  # RMSProp, the first with this letter; elsewhere the key is Reset
    expect(optimiser).to_have_value("rmsprop")
    smoothing = page.get_by_role("textbox", name="Smoothing α")
    expect(smoothing).to_be_visible()
    page.keyboard.press("Tab")
    expect(smoothing).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("textbox", name="ε")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("1e-4")
    page.keyboard.press("Tab")
    chip(page, "ε 0.0001")
    expect(page.locator("#epoch")).to_have_text("000,001")  # none of the keys was a command
    page.keyboard.press("Escape")
    expect(page.get_by_role("region", name="More settings")).to_be_hidden()
    expect(more).to_be_focused()
    page.get_by_role("button", name="Optimizer RMSProp").press("Enter")
    expect(optimiser).to_be_focused()


def test_only_what_counts_is_shown(page: Page, live_server: LiveServer) -> None:
    """Settings of the optimiser and the schedule chosen, and losses that go with the output."""
    open_page(page, live_server.url)
    open_more(page)
    for optimiser, shown, hidden in (("momentum", "Momentum μ", "β₁"), ("adamw", "Weight decay λ", "Momentum μ")):
        page.get_by_role("combobox", name="Optimizer").select_option(optimiser)
        expect(page.get_by_role("textbox", name=shown)).to_be_visible()
        expect(page.get_by_role("textbox", name=hidden)).to_be_hidden()
    expect(page.get_by_role("textbox", name="Schedule length T")).to_be_hidden()
    page.get_by_role("combobox", name="Schedule").select_option("step")
    expect(page.get_by_role("textbox", name="Schedule factor γ")).to_be_visible()
    losses = page.get_by_role("combobox", name="Loss restarts")
    for output, absent, present in (("linear", "crossEntropy", "hinge"), ("sigmoid", "hinge", "crossEntropy")):
        page.get_by_role("combobox", name="Output restarts").select_option(output)
        expect(losses.locator(f"option[value={absent}]")).to_have_count(0)
        expect(losses.locator(f"option[value={present}]")).to_have_count(1)


def test_what_no_longer_fits_changes_with_it(page: Page, live_server: LiveServer) -> None:
    """In one step, and with a sentence; the server is never asked for what it would refuse."""
    open_page(page, live_server.url, "#v=1&seed=0.5&output=tanh&loss=hinge")
    page.get_by_text("More data", exact=True).click()
    page.get_by_role("radio", name="Blobs").click()
    open_more(page)
    page.get_by_role("combobox", name="Output restarts").select_option("softmax")
    expect(page.locator(".toast")).to_have_text("Loss is automatic again: Hinge does not go with the output Softmax.")
    page.get_by_role("combobox", name="Problem").select_option("regression")
    expect(page.locator(".toast").last).to_have_text("Output is automatic again: Softmax is not for regression.")
    page.get_by_role("combobox", name="Problem").select_option("classification")
    page.get_by_role("slider", name="Classes").fill("6")
    page.get_by_role("radio", name="Rings").click()
    expect(page.locator(".toast").last).to_have_text("Classes is now 5: Rings has 2 to 5.")
    expect(page.get_by_role("slider", name="Classes")).to_have_attribute("max", "5")
    expect(page.locator(".toast:not(.plain)")).to_have_count(0)
    expect(page).to_have_url(re.compile("dataset=rings"))
    page.go_back()  # one step back are six classes of blobs again
    expect(page.get_by_role("slider", name="Classes")).to_have_value("6")


def test_a_link_of_what_does_not_fit_opens_mended(page: Page, live_server: LiveServer) -> None:
    """With the sentence, and everything else of it."""
    open_page(page, live_server.url, "#v=1&seed=0.5&problem=regression&output=softmax&optimiser=lion")
    expect(page.locator(".toast")).to_have_text("Output is automatic again: Softmax is not for regression.")
    chip(page, "Optimizer Lion")
    expect(page).not_to_have_url(re.compile("output"))


def test_a_number_that_cannot_be_used_is_refused_in_a_sentence(page: Page, live_server: LiveServer) -> None:
    """It names the field, the value and what may be; what was typed stays, and nothing changes."""
    open_page(page, live_server.url)
    open_more(page)
    for label, value, allowed in (
        ("Dropout", "1.5", "a number from 0 to 0.95"),
        ("Stop at epoch", "ten", "a whole number from 0 to 1,000,000"),
        ("Batch size", "0", "a whole number of at least 1"),
    ):
        fill(page, label, value)
        problem = page.locator("#choices .problem:visible").filter(has_text=f"{label} must be")
        expect(problem).to_have_text(f"{label} must be {allowed}, not “{value}”.")
        box = page.get_by_role("textbox", name=label, exact=True)
        expect(box).to_have_value(value)
        expect(box).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".chip")).to_have_count(0)


def test_a_link_with_all_of_it_in_a_fresh_browser(page: Page, browser: Browser, live_server: LiveServer) -> None:
    """Every field otherwise than by default: the page shows it all, and it trains as the engine alone does."""
    spec = Spec(**ALL)
    defaults = Spec(seed="0.5")
    same = [name for name, value in defaults.to_dict().items() if spec.to_dict()[name] == value]
    assert same == ["problem", "drawn_classes", "data"]
    open_page(page, live_server.url, f"#{link_from_spec(spec)}")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#epoch")).to_have_text("000,001")
    fragment = page.evaluate("location.hash")
    assert spec_from_link(fragment) == spec
    other = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    try:
        open_page(other, live_server.url, fragment)
        assert other.evaluate("location.hash") == fragment
        expect(other.locator(".toast")).to_have_count(0)
        open_more(other)
        for name, value in spec.to_dict().items():
            control = other.locator(f"#choices [id='more-{name}']")
            if control.count() and name != "init_zero":
                shown = control.input_value()
                assert (float(shown) if isinstance(value, float) else shown) == (
                    value if isinstance(value, float) else str(value)
                )
        expect(other.locator("#more-init_zero")).to_be_checked()
        other.get_by_role("button", name="Initial weights of each layer Orthogonal").click()  # opens the panel there
        for layer, key in enumerate(("orthogonal", "zeros", "heNormal")):
            expect(other.locator(f"#more-initialisers-{layer}")).to_have_value(key)
        for text in (
            "Optimizer AdamW",
            "Schedule Steps",
            "Dropout 0.1",
            "Stop at epoch 40",
            "Loss Huber",
            "Patience 30",
        ):
            chip(other, text)
        other.keyboard.press("Escape")
        other.locator("#step").click()
        expect(other.locator("#train-loss")).to_have_text(page.locator("#train-loss").inner_text())
    finally:
        other.context.close()
    alone = Trainer(spec)
    alone.advance(1)
    assert abs(loss(page) - alone.train_loss) < 0.0006


def test_it_stops_at_the_epoch_asked_for(page: Page, live_server: LiveServer) -> None:
    """Exactly there, however fast; who presses play is told why nothing happens."""
    open_page(page, live_server.url)
    open_more(page)
    fill(page, "Stop at epoch", "50")
    page.keyboard.press("Escape")
    page.get_by_role("combobox", name="Epochs per second").select_option("full")
    page.get_by_role("button", name="Play").click()
    expect(page.locator("#stopped-why")).to_have_text("Stopped: epoch 50 is reached.")
    expect(page.locator("#epoch")).to_have_text("000,050")
    page.get_by_role("button", name="Play").click()
    expect(page.locator(".toast")).to_contain_text("Stopped: epoch 50 is reached. Change that rule, or reset")
    expect(page.locator("#epoch")).to_have_text("000,050")
    page.get_by_role("button", name="Stop at epoch back to 0").click()
    expect(page.locator("#stopped")).to_be_hidden()
    page.get_by_role("button", name="Play").click()
    wait_for_epoch(page, 60)


def test_patience_and_the_best_state(page: Page, live_server: LiveServer) -> None:
    """It stops when the test loss has stayed above its lowest; one click takes that state again, with its loss."""
    shape = "#v=1&dataset=gauss&noise=50&networkShape=8,8&learningRate=0.3&percTrainData=10&seed=0.5&patience=25"
    open_page(page, live_server.url, shape)
    page.get_by_role("button", name="Play").click()
    expect(page.locator("#stopped-why")).to_have_text("Stopped: the test loss has not improved for 25 epochs.")
    button = page.get_by_role("button", name="Take the best state")
    found = re.search(r"\(epoch (\d+), test loss ([\d.]+)\)", button.inner_text())
    assert found is not None
    stopped = int(found[1]) + 25
    expect(page.locator("#epoch")).to_have_text(f"{stopped:07,}")
    button.click()
    expect(page.locator("#test-loss")).to_have_text(found[2])
    expect(page.locator("#stopped")).to_be_hidden()
    page.get_by_role("button", name="Play").click()
    wait_for_epoch(page, stopped + 5)


def test_step_says_that_it_has_no_gradient(page: Page, live_server: LiveServer) -> None:
    """A choice beyond a beginner's has its sentence in the bar."""
    open_page(page, live_server.url)
    page.get_by_role("combobox", name="Activation").select_option("step")
    expect(page.locator("#in-use")).to_contain_text("Step: Its slope is 0, so the weights before it cannot learn.")


def test_who_watches_sees_the_choices_and_cannot_change_them(page: Page, live_server: LiveServer) -> None:
    """The panel opens, its controls are out of reach; measures are there to look at."""
    open_page(page, live_server.url, "#v=1&seed=0.5&optimiser=adam&dropout=0.2")
    link = join_link(page)
    other = page.context.browser.new_context(viewport={"width": 1280, "height": 800}).new_page()  # type: ignore[union-attr]
    try:
        other.goto(link)
        chip(other, "Optimizer Adam")
        open_more(other)
        expect(other.get_by_role("combobox", name="Optimizer")).to_be_disabled()
        other.keyboard.press("Escape")
        choose_view(other, "Measures")
        expect(other.locator(".metrics")).to_contain_text("Accuracy")
    finally:
        other.context.close()


def test_the_open_panel_leaves_the_map_in_sight(page: Page, live_server: LiveServer) -> None:
    """At 1280 x 800 it ends before the map and inside the window; on a phone it stands between settings and data."""
    open_page(page, live_server.url, "#v=1&seed=0.5&optimiser=adamw&schedule=step&dropout=0.2&patience=9")
    open_more(page)
    panel, output = (page.locator(which).bounding_box() for which in ("#choices", ".output"))
    assert panel is not None
    assert output is not None
    assert panel["x"] + panel["width"] <= output["x"]
    assert panel["y"] + panel["height"] <= 800
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("navigation", name="Panes").get_by_role("button", name="Data").click()
    settings, panel, data = page.evaluate(
        "() => ['.adjust', '#choices', '.data'].map((which) => document.querySelector(which).getBoundingClientRect())"
    )
    assert settings["bottom"] <= panel["top"]
    assert panel["bottom"] <= data["top"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
