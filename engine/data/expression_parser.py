"""The language of formulas: from a text to a program for a stack (see `expressions`).

docs/formulas.md has the grammar; the page reads the same language (static/js/model/expressions.js). Nothing of Python
is reached from a formula: a program is made of the operations that are listed here.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple, TypeVar

T = TypeVar("T")

LONGEST = 300
DEEPEST = 32
"""Parts inside one another: parentheses, functions, signs, exponents and `not`."""

NUMBER, CONDITION = "a number", "a condition"

VARIABLES = ("x", "y")
CONSTANTS = {"pi": 3.141592653589793, "e": 2.718281828459045}
FUNCTIONS = {
    **dict.fromkeys(("sin", "cos", "tan", "exp", "log", "sqrt", "abs", "sign", "floor", "gauss"), (1, 1)),
    "atan2": (2, 2),
    **dict.fromkeys(("min", "max"), (2, LONGEST)),
}
"""By name the fewest and the most values that a function takes."""

_COMPARISONS = ("<", "<=", ">", ">=", "=", "!=")
_WORDS = ("and", "or", "not")
_COLUMN = r"in\.(?:[1-5][0-9]|6[0-3]|[0-9])(?![0-9a-z_.])"
_TOKEN = re.compile(
    rf"\s*(?:([0-9]+\.?[0-9]*(?:e[+-]?[0-9]+)?|\.[0-9]+(?:e[+-]?[0-9]+)?)|({_COLUMN}|[a-z_][a-z_0-9]*)|(.))", re.S
)
_PAIRS = ("<=", ">=", "!=")


class ParseError(ValueError):
    """What is wrong with a formula, as a sentence, and the place of it: a character, counted from 0."""

    def __init__(self, position: int, said: str) -> None:
        super().__init__(said)
        self.position = position


class Step(NamedTuple):
    """One step of a program: an operation, or what it puts on the stack.

    name: a function, an operator, "x" or "y", "negative", "number" for a number, which is `value`, or "column" for the
    column of a table with this number, from 0.
    """

    name: str
    value: float = 0.0


class Formula(NamedTuple):
    """A program, in the order of its steps, and whether it gives NUMBER or CONDITION."""

    program: tuple[Step, ...]
    kind: str

    @property
    def columns(self) -> frozenset[int]:
        """The columns of a table that it is of."""
        return frozenset(int(step.value) for step in self.program if step.name == "column")

    @property
    def on_plane(self) -> bool:
        """Whether it is of x or y."""
        return any(step.name in VARIABLES for step in self.program)


class _Token(NamedTuple):
    text: str
    kind: str  # "number", "name", "sign" or "end"
    position: int


@lru_cache(maxsize=512)
def parsed(text: str, columns: bool = False) -> Formula:
    """The formula that a text stands for. Raises ParseError, and nothing else, for any other text.

    columns: it may name columns of a table by number, from in.0 on.
    """
    if len(text) > LONGEST:
        raise ParseError(LONGEST, f"A formula has at most {LONGEST} characters, and this one {len(text)}.")
    return _Parser(text, columns).formula()


def _tokens(text: str) -> list[_Token]:
    """The parts of a text, and its end. Large letters are small ones, and a minus sign is a hyphen."""
    found, at = list[_Token](), 0
    text = "".join(each.lower() if each.isascii() else each for each in text).replace("\u2212", "-")
    end = len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        assert match is not None  # any character is a sign
        number, name, sign = match.groups()
        begin = match.start(1 if number else 2 if name else 3)
        if sign and text[begin : begin + 2] in _PAIRS:
            sign = text[begin : begin + 2]
        token = number or name or sign
        found.append(_Token(token, "number" if number else "name" if name else "sign", begin))
        at = begin + len(token)
    return [*found, _Token("", "end", end)]


class _Parser:
    """Each method reads a part, adds its steps to the program, and gives what kind of value they leave."""

    def __init__(self, text: str, columns: bool) -> None:
        self._tokens, self._columns = _tokens(text), columns
        self._at, self._depth = 0, 0
        self._program: list[Step] = []

    def formula(self) -> Formula:
        kind = self._any()
        if self._next.kind != "end":
            hint = " A decimal mark is a point." if self._next.text == "," else ""
            raise self._unexpected("an operator or the end", hint)
        return Formula(tuple(self._program), kind)

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _take(self, *texts: str) -> str | None:
        """The next part if it is one of these."""
        if self._next.text not in texts or self._next.kind not in ("sign", "name"):
            return None
        self._at += 1
        return self._tokens[self._at - 1].text

    def _unexpected(self, expected: str, hint: str = "") -> ParseError:
        token = self._next
        found = f"found “{token.text}”" if token.text else "found the end"
        return ParseError(token.position, f"Expected {expected} at character {token.position}, {found}.{hint}")

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            at = self._next.position
            raise ParseError(at, f"More than {DEEPEST} parts are inside one another at character {at}.")

    def _check(self, kind: str, wanted: str, begin: int) -> None:
        if kind != wanted:
            raise ParseError(begin, f"Expected {wanted} at character {begin}, found {kind}.")

    def _any(self) -> str:
        begin, kind = self._next.position, self._conjunction()
        while self._take("or"):
            self._check(kind, CONDITION, begin)
            begin = self._next.position
            self._check(self._conjunction(), CONDITION, begin)
            self._program.append(Step("or"))
        return kind

    def _conjunction(self) -> str:
        begin, kind = self._next.position, self._negation()
        while self._take("and"):
            self._check(kind, CONDITION, begin)
            begin = self._next.position
            self._check(self._negation(), CONDITION, begin)
            self._program.append(Step("and"))
        return kind

    def _negation(self) -> str:
        if not self._take("not"):
            return self._comparison()
        self._deeper()
        begin = self._next.position
        self._check(self._negation(), CONDITION, begin)
        self._depth -= 1
        self._program.append(Step("not"))
        return CONDITION

    def _comparison(self) -> str:
        begin, kind = self._next.position, self._sum()
        sign = self._take(*_COMPARISONS)
        if sign is None:
            return kind
        self._check(kind, NUMBER, begin)
        begin = self._next.position
        self._check(self._sum(), NUMBER, begin)
        self._program.append(Step(sign))
        if self._next.text in _COMPARISONS:
            raise self._unexpected("“and”, “or” or the end", " Comparisons are joined by “and”.")
        return CONDITION

    def _sum(self) -> str:
        begin, kind = self._next.position, self._product()
        while sign := self._take("+", "-"):
            self._check(kind, NUMBER, begin)
            begin = self._next.position
            self._check(self._product(), NUMBER, begin)
            self._program.append(Step(sign))
        return kind

    def _product(self) -> str:
        begin, kind = self._next.position, self._signed(self._power)
        while sign := self._take("*", "/"):
            self._check(kind, NUMBER, begin)
            begin = self._next.position
            self._check(self._signed(self._power), NUMBER, begin)
            self._program.append(Step(sign))
        return kind

    def _signed(self, inner: Callable[[], str]) -> str:
        """With any number of signs before it: -x^2 is -(x^2)."""
        sign = self._take("-", "+")
        if sign is None:
            return inner()
        self._deeper()
        begin = self._next.position
        self._check(self._signed(inner), NUMBER, begin)
        self._depth -= 1
        if sign == "-":
            self._program.append(Step("negative"))
        return NUMBER

    def _power(self) -> str:
        begin, kind = self._next.position, self._atom()
        if not self._take("^"):
            return kind
        self._check(kind, NUMBER, begin)
        self._deeper()
        begin = self._next.position
        self._check(self._signed(self._power), NUMBER, begin)  # 2^3^2 is 2^(3^2), and 2^-1 a half
        self._depth -= 1
        self._program.append(Step("^"))
        return NUMBER

    def _atom(self) -> str:
        token = self._next
        if token.kind == "number":
            self._at += 1
            value = float(token.text)
            if value == float("inf"):
                raise ParseError(token.position, f"The number at character {token.position} is too large.")
            self._program.append(Step("number", value))
            return NUMBER
        if token.text == "(":
            self._at += 1
            return self._closed(self._any)
        if token.kind != "name" or token.text in _WORDS:
            raise self._unexpected("a number, a name or “(”")
        self._at += 1
        if token.text in VARIABLES:
            self._program.append(Step(token.text))
        elif token.text in CONSTANTS:
            self._program.append(Step("number", CONSTANTS[token.text]))
        elif token.text in FUNCTIONS:
            self._call(token)
        elif self._columns and token.text.startswith("in."):
            self._program.append(Step("column", float(token.text.removeprefix("in."))))
        else:
            self._at -= 1
            raise self._unexpected("x, y, pi, e or a function")
        return NUMBER

    def _call(self, function: _Token) -> None:
        if not self._take("("):
            raise self._unexpected(f"“(” after {function.text}")
        count = self._closed(self._values)
        low, high = FUNCTIONS[function.text]
        if not low <= count <= high:
            values = "1 value" if low == 1 else f"{low} values" if low == high else f"{low} or more values"
            at = function.position
            raise ParseError(at, f"Expected {values} of {function.text} at character {at}, found {count}.")
        # Of more than two values the smallest is that of the last, the one before it, and so on.
        self._program += [Step(function.text)] * (count - 1 if high > 2 else 1)

    def _values(self) -> int:
        """The values of a function, which `,` or `;` separates: how many there are."""
        count, is_more = 0, True
        while is_more:
            begin, count = self._next.position, count + 1
            self._check(self._any(), NUMBER, begin)
            is_more = self._take(",", ";") is not None
        return count

    def _closed(self, inner: Callable[[], T]) -> T:
        """What stands in parentheses; the opening one is read."""
        self._deeper()
        found = inner()
        if not self._take(")"):
            raise self._unexpected("an operator or “)”")
        self._depth -= 1
        return found
