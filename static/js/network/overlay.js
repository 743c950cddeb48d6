// What a view marks on the network itself: heat on units and links, and a sign beside a unit.

import { on } from "../model/store.js";
import { cleared, contextOf, fitTo } from "../ui/canvas.js";
import { element } from "../ui/element.js";
import { onTheme, theme } from "../ui/theme.js";

/**
 * @param {HTMLElement} root of the network
 * @param {import("../model/state.js").Model} model
 * @param {() => import("./links.js").Line[]} lines that are drawn
 */
export function mountOverlay(root, model, lines) {
  const graph = /** @type {HTMLElement} */ (root.querySelector(".graph"));
  const canvas = element("canvas", { class: "maps overlay", "aria-hidden": "true" });
  const units = /** @type {HTMLElement} */ (graph.lastElementChild);
  units.before(canvas);
  const context = contextOf(canvas);

  function draw() {
    const { overlay } = model.get();
    canvas.hidden = !overlay;
    const heats = overlay?.links ?? null;
    root.classList.toggle("heated", Boolean(heats));
    if (!overlay) return;
    fitTo(canvas, { width: graph.clientWidth, height: graph.clientHeight });
    cleared(context);
    const { font, ink, panel } = theme();
    const shade = getComputedStyle(root).getPropertyValue("--heat") || ink;
    context.strokeStyle = context.fillStyle = shade;
    if (heats) for (const { path, at } of lines()) {
      const heat = heats[at];
      if (!(heat > 0)) continue;
      context.globalAlpha = 0.3 + 0.7 * heat;
      context.lineWidth = 0.75 + 6 * heat;
      context.stroke(path);
    }
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (units.querySelectorAll(".unit[data-unit]"))) {
      const own = overlay.units[button.dataset.unit ?? ""];
      if (!own) continue;
      const [x, y, size] = [button.offsetLeft, button.offsetTop, button.offsetWidth];
      if (own.heat !== undefined) {
        context.globalAlpha = 0.85 * own.heat;
        context.fillStyle = shade;
        context.fillRect(x, y, size, size);
      }
      context.globalAlpha = 1;
      if (!own.sign) continue;
      const radius = Math.max(8, size / 6);
      context.beginPath();
      context.arc(x + size, y, radius, 0, 2 * Math.PI);
      context.fillStyle = ink;
      context.fill();
      context.fillStyle = panel;
      context.font = `600 ${1.3 * radius}px ${font}`;
      context.textAlign = "center";
      context.textBaseline = "middle";
      context.fillText(own.sign, x + size, y + 0.5);
    }
  }

  on(model, (state) => [state.overlay], draw);
  new MutationObserver(() => requestAnimationFrame(draw)).observe(units, { childList: true });
  onTheme(draw);
}
