"""The sine, cosine and logarithm of `compiler.libm`: those of Node, to the last bit."""

from __future__ import annotations

import json
import math
import shutil
import subprocess

import numpy as np
import pytest

from tinkernet.engine.compiler import libm
from tinkernet.engine.compiler.elementwise import cosine, sine
from tinkernet.engine.compiler.jit import kernel

SCRIPT = """
const [angles, numbers] = JSON.parse(require("fs").readFileSync(0));
console.log(JSON.stringify([angles.map(Math.sin), angles.map(Math.cos), numbers.map(Math.log)]));
"""


@kernel("void(float64[::1], float64[::1])")
def logarithms(numbers, values):
    """The logarithm of each number."""
    for i in range(len(numbers)):
        values[i] = libm.log(numbers[i])


def samples() -> tuple[np.ndarray, np.ndarray]:
    """Angles, many of them next to where the algorithm takes another branch; and positive numbers."""
    drawn = np.random.default_rng(1)
    quarters = np.arange(-80, 81) * (math.pi / 4.0)
    near = [quarters + sign * step for sign in (-1.0, 1.0) for step in (0.0, 1e-17, 1e-12, 1e-7, 1e-6, 1e-4)]
    bounds = np.array([libm.QUARTER_PI, libm.THREE_QUARTERS_PI, libm.NEAR_HALF_PI, libm.SMALL_ANGLE, libm.LARGE_ANGLE])
    edges = [bounds, -bounds, np.nextafter(bounds, 0.0), np.nextafter(bounds, 9.0), np.array([0.0, 1e-9, 2.0**-27])]
    angles = [drawn.uniform(-13.0, 13.0, 6000), drawn.uniform(-8e5, 8e5, 3000), *near, *edges]
    numbers = [drawn.uniform(0.0, 1.0, 6000), 1.0 + drawn.normal(size=500) * 1e-7, np.geomspace(1e-300, 1e300, 2001)]
    return np.concatenate(angles), np.concatenate([*numbers, [1.0, math.sqrt(0.5), math.sqrt(2.0)]])


def test_errors_are_below_one_unit_in_the_last_place() -> None:
    """Against the C library's functions, whose own error is about half a unit."""
    angles, numbers = samples()
    found = np.empty(len(numbers))
    logarithms(numbers, found)
    for values, exact in ((sine(angles), np.sin(angles)), (cosine(angles), np.cos(angles)), (found, np.log(numbers))):
        assert (np.abs(values - exact) <= 1.5 * np.spacing(np.abs(exact))).all()


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no Node to compare with")
def test_the_bits_are_those_of_node() -> None:
    """Those of its Math.sin, Math.cos and Math.log."""
    angles, numbers = samples()
    given = json.dumps([angles.tolist(), numbers.tolist()])
    done = subprocess.run(["node", "-e", SCRIPT], input=given, capture_output=True, text=True, timeout=60, check=True)
    found = np.empty(len(numbers))
    logarithms(numbers, found)
    for values, wanted in zip((sine(angles), cosine(angles), found), json.loads(done.stdout), strict=True):
        np.testing.assert_array_equal(values, np.array(wanted))


@pytest.mark.parametrize("angle", [math.nan, math.inf, -math.inf, 1e300, -1e6])
def test_what_is_beyond_is_the_c_librarys(angle: float) -> None:
    """Very large angles, infinities and what is no number."""
    with np.errstate(invalid="ignore"):
        np.testing.assert_array_equal(sine(np.array([angle])), [math.nan if math.isinf(angle) else math.sin(angle)])
