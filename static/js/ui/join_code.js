// How the code of a class and its address are shown.

/** @typedef {{address: string, link: string, side: number, path: string}} Address with the QR code of its link */

/** @param {string} code */
export const spaced = (code) => `${code.slice(0, 3)} ${code.slice(3)}`;

/** @param {string} address an address as people write it down */
export const plain = (address) => address.replace(/^http:\/\//, "");

/** @param {Address} address */
export function qr({ side, path, link }) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const dark = document.createElementNS(space, "path");
  svg.setAttribute("viewBox", `-4 -4 ${side + 8} ${side + 8}`); // a quiet zone of four modules
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", `QR code of ${link}`);
  svg.setAttribute("shape-rendering", "crispEdges");
  dark.setAttribute("d", path);
  svg.append(dark);
  return svg;
}
