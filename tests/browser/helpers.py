"""What the tests in a browser share: opening a link, reading the counters, comparing what is painted."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

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
