// Colours that can be told apart by everybody: classes seen as with each kind of colour blindness.
import assert from "node:assert/strict";
import { test } from "node:test";

import { CLASSES, SMOOTH, classRamp, rgb } from "../../static/js/draw/palette.js";

// What is seen of linear red, green and blue without one kind of cone: Machado, Oliveira and Fernandes (2009),
// severity 1.
const SIGHTS = {
  all: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritanopia: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
};

// From linear sRGB to CIE XYZ, and the white D65 there.
const XYZ = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]];
const WHITE = [0.95047, 1, 1.08883];

const times = (matrix, vector) => matrix.map((row) => row.reduce((sum, each, i) => sum + each * vector[i], 0));

/** CIE L*a*b* (D65) of sRGB bytes. */
function lab(colour, sight) {
  const linear = colour.map((byte) => {
    const share = byte / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const seen = times(sight, linear).map((value) => Math.max(0, Math.min(1, value)));
  const xyz = times(XYZ, seen).map((value, i) => value / WHITE[i]);
  const [x, y, z] = xyz.map((t) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116));
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

for (const [name, sight] of Object.entries(SIGHTS)) {
  test(`ten classes and grey are far apart with ${name}`, () => {
    const seen = [...CLASSES, rgb(0)].map((colour) => lab(colour, sight));
    for (const [i, a] of seen.entries()) {
      for (const [j, b] of seen.slice(0, i).entries()) {
        assert.ok(Math.hypot(...a.map((value, k) => value - b[k])) >= 25, `${i} and ${j}`);
      }
    }
  });
}

test("two classes are the orange and the blue of values", () => {
  assert.deepEqual(CLASSES.slice(0, 2), [rgb(-1), rgb(1)]);
});

/** Red, green and blue of an ImageData's pixel. */
const bytes = (pixel) => [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255];

/** Relative luminance as WCAG 2 defines it. */
const luminance = (colour) => {
  const linear = colour.map((byte) => {
    const share = byte / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
};

test("six classes are seen on the dark page", () => {
  const dark = luminance([0x19, 0x1e, 0x23]);
  for (const colour of CLASSES.slice(0, 6)) {
    assert.ok((luminance(colour) + 0.05) / (dark + 0.05) >= 3, `${colour}`);
  }
});

test("a map is paler than the points on it", () => {
  for (const [byte, full] of [[0, rgb(-1)], [254, rgb(1)]]) {
    const distance = (colour) => Math.hypot(...colour.map((each, i) => each - rgb(0)[i]));
    const share = distance(bytes(SMOOTH[byte])) / distance(full);
    assert.ok(share > 0.55 && share < 0.65, `${share}`);
  }
});

test("a class's output goes from grey for what it is not towards its colour for what it is", () => {
  const grey = rgb(0);
  const pale = CLASSES[2].map((each, i) => Math.round(grey[i] + 0.6 * (each - grey[i])));
  const probability = classRamp(2, 0, false);
  assert.deepEqual([bytes(probability[127]), bytes(probability[254])], [grey, pale]);
  assert.deepEqual(bytes(classRamp(2, -1, false)[0]), grey);
  const discrete = classRamp(2, 0, true);
  assert.deepEqual([bytes(discrete[189]), bytes(discrete[192])], [grey, pale]);
});
