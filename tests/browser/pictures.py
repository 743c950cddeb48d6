"""Takes the pictures of the README: `python -m tests.browser.pictures`. Not a test."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.conftest import launch
from tests.conftest import ROOT, start, stop, wait_until_ready

FOLDER = Path(__file__).parent / "pictures"
SPIRAL = (
    "#activation=tanh&batchSize=10&dataset=spiral&learningRate=0.03&networkShape=8,6&seed=0.31415"
    "&x=true&y=true&xSquared=true&ySquared=true&sinX=true&sinY=true"
)
CIRCLE = "#dataset=circle&networkShape=4,2&seed=0.59704"
CLASSES = "#v=1&dataset=blobs&classes=4&networkShape=8,6&optimiser=adam&learningRate=0.01&seed=0.5"
SHOTS = (
    ("light", CIRCLE, "light", 400),
    ("dark", CIRCLE, "dark", 400),
    ("spiral", SPIRAL, "light", 3000),
    ("classes", CLASSES, "light", 200),
)


def take(page: Page, url: str, fragment: str, epochs: int, target: Path) -> None:
    """Open a link, train to an epoch, pause, and save a picture."""
    page.goto(f"{url}/{fragment}")
    expect(page.locator("#status")).to_have_text("")
    page.get_by_role("combobox", name="Epochs per second").select_option("1000")
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("n => Number(document.getElementById('epoch').value.replace(',', '')) >= n", arg=epochs)
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("#chart-words")).to_contain_text("Training: ")
    page.wait_for_timeout(600)  # the chart is drawn a few times a second
    page.mouse.move(0, 0)
    page.screenshot(path=target)


def main() -> None:
    """Take all pictures, each in a new window."""
    import sys

    FOLDER.mkdir(exist_ok=True)
    server = start([sys.executable, "-m", "tinkernet.app", "--port", "0"], ROOT)
    try:
        wait_until_ready(server.url)
        with sync_playwright() as playwright:
            browser = launch(playwright)
            for name, fragment, scheme, epochs in SHOTS:
                context = browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
                take(context.new_page(), server.url, fragment, epochs, FOLDER / f"{name}.png")
                context.close()
    finally:
        stop(server)


if __name__ == "__main__":
    main()
