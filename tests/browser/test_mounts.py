"""Parts of the page that can be there more than once, and views that are made when they are first shown."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.helpers import open_page
from tests.conftest import LiveServer

# Two maps of two runs from one model: one run answers -1 everywhere, the other 1.
TWO_MAPS = """
async () => {
  const load = (path) => import(`/static/js/${path}`);
  const [{ createStore }, state, { withFrame }] =
    await Promise.all(["model/store.js", "model/state.js", "model/run.js"].map(load));
  const [{ mountMap }, { parseLink }, { catalog, featureKeys }] =
    await Promise.all(["views/map.js", "model/link_reading.js", "model/catalog.js"].map(load));
  const { spec } = parseLink("", catalog.fields, featureKeys);
  const store = createStore(state.initialState());
  for (const [id, byte] of [["main", 0], ["b", 254]]) {
    const event = { revision: 1, spec, restarts: 0, instance: 1, playing: false, speed: 60, diverged_at: null };
    const frame = {
      revision: 1, restarts: 0, epoch: 0, trainLoss: 1, testLoss: 1, stride: 1, firstRow: 0, rows: new Float32Array(2),
      divergedAt: null, value: NaN, winner: null, classMap: null, unit: "output", plane: "",
      big: new Uint8Array(64 * 64).fill(byte),
    };
    store.update((now) => state.withRun(state.told(now, id, event), id, (run) => withFrame(run, frame)));
  }
  const roots = ["main", "b"].map((id) => {
    const root = document.body.appendChild(document.createElement("div"));
    mountMap(root, store, { point() {}, look() {}, show() {} }, { visible: () => true, runOf: ({ runs }) => runs[id] });
    return root;
  });
  return roots.map((root) => {
    const canvas = root.querySelector("canvas");
    return [...canvas.getContext("2d").getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data];
  });
}
"""


def test_two_maps_side_by_side_show_two_runs(page: Page, live_server: LiveServer) -> None:
    """Each draws the frame of its own run, in pale orange and pale blue; neither takes the other's canvas."""
    open_page(page, live_server.url)
    assert page.evaluate(TWO_MAPS) == [[240, 182, 114, 255], [98, 165, 207, 255]]


def test_a_view_is_made_when_it_is_first_shown(page: Page, live_server: LiveServer) -> None:
    """Before that its panel is empty; shown again it is the same one."""
    open_page(page, live_server.url)
    numbers = page.locator("#right-numbers")
    expect(page.locator("#right-map canvas").first).to_be_visible()
    assert numbers.locator("*").count() == 0
    page.get_by_role("tab", name="Numbers").click()
    expect(numbers.locator("table").first).to_be_visible()
    page.get_by_role("tab", name="Map").click()
    expect(numbers).to_be_hidden()
    page.get_by_role("tab", name="Numbers").click()
    expect(numbers.locator(".parameter-table")).to_have_count(1)
