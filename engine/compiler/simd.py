"""Vectors of doubles for kernels: a formula written for one number runs on the full width of the processor.

In a formula: + - * /, unary minus, abs, comparisons (which give a mask for `select` and for & | ~), `maximum`,
`minimum`, `root`, `with_sign`, `fused` and the functions at the end; a plain number meets a vector in every lane. A
vector has no `if`, `max` or `**`: Numba's error then says what to write. In a loop also: `load`, `store`, `splat`,
`total`.

LLVM vectorises plain loops too, but not reliably these: the choice of activation inside the loop and the sums over a
batch defeat it. Without the compiler (NUMBA_DISABLE_JIT=1) the same names work on NumPy arrays: see `interpreted`.
"""

from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import cgutils, config, types
from numba.core.errors import TypingError
from numba.extending import intrinsic

from tinkernet.engine.compiler.lanes import (
    BUNCH,
    BYTE,
    DOUBLE,
    EIGHT,
    EXPONENT,
    FOUR,
    LONG,
    PAIR,
    SHIFT,
    WIDTH,
    bunch,
    called,
    eight,
    every,
    four,
    kind_from_mask,
    kind_of,
    mask_from_kind,
    pair,
    spread,
    typed,
    vector,
)

__all__ = [
    "BUNCH",
    "EIGHT",
    "EXPONENT",
    "FOUR",
    "PAIR",
    "WIDTH",
    "aligned",
    "alike",
    "cosine",
    "erfc",
    "first_lanes",
    "fused",
    "load",
    "load_bunch",
    "load_eight",
    "load_four",
    "load_pair",
    "log",
    "log1p",
    "maximum",
    "minimum",
    "number",
    "power_of_two",
    "root",
    "select",
    "sine",
    "splat",
    "splat_eight",
    "splat_four",
    "store",
    "store_bytes",
    "store_totals",
    "total",
    "totals",
    "with_sign",
]


def _address(context: Any, builder: Any, lanes: Any, kind: Any, array: Any, index: Any) -> Any:
    data = context.make_array(kind)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [index]), lanes.as_pointer())


def _loader(kind: Any) -> Any:
    """A function (array, index) that gives as many consecutive numbers of a contiguous array, taken as flat."""

    @intrinsic
    def load(typing: Any, array: Any, index: Any) -> Any:
        def lower(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            place = _address(context, builder, ir.VectorType(DOUBLE, kind.count), signature.args[0], *values)
            return builder.load(place, align=8)

        return kind(array, types.intp), lower

    return load


def _splatter(kind: Any) -> Any:
    """A function of one number that gives a vector with it in every lane."""

    @intrinsic
    def splat(typing: Any, number: Any) -> Any:
        return kind(types.float64), lambda context, builder, signature, values: spread(builder, values[0], kind.count)

    return splat


def _mixed(builder: Any, a: Any, b: Any, *lanes: int) -> Any:
    """The chosen lanes of two vectors laid end to end."""
    return builder.shuffle_vector(a, b, ir.Constant(ir.VectorType(ir.IntType(32), len(lanes)), list(lanes)))


def _folded(builder: Any, value: Any, lanes: int) -> Any:
    """The upper half added to the lower until so many lanes are left; one lane is a plain number."""
    while value.type.count > lanes:
        half = value.type.count // 2
        value = builder.fadd(
            _mixed(builder, value, value, *range(half)), _mixed(builder, value, value, *range(half, 2 * half))
        )
    return builder.extract_element(value, ir.Constant(ir.IntType(32), 0)) if lanes == 1 else value


def _totals(builder: Any, *values: Any) -> Any:
    """The sums of the lanes of four vectors, in four lanes."""
    a, b, c, d = (_folded(builder, value, 4) for value in values)
    ab = builder.fadd(_mixed(builder, a, b, 0, 4, 2, 6), _mixed(builder, a, b, 1, 5, 3, 7))
    cd = builder.fadd(_mixed(builder, c, d, 0, 4, 2, 6), _mixed(builder, c, d, 1, 5, 3, 7))
    return builder.fadd(_mixed(builder, ab, cd, 0, 1, 4, 5), _mixed(builder, ab, cd, 2, 3, 6, 7))


def _kind(name: str, *arguments: Any) -> Any:
    kind = kind_of(*arguments)
    if kind is None:
        raise TypingError(f"{name} takes vectors of one length and plain numbers, at least one vector.")
    return kind


def _function(name: str, llvm: str) -> Any:
    """A function of one vector that LLVM knows."""

    @intrinsic
    def applied(typing: Any, value: Any) -> Any:
        kind = _kind(name, value)
        return kind(kind), lambda context, builder, signature, values: called(builder, llvm, *values)

    return applied


def _lane_by_lane(name: str) -> Any:
    """A function of the C library, one lane after the other: for what is not worth a vector formula."""

    @intrinsic
    def applied(typing: Any, value: Any) -> Any:
        def lower(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            kind = ir.FunctionType(DOUBLE, [DOUBLE])
            function = cgutils.get_or_insert_function(builder.module, kind, name)
            answer = values[0]
            for lane in range(values[0].type.count):
                at = ir.Constant(ir.IntType(32), lane)
                one = builder.call(function, [builder.extract_element(values[0], at)])
                answer = builder.insert_element(answer, one, at)
            return answer

        kind = _kind(name, value)
        return kind(kind), lower

    return applied


def _extremum(name: str, better: str) -> Any:
    """The larger or smaller of two, lane by lane; NaN where either is one."""

    @intrinsic
    def applied(typing: Any, a: Any, b: Any) -> Any:
        kind = _kind(name, a, b)

        def lower(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            x, y = (spread(builder, value, kind.count) for value in values)
            other = builder.select(builder.fcmp_ordered("ord", x, y), y, builder.fadd(x, y))
            return builder.select(builder.fcmp_ordered(better, x, y), x, other)

        return typed(kind, kind, (a, b)), lower

    return applied


if config.DISABLE_JIT:
    from tinkernet.engine.compiler.interpreted import (
        alike,
        first_lanes,
        fused,
        load,
        load_bunch,
        load_eight,
        load_four,
        load_pair,
        maximum,
        minimum,
        number,
        power_of_two,
        root,
        select,
        splat,
        splat_eight,
        splat_four,
        store,
        store_bytes,
        store_totals,
        total,
        totals,
        with_sign,
    )
    from tinkernet.engine.compiler.interpreted import (
        lane_by_lane as _lane_by_lane,
    )
else:
    # By name: so many numbers of an array from an index on, and one number in so many lanes.
    load, load_four, load_eight, load_pair, load_bunch = map(_loader, (vector, four, eight, pair, bunch))
    splat, splat_four, splat_eight = map(_splatter, (vector, four, eight))
    maximum, minimum = _extremum("maximum", ">"), _extremum("minimum", "<")
    root = _function("root", "llvm.sqrt")

    @intrinsic
    def number(typing, array, index):
        """One number of a contiguous float64 array, taken as flat; unlike array[index] it never counts from the end."""

        def lower(context, builder, signature, values):
            return builder.load(_address(context, builder, DOUBLE, signature.args[0], *values))

        return types.float64(array, types.intp), lower

    @intrinsic
    def store(typing, array, index, value):
        """Put a vector of any length into a contiguous float64 array, taken as flat, from an index on."""

        def lower(context, builder, signature, values):
            place = _address(context, builder, values[2].type, signature.args[0], *values[:2])
            builder.store(values[2], place, align=8)
            return context.get_dummy_value()

        return types.void(array, types.intp, value), lower

    @intrinsic
    def store_bytes(typing, array, index, value):
        """Put a vector of numbers from 0 to 255, rounded to whole ones, into a uint8 array."""

        def lower(context, builder, signature, values):
            count = values[2].type.count
            lanes = ir.VectorType(BYTE, count)
            place = _address(context, builder, lanes, signature.args[0], *values[:2])
            # Not fptoui, for which there is no vector instruction: SHIFT leaves the whole number in the lowest bits.
            bits = builder.bitcast(builder.fadd(values[2], every(SHIFT, count)), ir.VectorType(LONG, count))
            builder.store(builder.trunc(bits, lanes), place, align=1)
            return context.get_dummy_value()

        return types.void(array, types.intp, value), lower

    @intrinsic
    def alike(typing, value, number):
        """One number in every lane of a vector as long as another one."""
        return value(value, types.float64), lambda context, builder, signature, values: spread(
            builder, values[1], values[0].type.count
        )

    @intrinsic
    def select(typing, where, yes, no):
        """Lane by lane: yes where the mask holds, else no."""
        if where not in kind_from_mask:
            raise TypingError("select takes a comparison of vectors, then what holds where it is true and where not.")
        kind = kind_from_mask[where]

        def lower(context, builder, signature, values):
            return builder.select(values[0], *(spread(builder, value, kind.count) for value in values[1:]))

        return kind(where, *typed(kind, kind, (yes, no)).args), lower

    @intrinsic
    def total(typing, value):
        """The sum of the lanes of a vector, by halves: lane i and lane i + 4 first."""
        return types.float64(value), lambda context, builder, signature, values: _folded(builder, values[0], 1)

    @intrinsic
    def store_totals(typing, array, index, a, b, c, d):
        """The sums of the lanes of four vectors, as four numbers of an array from an index on."""

        def lower(context, builder, signature, values):
            sums = _totals(builder, *values[2:])
            place = _address(context, builder, sums.type, signature.args[0], *values[:2])
            builder.store(sums, place, align=8)
            return context.get_dummy_value()

        return types.void(array, types.intp, a, b, c, d), lower

    @intrinsic
    def totals(typing, a, b, c, d):
        """The sums of the lanes of four short vectors, as one."""
        return four(four, four, four, four), lambda context, builder, signature, values: _totals(builder, *values)

    @intrinsic
    def first_lanes(typing, count):
        """A mask that holds in so many of a short vector's first lanes."""

        def lower(context, builder, signature, values):
            lanes = ir.Constant(ir.VectorType(LONG, FOUR), list(range(FOUR)))
            return builder.icmp_signed("<", lanes, spread(builder, values[0], FOUR))

        return mask_from_kind[four](types.int64), lower

    @intrinsic
    def fused(typing, a, b, c):
        """a * b + c, rounded once; at least one of them is a vector."""
        kind = _kind("fused", a, b, c)
        return typed(kind, kind, (a, b, c)), lambda context, builder, signature, values: called(
            builder, "llvm.fma", *values
        )

    @intrinsic
    def with_sign(typing, value, sign):
        """The magnitude of one vector with the signs of another."""
        kind = _kind("with_sign", value, sign)
        return typed(kind, kind, (value, sign)), lambda context, builder, signature, values: called(
            builder, "llvm.copysign", *values
        )

    @intrinsic
    def power_of_two(typing, shifted):
        """2 ** n for n + EXPONENT, n a whole number from -1022 to 1023; infinity for 1024."""

        def lower(context, builder, signature, values):
            count = values[0].type.count
            bits = builder.bitcast(values[0], ir.VectorType(LONG, count))
            return builder.bitcast(builder.shl(bits, every(52, count, LONG)), values[0].type)

        return shifted(shifted), lower


sine, cosine, erfc, log, log1p = (_lane_by_lane(name) for name in ("sin", "cos", "erfc", "log", "log1p"))


def aligned(count: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """`count` zeros, starting where a register's load never crosses a cache line."""
    longer = np.zeros(count + 8)
    start = (-longer.ctypes.data // 8) % 8
    return longer[start : start + count]
