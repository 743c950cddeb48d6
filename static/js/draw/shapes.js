// The shape of each class: a class is never told by its colour alone.

import { classColour } from "./palette.js";

/**
 * A star's or a polygon's corners around the middle.
 * @param {number} count
 * @param {number[]} radii taken in turn
 */
const around = (count, ...radii) => Array.from({ length: count }, (_, i) => {
  const angle = (2 * Math.PI * i) / count;
  const radius = radii[i % radii.length];
  return [radius * Math.sin(angle), -radius * Math.cos(angle)];
});
const HALF = [[0.45, 1.35], [0.45, 0.45], [1.35, 0.45], [1.35, -0.45], [0.45, -0.45], [0.45, -1.35]];
const PLUS = [...HALF, ...HALF.map(([x, y]) => [-x, -y])];

/** In units of a disc's radius, about as large as one; right and down. @type {{name: string, corners: number[][]}[]} */
export const SHAPES = [
  { name: "disc", corners: [] },
  { name: "triangle", corners: around(3, 1.4) },
  { name: "square", corners: [[-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]] },
  { name: "diamond", corners: around(4, 1.35) },
  { name: "plus", corners: PLUS },
  { name: "star", corners: around(10, 1.55, 0.7) },
  { name: "triangle upside down", corners: around(3, 1.4).map(([x, y]) => [x, -y]) },
  { name: "cross", corners: PLUS.map(([x, y]) => [(x - y) * Math.SQRT1_2, (x + y) * Math.SQRT1_2]) },
  { name: "bar", corners: [[-1.4, -0.55], [1.4, -0.55], [1.4, 0.55], [-1.4, 0.55]] },
  { name: "pillar", corners: [[-0.55, -1.4], [0.55, -1.4], [0.55, 1.4], [-0.55, 1.4]] },
];

/**
 * A class's mark, for labels.
 * @param {number} index
 */
export function swatch(index) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const { corners } = SHAPES[index % SHAPES.length];
  const mark = document.createElementNS(space, corners.length ? "polygon" : "circle");
  svg.setAttribute("viewBox", "-2 -2 4 4");
  svg.setAttribute("class", "class-swatch");
  svg.setAttribute("aria-hidden", "true");
  if (corners.length) mark.setAttribute("points", corners.join(" "));
  else mark.setAttribute("r", "1.1");
  mark.setAttribute("fill", classColour(index));
  svg.append(mark);
  return svg;
}
