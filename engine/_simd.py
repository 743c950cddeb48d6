"""A vector of WIDTH doubles for kernels, so that a formula written for one number runs on a processor's full width.

Inside a kernel: `load`, `store`, `splat`, + - * / and comparisons (which give a mask for `select`), `total`.
A plain number meets a vector in every lane. LLVM vectorises plain loops too, but not reliably these: the choice of
activation inside the loop and the sums over a batch defeat it. Without the JIT (NUMBA_DISABLE_JIT=1) the same names
work on NumPy arrays of WIDTH values.
"""

import operator
from typing import Any

import llvmlite.binding
import numpy as np
from llvmlite import ir
from numba.core import cgutils, config, types
from numba.core.imputils import lower_builtin
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import intrinsic, models, register_model

WIDTH = 8 if llvmlite.binding.get_host_cpu_features().get("avx512f") else 4
"""Lanes of a vector: what one register of this processor holds, so that short batches waste least."""

SHIFT = 1.5 * 2.0**52
"""Adding it rounds to a whole number, which then stands in the lowest bits."""

_DOUBLES = ir.VectorType(ir.DoubleType(), WIDTH)
_LONGS = ir.VectorType(ir.IntType(64), WIDTH)
_BYTES = ir.VectorType(ir.IntType(8), WIDTH)
# A product and a sum may become one fused operation; nothing else may change (see _jit.kernel).
_FUSED = ("contract",)


class _Vector(types.Type):
    def __init__(self, name: str) -> None:
        super().__init__(name=name)


vector = _Vector("vector")
mask = _Vector("mask")


class _Lanes(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, kind: _Vector) -> None:
        super().__init__(manager, kind, _DOUBLES if kind is vector else ir.VectorType(ir.IntType(1), WIDTH))


register_model(_Vector)(_Lanes)


def _spread(builder: Any, value: Any) -> Any:
    """A plain number in every lane; a vector as it is."""
    if value.type == _DOUBLES:
        return value
    one = builder.insert_element(ir.Constant(_DOUBLES, ir.Undefined), value, ir.Constant(ir.IntType(32), 0))
    same = ir.Constant(ir.VectorType(ir.IntType(32), WIDTH), [0] * WIDTH)
    return builder.shuffle_vector(one, ir.Constant(_DOUBLES, ir.Undefined), same)


def _operator(symbol: Any, result: _Vector, emit: Any) -> None:
    @infer_global(symbol)
    class Template(AbstractTemplate):  # type: ignore[misc]
        def generic(self, arguments: Any, keywords: Any) -> Any:
            if vector in arguments and all(kind in (vector, types.float64) for kind in arguments):
                return signature(result, *arguments)
            return None

    def lower(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return emit(builder, *(_spread(builder, value) for value in values))

    for kinds in ((vector, vector), (vector, types.float64), (types.float64, vector)):
        lower_builtin(symbol, *kinds)(lower)


for _symbol, _name in (
    (operator.add, "fadd"),
    (operator.sub, "fsub"),
    (operator.mul, "fmul"),
    (operator.truediv, "fdiv"),
):
    _operator(_symbol, vector, lambda builder, a, b, name=_name: getattr(builder, name)(a, b, flags=_FUSED))
for _symbol, _name in ((operator.lt, "<"), (operator.le, "<="), (operator.gt, ">"), (operator.ge, ">=")):
    _operator(_symbol, mask, lambda builder, a, b, name=_name: builder.fcmp_ordered(name, a, b))


def _address(context: Any, builder: Any, lanes: Any, kind: Any, array: Any, index: Any) -> Any:
    data = context.make_array(kind)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [index]), lanes.as_pointer())


def _called(builder: Any, name: str, *values: Any) -> Any:
    kind = ir.FunctionType(_DOUBLES, [_DOUBLES] * len(values))
    function = cgutils.get_or_insert_function(builder.module, kind, f"{name}.v{WIDTH}f64")
    return builder.call(function, values)


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


if not config.DISABLE_JIT:

    @intrinsic
    def load(typing, array, index):
        """The WIDTH numbers of a contiguous float64 array, taken as flat, from an index on."""

        def lower(context, builder, signature, values):
            return builder.load(_address(context, builder, _DOUBLES, signature.args[0], *values), align=8)

        return vector(array, types.intp), lower

    @intrinsic
    def spread(typing, array, index):
        """One number of a contiguous float64 array, taken as flat, in every lane."""

        def lower(context, builder, signature, values):
            place = _address(context, builder, ir.DoubleType(), signature.args[0], *values)
            return _spread(builder, builder.load(place))

        return vector(array, types.intp), lower

    @intrinsic
    def store(typing, array, index, value):
        """Put a vector into a contiguous float64 array, taken as flat, from an index on."""

        def lower(context, builder, signature, values):
            place = _address(context, builder, _DOUBLES, signature.args[0], *values[:2])
            builder.store(values[2], place, align=8)
            return context.get_dummy_value()

        return types.void(array, types.intp, vector), lower

    @intrinsic
    def store_bytes(typing, array, index, value):
        """The same for a vector of numbers from 0 to 255, rounded to whole ones, and a uint8 array."""

        def lower(context, builder, signature, values):
            place = _address(context, builder, _BYTES, signature.args[0], *values[:2])
            # Not fptoui, for which there is no vector instruction: SHIFT leaves the whole number in the lowest bits.
            shifted = builder.fadd(values[2], ir.Constant(_DOUBLES, [SHIFT] * WIDTH))
            builder.store(builder.trunc(builder.bitcast(shifted, _LONGS), _BYTES), place, align=1)
            return context.get_dummy_value()

        return types.void(array, types.intp, vector), lower

    @intrinsic
    def splat(typing, number):
        """One number in every lane."""
        return vector(types.float64), lambda context, builder, signature, values: _spread(builder, values[0])

    @intrinsic
    def select(typing, where, yes, no):
        """Lane by lane: yes where the mask holds, else no."""

        def lower(context, builder, signature, values):
            return builder.select(values[0], _spread(builder, values[1]), _spread(builder, values[2]))

        return vector(mask, yes, no), lower

    @intrinsic
    def total(typing, value):
        """The sum of the lanes, by halves."""
        return types.float64(vector), lambda context, builder, signature, values: _folded(builder, values[0], 1)

    @intrinsic
    def store_totals(typing, array, index, a, b, c, d):
        """The sums of the lanes of four vectors, as four numbers of an array from an index on."""

        def lower(context, builder, signature, values):
            a, b, c, d = (_folded(builder, value, 4) for value in values[2:])
            ab = builder.fadd(_mixed(builder, a, b, 0, 4, 2, 6), _mixed(builder, a, b, 1, 5, 3, 7))
            cd = builder.fadd(_mixed(builder, c, d, 0, 4, 2, 6), _mixed(builder, c, d, 1, 5, 3, 7))
            sums = builder.fadd(_mixed(builder, ab, cd, 0, 1, 4, 5), _mixed(builder, ab, cd, 2, 3, 6, 7))
            place = _address(context, builder, sums.type, signature.args[0], *values[:2])
            builder.store(sums, place, align=8)
            return context.get_dummy_value()

        return types.void(array, types.intp, vector, vector, vector, vector), lower

    @intrinsic
    def magnitude(typing, value):
        """The absolute value."""
        return vector(vector), lambda context, builder, signature, values: _called(builder, "llvm.fabs", *values)

    @intrinsic
    def with_sign(typing, value, sign):
        """The magnitude of one vector with the signs of another."""
        return vector(vector, vector), lambda context, builder, signature, values: _called(
            builder, "llvm.copysign", *values
        )

    @intrinsic
    def power_of_two(typing, shifted):
        """2 ** n for n + SHIFT, n a whole number from -1022 to 1023."""

        def lower(context, builder, signature, values):
            bits = builder.bitcast(values[0], _LONGS)
            exponent = builder.shl(bits, ir.Constant(_LONGS, [52] * WIDTH))
            return builder.bitcast(builder.add(exponent, ir.Constant(_LONGS, [1023 << 52] * WIDTH)), _DOUBLES)

        return vector(vector), lower

else:

    def load(array, index):
        return array.reshape(-1)[index : index + WIDTH].copy()

    def spread(array, index):
        return np.full(WIDTH, array.reshape(-1)[index])

    def store(array, index, value):
        array.reshape(-1)[index : index + WIDTH] = value

    def store_bytes(array, index, value):
        array.reshape(-1)[index : index + WIDTH] = np.rint(value).astype(np.uint8)

    def splat(number):
        return np.full(WIDTH, number)

    def select(where, yes, no):
        return np.where(where, yes, no)

    def total(value):
        return value.sum()

    def store_totals(array, index, *values):
        for at, value in enumerate(values, index):
            array[at] = value.sum()

    magnitude = np.abs
    with_sign = np.copysign

    def power_of_two(shifted):
        return np.ldexp(1.0, (shifted - SHIFT).astype(np.int64))


def aligned(count: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """`count` zeros, starting where a register's load never crosses a cache line."""
    room = np.zeros(count + 8)
    start = (-room.ctypes.data // 8) % 8
    return room[start : start + count]
