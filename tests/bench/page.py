"""The page in Chromium: epochs and frames per second, the cost of a frame, and the delay until a change is visible.

Times are taken with the clock of the page. The total of the main thread is CPU time as the system counts it (Linux),
because a trace costs time itself and omits what happens between tasks. Chromium's trace tells how the time divides into
script, layout and painting. The browser renders in software.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from statistics import median, quantiles
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.bench import report
from tests.bench.rounds import progress
from tests.bench.served import serving
from tests.browser.conftest import launch

FEATURES = "&".join(f"{key}=true" for key in ("x", "y", "xSquared", "ySquared", "xTimesY", "sinX", "sinY"))
LINKS = {
    "2-4-2-1": "#networkShape=4,2&seed=0.5&v=1",
    "7-8-8-8-1": f"#networkShape=8,8,8&{FEATURES}&dataset=spiral&seed=0.5&v=1",
}
CATEGORIES = "devtools.timeline,disabled-by-default-devtools.timeline,toplevel,blink"

WATCH = """
// When the first tick of the asked revision, or of the drawn points, arrived, and when its first picture was painted.
window.bench = { asked: null, came: null, painted: null, frames: 0, times: [] };
const POINTS = "points";
const [MAP, DATA] = [3, 5];
const texts = { [MAP]: 2, [DATA]: 1 }; // beside the run, before the scalars of a part
function headOf(data) { // of the first part of a tick: its code and its revision
  const view = new DataView(data);
  const code = view.getUint8(4);
  let at = 6;
  for (let text = 0; text <= (texts[code] ?? 0); text++) at += 1 + view.getUint8(at);
  return { code, revision: view.getUint32(at + 4, true) };
}
function painted() {
  bench.painted = 0;
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => { bench.painted = performance.now(); bench.times.push({ total: bench.painted - bench.begun, answer: bench.came - bench.begun }); };
  port2.postMessage(0); // handled after this frame has been painted
}
const Native = WebSocket;
window.WebSocket = class extends Native {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", ({ data }) => {
      if (typeof data === "string") return;
      bench.frames++;
      const { asked } = bench;
      if (!asked || bench.came !== null) return;
      const { code, revision } = headOf(data);
      if (asked === POINTS ? code === DATA : revision >= asked) bench.came = performance.now();
    });
  }
  send(text) {
    const message = JSON.parse(text);
    if (message.type === "configure") bench.asked = message.revision;
    if (message.type === "edit_data") bench.asked = POINTS;
    super.send(text);
  }
};
const put = CanvasRenderingContext2D.prototype.putImageData;
CanvasRenderingContext2D.prototype.putImageData = function (...given) {
  put.apply(this, given);
  if (bench.came === null || bench.painted !== null || this.canvas.width < 50 || bench.asked === POINTS) return;
  painted();
};
const clear = CanvasRenderingContext2D.prototype.clearRect;
CanvasRenderingContext2D.prototype.clearRect = function (...given) { // the points of the map are drawn anew
  clear.apply(this, given);
  const isMarks = this.canvas.parentElement?.matches(".map-square");
  if (isMarks && bench.asked === POINTS && bench.came !== null && bench.painted === null) painted();
};
window.change = (act) => new Promise((resolve, reject) => {
  Object.assign(bench, { asked: null, came: null, painted: null, begun: performance.now() });
  const before = bench.times.length;
  act();
  const late = setTimeout(() => { clearInterval(look); reject(new Error("no picture within 5 s")); }, 5000);
  const look = setInterval(() => {
    if (bench.times.length === before) return;
    clearInterval(look);
    clearTimeout(late);
    resolve(bench.times.at(-1));
  }, 5);
});
window.choose = (label, value) => {
  const select = [...document.querySelectorAll("select")].find((each) => each.labels[0]?.textContent === label);
  select.value = value;
  select.dispatchEvent(new Event("input", { bubbles: true }));
  select.dispatchEvent(new Event("change", { bubbles: true }));
};
window.press = (selector) => document.querySelector(selector).click();
"""  # noqa: E501


def opened(browser: Browser, url: str, link: str) -> Page:
    """Open a link in a page of 1280 x 800 and wait for its first picture."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.add_init_script(WATCH)
    page.goto(f"{url}/{link}")
    page.wait_for_function("() => /[0-9]/.test(document.getElementById('train-loss').textContent)")
    return page


def epoch(page: Page) -> int:
    """The epoch that the page shows."""
    return int(page.locator("#epoch").evaluate("node => node.value").replace(",", ""))


def speed(page: Page, rate: str, playing: bool) -> None:
    """Set the speed, and play or pause."""
    page.locator("#speed").select_option(rate)
    if (page.locator("#play").get_attribute("aria-label") == "Pause") != playing:
        page.locator("#play").click()


def full_speed(page: Page, seconds: float) -> dict[str, float]:
    """Epochs and frames per second at full speed."""
    speed(page, "full", True)
    page.wait_for_timeout(1000)
    look = "() => [Number(document.getElementById('epoch').value.replaceAll(',', '')), bench.frames, performance.now()]"
    first = page.evaluate(look)
    page.wait_for_timeout(seconds * 1000)
    last = page.evaluate(look)
    speed(page, "60", False)
    spent = (last[2] - first[2]) / 1000
    return {"epochs_per_second": (last[0] - first[0]) / spent, "frames_per_second": (last[1] - first[1]) / spent}


def frame(page: Page, seconds: float) -> dict[str, float]:
    """Milliseconds per frame at 60 epochs/s: the total of the main thread, and its parts from a trace."""
    speed(page, "60", True)
    page.wait_for_timeout(1000)
    browser = page.context.browser
    assert browser is not None
    processes = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    renderers = [each["id"] for each in processes if each["type"] == "renderer"]
    look = "() => [bench.frames, performance.now()]"
    first, before = page.evaluate(look), [_main_thread(each) for each in renderers]
    page.wait_for_timeout(seconds * 1000)
    last, after = page.evaluate(look), [_main_thread(each) for each in renderers]
    frames = last[0] - first[0]
    # The busiest renderer is the page's; the others belong to the browser itself.
    spent = max(late - early for early, late in zip(before, after, strict=True))
    costs = traced(page, seconds)
    speed(page, "60", False)
    return {
        "frames_per_second": frames * 1000 / (last[1] - first[1]),
        "main_thread": spent / 1e6 / frames,
        "script, layout, painting": sum(costs.get(kind, 0.0) for kind in ("scripting", "rendering", "painting")),
        **costs,
    }


def _main_thread(process: int) -> int:
    """CPU time of a process's first thread, nanoseconds (Linux; 0 elsewhere)."""
    try:
        with open(f"/proc/{process}/task/{process}/schedstat") as file:
            return int(file.read().split()[0])
    except OSError:
        return 0


def traced(page: Page, seconds: float) -> dict[str, float]:
    """Milliseconds per frame, by thread and kind of work."""
    events: list[dict[str, Any]] = []
    ended: list[bool] = []
    client = page.context.new_cdp_session(page)
    client.on("Tracing.dataCollected", lambda found: events.extend(found["value"]))
    client.on("Tracing.tracingComplete", lambda _: ended.append(True))
    client.send("Tracing.start", {"traceConfig": {"includedCategories": CATEGORIES.split(",")}})
    first = page.evaluate("() => bench.frames")
    page.wait_for_timeout(seconds * 1000)
    last = page.evaluate("() => bench.frames")
    client.send("Tracing.end")
    while not ended:
        page.wait_for_timeout(50)
    client.detach()
    return _costs(events, last - first)


KIND_FROM_EVENT = {
    **dict.fromkeys(
        ("FireAnimationFrame", "FunctionCall", "EvaluateScript", "RunMicrotasks", "TimerFire"), "scripting"
    ),
    **dict.fromkeys(("EventDispatch", "v8.callFunction", "HandlePostMessage", "MajorGC", "MinorGC"), "scripting"),
    **dict.fromkeys(("UpdateLayoutTree", "Layout", "PrePaint", "HitTest"), "rendering"),
    **dict.fromkeys(("Paint", "Layerize", "Commit", "PaintImage", "UpdateLayer"), "painting"),
    "CanvasRenderingContext2D::FinalizeFrame": "painting",  # happens between tasks
}


def _costs(events: list[dict[str, Any]], frames: int) -> dict[str, float]:
    """Milliseconds per frame in the page's process: the main thread by kind of work, and the other threads."""
    name_from_thread = {(e["pid"], e["tid"]): e["args"]["name"] for e in events if e["name"] == "thread_name"}
    events_from_thread: dict[tuple[int, int], list[dict[str, Any]]] = {}
    for e in events:
        if e["ph"] == "X":
            events_from_thread.setdefault((e["pid"], e["tid"]), []).append(e)
    spent = {thread: sum(_outermost(found, _task)["task"]) for thread, found in events_from_thread.items()}
    mains = [thread for thread, name in name_from_thread.items() if name == "CrRendererMain" and thread in spent]
    main = max(mains, key=lambda thread: spent[thread])
    costs: dict[str, float] = {}
    for kind, values in _outermost(events_from_thread[main], KIND_FROM_EVENT.get).items():
        costs[kind] = sum(values)
    for thread, value in spent.items():
        if thread[0] == main[0] and thread != main:
            name = "beside: " + name_from_thread.get(thread, "others").rstrip("0123456789/ ")
            costs[name] = costs.get(name, 0) + value
    return {name: value / 1000 / frames for name, value in costs.items() if value > 10 * frames}


def _task(name: str) -> str | None:
    return "task" if name in ("RunTask", "ThreadControllerImpl::RunTask", "ThreadPool_RunTask") else None


def _outermost(events: list[dict[str, Any]], kind_of: Callable[[str], str | None]) -> defaultdict[str, list[float]]:
    """Microseconds of the outermost events of each kind; CPU time where the trace has it, else wall time."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    end = 0.0
    known = [(e["ts"], e.get("dur", 0), e, kind) for e in events if (kind := kind_of(e["name"])) is not None]
    for at, lasted, event, kind in sorted(known, key=lambda each: (each[0], -each[1])):
        if at >= end:
            found[kind].append(float(event.get("tdur", lasted)))
            end = at + lasted
    return found


CHANGES = (
    "() => choose('Activation', 'relu')", "() => press('[aria-label^=\"Add a hidden layer\"]')",
    "() => choose('Activation', 'tanh')", "() => press('#datasets [role=radio]:nth-child(2)')",
    "() => press('[aria-label^=\"Remove a neuron from layer 1\"]')", "() => press('[data-unit=\"sinX\"]')",
    "() => press('#regenerate')", "() => press('[aria-label^=\"Add a neuron to layer 1\"]')",
    "() => choose('Regularization', 'L2')", "() => press('[data-unit=\"sinX\"]')",
    "() => choose('Regularization', 'none')", "() => press('[aria-label^=\"Remove a hidden layer\"]')",
    "() => press('#datasets [role=radio]:nth-child(1)')", "() => choose('Activation', 'sigmoid')",
    "() => press('#regenerate')",
)  # fmt: skip


def changes(page: Page, times: int) -> dict[str, float]:
    """Milliseconds from using a control to the first picture of the new state."""
    found = []
    for number in range(times):
        page.wait_for_timeout(40 + 7 * (number % 9))  # so that changes do not synchronise with the screen
        found.append(page.evaluate(f"change({CHANGES[number % len(CHANGES)]})"))
    totals = [each["total"] for each in found]
    answers = [each["answer"] for each in found]
    return {
        "p50_ms": median(totals), "p95_ms": quantiles(totals, n=20)[-1], "most_ms": max(totals),
        "answer_p50_ms": median(answers), "answer_p95_ms": quantiles(answers, n=20)[-1],
    }  # fmt: skip


def drawn_points(page: Page, times: int) -> dict[str, float]:
    """Milliseconds from a click with the tool for single points to the first picture with the point."""
    page.evaluate("() => press('#draw')")
    page.get_by_role("button", name="Point", exact=True).click()
    board = page.locator("#large .map-square canvas").last
    box = board.bounding_box()
    assert box is not None
    found = []
    for number in range(times):
        page.wait_for_timeout(40 + 7 * (number % 9))
        x, y = box["x"] + box["width"] * (0.1 + 0.011 * number), box["y"] + box["height"] * 0.5
        event = f"{{ bubbles: true, pointerId: 1, isPrimary: true, button: 0, clientX: {x}, clientY: {y} }}"
        act = "".join(
            f"node.dispatchEvent(new PointerEvent('{name}', {{ ...{event}, buttons: {buttons} }}));"
            for name, buttons in (("pointerdown", 1), ("pointerup", 0))
        )
        found.append(board.evaluate(f"node => change(() => {{ {act} }})")["total"])
    page.evaluate("() => press('#draw')")
    return {"p50_ms": median(found), "p95_ms": quantiles(found, n=20)[-1], "most_ms": max(found)}


def measure(quick: bool) -> dict[str, Any]:
    """All measurements, with one browser and one server."""
    found: dict[str, Any] = {}
    seconds = 1.0 if quick else 4.0
    with serving() as served, sync_playwright() as playwright:
        browser = launch(playwright, whole=True)
        for name, link in LINKS.items():
            progress(f"page: {name}")
            page = opened(browser, served.url, link)
            found[name] = {
                "full speed": full_speed(page, seconds),
                "frame": min(
                    (frame(page, seconds) for _ in range(1 if quick else 3)), key=lambda each: each["main_thread"]
                ),
            }
            for playing in (False, True):
                progress(f"page: {name}, changes while {'playing' if playing else 'paused'}")
                speed(page, "60", playing)
                found[name]["changes, playing" if playing else "changes, paused"] = changes(page, 15 if quick else 75)
            speed(page, "60", True)
            found[name]["drawn points, playing"] = drawn_points(page, 15 if quick else 75)
            page.context.close()
        browser.close()
    rows = [
        [name, what, key, value, _wanted(key)]
        for name, parts in found.items()
        for what, part in parts.items()
        for key, value in part.items()
    ]
    report.table(
        "The page at 1280 x 800 (milliseconds per frame; processor time)",
        ("network", "part", "what", "value", "wanted"),
        rows,
    )
    return found


def _wanted(key: str) -> str:
    return {"main_thread": "<= 4", "p95_ms": "<= 60"}.get(key, "")


if __name__ == "__main__":
    report.run("page", measure)
