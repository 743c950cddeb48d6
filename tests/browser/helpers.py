"""Shared by the browser tests: open a link, read the counters, compare pictures."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

MAP, NEURON = ".map-square canvas:first-of-type", "[data-unit='0.0']"
LINK = "#activation=tanh&batchSize=10&dataset=circle&learningRate=0.03&networkShape=4,2&seed=0.59704&x=true&y=true"


def open_page(page: Page, url: str, fragment: str = LINK) -> None:
    """Open a link and wait for its first picture."""
    page.goto(f"{url}/{fragment}")
    expect(page.locator("#train-loss")).to_have_text(re.compile(r"\d"))
    expect(page.locator("#status")).to_have_text("")


def invite(page: Page) -> Locator:
    """The dialog that gives links away, opened from the panel of the class."""
    by_link = page.get_by_role("button", name="Invite by a link")
    if not by_link.is_visible():
        page.locator("#open-class").click()
    by_link.click()
    return page.get_by_role("dialog", name="Invite others to watch")


def join_link(page: Page) -> str:
    """What the invitation shows."""
    dialog = invite(page)
    expect(dialog.get_by_label("Join link")).to_have_value(re.compile("#key="))
    link = dialog.get_by_label("Join link").input_value()
    dialog.get_by_role("button", name="Close").click()
    return link


def choose_view(page: Page, name: str) -> None:
    """Choose a view from the menu of all views."""
    page.get_by_role("button", name="Views").click()
    page.get_by_role("menuitemradio", name=name).click()
    expect(page.get_by_role("tab", name=name)).to_have_attribute("aria-selected", "true")


def epoch(page: Page) -> int:
    """The epoch that the page shows."""
    return int(page.locator("#epoch").inner_text().replace(",", ""))


def loss(page: Page) -> float:
    """The training loss that the page shows."""
    return float(page.locator("#train-loss").inner_text())


def wait_for_epoch(page: Page, least: int) -> None:
    """Wait until the page shows this epoch or a later one."""
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
    """A canvas as a data URL. For a unit: its part of the canvas that holds the maps of all units."""
    return str(page.evaluate(PICTURE, selector))


def wait_for_other_pixels(page: Page, selector: str, before: str) -> None:
    """Wait until the picture differs from `before`."""
    page.wait_for_function(f"([selector, before]) => ({PICTURE})(selector) !== before", arg=[selector, before])


def wait_for_pixels(page: Page, selector: str, wanted: str) -> None:
    """Wait until the picture equals `wanted`."""
    page.wait_for_function(f"([selector, wanted]) => ({PICTURE})(selector) === wanted", arg=[selector, wanted])
