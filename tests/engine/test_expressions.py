"""The language of formulas: against Python's own arithmetic, one point after another, and against hostile texts."""

from __future__ import annotations

import math
import operator
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st
from numba import config

from tinkernet.engine.compiler import elementwise
from tinkernet.engine.data.expression_parser import CONDITION, DEEPEST, LONGEST, NUMBER, ParseError, parsed
from tinkernet.engine.data.expressions import FormulaError, canonical, checked, values

PLACES = [(0.0, 0.0), (1.0, -2.0), (-1.5, 3.0), (2.0, 2.0), (1e200, -1e200), (-6.0, 0.5), (0.1, -0.0)]
PARTS = re.findall(
    r"\S+", "x y pi e 2 .5 3e2 1e999 + - * / ^ < <= > >= = != == and or not ( ) sin( cos( sqrt( min( atan2( , ; é _ 2x"
)

Tree = tuple[Any, ...]


def one(function: Any) -> Any:
    """Of the functions that are tested elsewhere, for one number."""
    return lambda *given: float(function(*(np.array([each]) for each in given))[0])


ONE: dict[str, Any] = {
    "sin": one(elementwise.sine),
    "cos": one(elementwise.cosine),
    "tan": lambda a: one(elementwise.sine)(a) / one(elementwise.cosine)(a),
    "exp": math.exp,
    "log": one(elementwise.logarithm),
    "sqrt": math.sqrt,
    "abs": abs,
    "sign": lambda a: float((a > 0) - (a < 0)),
    "floor": lambda a: float(math.floor(a)),
    "gauss": lambda a: math.exp(-a * a),
    "-": operator.neg,
}
TWO: dict[str, Any] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "^": math.pow,
    "min": min,
    "max": max,
    "atan2": math.atan2,
}
TESTS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
}

numbers = st.recursive(
    st.sampled_from(["x", "y", "pi", "e"]) | st.floats(0, 100).map(lambda value: f"{value:.6g}"),
    lambda inner: st.tuples(st.sampled_from(list(ONE)), inner) | st.tuples(st.sampled_from(list(TWO)), inner, inner),
    max_leaves=8,
)
conditions = st.recursive(
    st.tuples(st.sampled_from(list(TESTS)), numbers, numbers),
    lambda inner: st.tuples(st.just("not"), inner) | st.tuples(st.sampled_from(["and", "or"]), inner, inner),
    max_leaves=4,
)


def text_of(tree: Tree | str) -> str:
    """The tree with all its parentheses."""
    if isinstance(tree, str):
        return tree
    name, *inner = map(text_of, tree)
    if name.isalnum() and name not in ("and", "or"):
        return f"{name} ({', '.join(inner)})"
    return f"({f' {name} '.join(inner)})" if len(inner) == 2 else f"({name}({inner[0]}))"


def refused(text: str) -> ParseError | None:
    """The error of a text that is no formula."""
    try:
        parsed(text)
    except ParseError as error:
        return error
    return None


def oracle(tree: Tree | str, x: float, y: float) -> float | bool | None:
    """The value of a tree at a point; None is a hole."""
    if isinstance(tree, str):
        return {"x": x, "y": y, "pi": math.pi, "e": math.e}[tree] if tree.isalpha() else float(tree)
    name, *inner = tree
    found = [oracle(each, x, y) for each in inner]
    if name in ("and", "or"):
        decisive = name == "or"
        return decisive if decisive in found else None if None in found else not decisive
    if None in found:
        return None
    if name == "not":
        return not found[0]
    if name in TESTS:
        return bool(TESTS[name](*found))
    try:
        value = (ONE if len(found) == 1 else TWO)[name](*found)
    except (ValueError, ArithmeticError):
        return None
    return value if math.isfinite(value) else None


@given(numbers | conditions)
def test_a_formula_is_what_it_says(tree: Tree | str) -> None:
    """At every point: the value of the tree that the text is written from, and its holes."""
    text = text_of(tree)
    if len(text) > LONGEST:
        return
    x, y = np.array(PLACES).T
    wanted = [oracle(tree, *place) for place in PLACES]
    try:
        found = values(text, x, y)
    except OverflowError:  # Python's own exp, where machine code gives infinity
        assert config.DISABLE_JIT
        reject()
    np.testing.assert_array_equal(found, [math.nan if each is None else float(each) for each in wanted])
    assert parsed(text).kind == (
        CONDITION if isinstance(tree, tuple) and tree[0] in (*TESTS, "not", "and", "or") else NUMBER
    )
    np.testing.assert_array_equal(values(canonical(text), x, y), values(text, x, y))


@given(st.text(max_size=400) | st.lists(st.sampled_from(PARTS), max_size=60).map(" ".join))
def test_any_other_text_is_an_error_with_a_place(text: str) -> None:
    """Nothing else is raised, and the place is in the text or at its end."""
    error = refused(text)
    assert error is None or (0 <= error.position <= len(text) and str(error).endswith("."))


@pytest.mark.parametrize(
    ("text", "position", "said"),
    [
        ("sin(x) * (", 10, "Expected a number, a name or “(” at character 10, found the end."),
        ("abs(x) ) ", 7, "Expected an operator or the end at character 7, found “)”."),
        ("abs()", 4, "Expected a number, a name or “(” at character 4, found “)”."),
        ("2x", 1, "Expected an operator or the end at character 1, found “x”."),
        ("0,5", 1, "Expected an operator or the end at character 1, found “,”. A decimal mark is a point."),
        ("x + z", 4, "Expected x, y, pi, e or a function at character 4, found “z”."),
        ("sin x", 4, "Expected “(” after sin at character 4, found “x”."),
        ("min(1)", 0, "Expected 2 or more values of min at character 0, found 1."),
        ("1 < x < 2", 6, "Expected “and”, “or” or the end at character 6, found “<”. Comparisons are joined by “and”."),
        ("2 * (x > 1)", 4, "Expected a number at character 4, found a condition."),
        ("x and y > 1", 0, "Expected a condition at character 0, found a number."),
        ("x == y", 3, "Expected a number, a name or “(” at character 3, found “=”."),
        ("x.__class__", 1, "Expected an operator or the end at character 1, found “.”."),
        ("1e999", 0, "The number at character 0 is too large."),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, position: int, said: str) -> None:
    """And what was expected there."""
    with pytest.raises(ParseError) as refusal:
        parsed(text)
    assert (refusal.value.position, str(refusal.value)) == (position, said)


def test_operators_bind_as_in_books() -> None:
    """The sign is weaker than the power, the power goes from the right, the others from the left."""
    two = np.array([2.0])
    found = [
        values(text, two, two)[0] for text in ("-x^2", "2^3^x", "2^-1", "1-x-y", "8/x/y", "X+−y", "not x > 3 and y < 3")
    ]
    assert found == [-4, 512, 0.5, -3, 2, 0, 1]


@pytest.mark.parametrize("part", ["(", "-", "not ", "sin(", "x^"])
def test_depth_and_length_are_bounded(part: str) -> None:
    """By an error, however the parts are inside one another; side by side they may be many."""
    with pytest.raises(ParseError, match=f"^More than {DEEPEST} parts are inside one another"):
        parsed(part * (DEEPEST + 1) + "x")
    with pytest.raises(ParseError, match=r"^A formula has at most 300 characters, and this one 301\.$"):
        parsed("x" * (LONGEST + 1))
    assert len(parsed("x" + "+x" * 149).program) == 299


def test_the_longest_formula_has_bounded_work() -> None:
    """Of the most expensive function, at as many points as a map has: no more steps than characters."""
    x = np.linspace(-6.0, 6.0, 64 * 64)
    text = "+".join(["tan(x)"] * 42)
    assert len(parsed(text).program) < len(text) <= LONGEST
    np.testing.assert_allclose(values(text, x, x), 42 * np.tan(x), rtol=1e-9)


def test_a_formula_of_another_kind_is_refused() -> None:
    """With the field's own words, the place, and what is allowed."""
    with pytest.raises(FormulaError) as refusal:
        checked("surface", "x > 1", NUMBER, "Value")
    assert str(refusal.value) == "Value: Expected a number at character 0, found a condition."
    assert (refusal.value.field, refusal.value.position) == ("surface", 0)
    assert checked("regions", " max( x ,  y )>1", CONDITION, "Class 2 where") == "max( x ; y )>1"
