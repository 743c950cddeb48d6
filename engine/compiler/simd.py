"""A vector of WIDTH doubles for kernels, so that a formula written for one number runs on a processor's full width.

Inside a kernel: `load`, `store`, `splat`, + - * / and comparisons (which give a mask for `select`), `total`.
A plain number meets a vector in every lane. Formulas work on a bunch, which is a longer vector, as well. LLVM
vectorises plain loops too, but not reliably these: the choice of activation inside the loop and the sums over a batch
defeat it. Without the JIT (NUMBA_DISABLE_JIT=1) the same names work on NumPy arrays of as many values.
"""

import math
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

FOUR = 4
"""Lanes of a short vector, whatever a register holds: layers are filled up to so many."""

SHIFT = 1.5 * 2.0**52
"""Adding it rounds to a whole number, which then stands in the lowest bits."""

EXPONENT = SHIFT + 1023.0
"""The same, and what stands in the lowest bits is the exponent of a double: see `power_of_two`."""

PAIR = 2 * WIDTH
"""Lanes of two registers: sums in so many lanes keep a processor busy while each waits for its next product."""

BUNCH = -(-10 // WIDTH) * WIDTH
"""Lanes of a longer vector: several registers at a time hide how long each formula takes, and a batch of ten fits."""

# A product and a sum may become one fused operation; nothing else may change (see _jit.kernel).
_FUSED = ("contract",)


class _Lanes(types.Type):
    """So many doubles, or so many answers to a comparison of them."""

    def __init__(self, count: int, element: ir.Type) -> None:
        super().__init__(name=f"{count} x {element}")
        self.count, self.element = count, element


class _LanesModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, kind: _Lanes) -> None:
        super().__init__(manager, kind, ir.VectorType(kind.element, kind.count))


register_model(_Lanes)(_LanesModel)

_DOUBLE, _LONG, _BYTE = ir.DoubleType(), ir.IntType(64), ir.IntType(8)
four, vector, pair, bunch = (_Lanes(count, _DOUBLE) for count in (FOUR, WIDTH, PAIR, BUNCH))
_mask_from_kind = {kind: _Lanes(kind.count, ir.IntType(1)) for kind in (four, vector, pair, bunch)}
_kind_from_mask = {mask: kind for kind, mask in _mask_from_kind.items()}


def _every(value: float, count: int, element: ir.Type = _DOUBLE) -> Any:
    return ir.Constant(ir.VectorType(element, count), [value] * count)


def _spread(builder: Any, value: Any, count: int) -> Any:
    """A plain number in every lane; a vector as it is."""
    if isinstance(value.type, ir.VectorType):
        return value
    nothing = ir.Constant(ir.VectorType(value.type, count), ir.Undefined)
    one = builder.insert_element(nothing, value, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(one, nothing, _every(0, count, ir.IntType(32)))


def _operator(symbol: Any, emit: Any, compares: bool) -> None:
    @infer_global(symbol)
    class Template(AbstractTemplate):  # type: ignore[misc]
        def generic(self, arguments: Any, keywords: Any) -> Any:
            for kind in _mask_from_kind:
                if kind in arguments and all(argument in (kind, types.float64) for argument in arguments):
                    return signature(_mask_from_kind[kind] if compares else kind, *arguments)
            return None

    def lower(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return emit(builder, *(_spread(builder, value, signature.return_type.count) for value in values))

    for kind in _mask_from_kind:
        for kinds in ((kind, kind), (kind, types.float64), (types.float64, kind)):
            lower_builtin(symbol, *kinds)(lower)


for _symbol, _name in (
    (operator.add, "fadd"),
    (operator.sub, "fsub"),
    (operator.mul, "fmul"),
    (operator.truediv, "fdiv"),
):
    _operator(_symbol, lambda builder, a, b, name=_name: getattr(builder, name)(a, b, flags=_FUSED), compares=False)
for _symbol, _name in ((operator.lt, "<"), (operator.le, "<="), (operator.gt, ">"), (operator.ge, ">=")):
    _operator(_symbol, lambda builder, a, b, name=_name: builder.fcmp_ordered(name, a, b), compares=True)


def _address(context: Any, builder: Any, lanes: Any, kind: Any, array: Any, index: Any) -> Any:
    data = context.make_array(kind)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [index]), lanes.as_pointer())


def _loader(count: int) -> Any:
    def lower(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        place = _address(context, builder, ir.VectorType(_DOUBLE, count), signature.args[0], *values)
        return builder.load(place, align=8)

    return lower


def _called(builder: Any, name: str, *values: Any) -> Any:
    """One of LLVM's own functions, lane by lane."""
    lanes = next(value.type for value in values if isinstance(value.type, ir.VectorType))
    kind = ir.FunctionType(lanes, [lanes] * len(values))
    function = cgutils.get_or_insert_function(builder.module, kind, f"{name}.v{lanes.count}f64")
    return builder.call(function, [_spread(builder, value, lanes.count) for value in values])


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


if not config.DISABLE_JIT:

    @intrinsic
    def load(typing, array, index):
        """The WIDTH numbers of a contiguous float64 array, taken as flat, from an index on."""
        return vector(array, types.intp), _loader(WIDTH)

    @intrinsic
    def load_four(typing, array, index):
        """The same for FOUR numbers."""
        return four(array, types.intp), _loader(FOUR)

    @intrinsic
    def load_pair(typing, array, index):
        """The same for PAIR numbers."""
        return pair(array, types.intp), _loader(PAIR)

    @intrinsic
    def load_bunch(typing, array, index):
        """The same for BUNCH numbers."""
        return bunch(array, types.intp), _loader(BUNCH)

    @intrinsic
    def number(typing, array, index):
        """One number of a contiguous float64 array, taken as flat; unlike array[index] it never counts from the end."""

        def lower(context, builder, signature, values):
            return builder.load(_address(context, builder, _DOUBLE, signature.args[0], *values))

        return types.float64(array, types.intp), lower

    @intrinsic
    def store(typing, array, index, value):
        """Put a vector or a bunch into a contiguous float64 array, taken as flat, from an index on."""

        def lower(context, builder, signature, values):
            place = _address(context, builder, values[2].type, signature.args[0], *values[:2])
            builder.store(values[2], place, align=8)
            return context.get_dummy_value()

        return types.void(array, types.intp, value), lower

    @intrinsic
    def store_bytes(typing, array, index, value):
        """The same for a vector of numbers from 0 to 255, rounded to whole ones, and a uint8 array."""

        def lower(context, builder, signature, values):
            count = values[2].type.count
            lanes = ir.VectorType(_BYTE, count)
            place = _address(context, builder, lanes, signature.args[0], *values[:2])
            # Not fptoui, for which there is no vector instruction: SHIFT leaves the whole number in the lowest bits.
            bits = builder.bitcast(builder.fadd(values[2], _every(SHIFT, count)), ir.VectorType(_LONG, count))
            builder.store(builder.trunc(bits, lanes), place, align=1)
            return context.get_dummy_value()

        return types.void(array, types.intp, value), lower

    @intrinsic
    def splat(typing, number):
        """One number in every lane of a vector."""
        return vector(types.float64), lambda context, builder, signature, values: _spread(builder, values[0], WIDTH)

    @intrinsic
    def splat_four(typing, number):
        """One number in every lane of a short vector."""
        return four(types.float64), lambda context, builder, signature, values: _spread(builder, values[0], FOUR)

    @intrinsic
    def alike(typing, value, number):
        """One number in every lane of a vector as long as another one."""
        return value(value, types.float64), lambda context, builder, signature, values: _spread(
            builder, values[1], values[0].type.count
        )

    @intrinsic
    def select(typing, where, yes, no):
        """Lane by lane: yes where the mask holds, else no."""

        def lower(context, builder, signature, values):
            count = values[0].type.count
            return builder.select(values[0], _spread(builder, values[1], count), _spread(builder, values[2], count))

        return _kind_from_mask[where](where, yes, no), lower

    @intrinsic
    def total(typing, value):
        """The sum of the lanes of a vector, by halves."""
        return types.float64(vector), lambda context, builder, signature, values: _folded(builder, values[0], 1)

    @intrinsic
    def store_totals(typing, array, index, a, b, c, d):
        """The sums of the lanes of four vectors, as four numbers of an array from an index on."""

        def lower(context, builder, signature, values):
            sums = _totals(builder, *values[2:])
            place = _address(context, builder, sums.type, signature.args[0], *values[:2])
            builder.store(sums, place, align=8)
            return context.get_dummy_value()

        return types.void(array, types.intp, vector, vector, vector, vector), lower

    @intrinsic
    def totals(typing, a, b, c, d):
        """The sums of the lanes of four short vectors, as one."""
        return four(four, four, four, four), lambda context, builder, signature, values: _totals(builder, *values)

    @intrinsic
    def lower(typing, count):
        """A mask that holds in so many of a short vector's first lanes."""

        def lower(context, builder, signature, values):
            lanes = ir.Constant(ir.VectorType(_LONG, FOUR), list(range(FOUR)))
            return builder.icmp_signed("<", lanes, _spread(builder, values[0], FOUR))

        return _mask_from_kind[four](types.int64), lower

    @intrinsic
    def fused(typing, a, b, c):
        """a * b + c, rounded once; at least one of them is a vector."""
        kind = next(each for each in (a, b, c) if each in _mask_from_kind)
        return kind(a, b, c), lambda context, builder, signature, values: _called(builder, "llvm.fma", *values)

    @intrinsic
    def magnitude(typing, value):
        """The absolute value."""
        return value(value), lambda context, builder, signature, values: _called(builder, "llvm.fabs", *values)

    @intrinsic
    def root(typing, value):
        """The square root."""
        return value(value), lambda context, builder, signature, values: _called(builder, "llvm.sqrt", *values)

    @intrinsic
    def with_sign(typing, value, sign):
        """The magnitude of one vector with the signs of another."""
        return value(value, sign), lambda context, builder, signature, values: _called(
            builder, "llvm.copysign", *values
        )

    def _lane_by_lane(name):
        """A function of the C library, one lane after the other: for what is not worth a vector formula."""

        @intrinsic
        def applied(typing, value):
            def lower(context, builder, signature, values):
                kind = ir.FunctionType(_DOUBLE, [_DOUBLE])
                function = cgutils.get_or_insert_function(builder.module, kind, name)
                answer = values[0]
                for lane in range(values[0].type.count):
                    at = ir.Constant(ir.IntType(32), lane)
                    one = builder.call(function, [builder.extract_element(values[0], at)])
                    answer = builder.insert_element(answer, one, at)
                return answer

            return value(value), lower

        return applied

    @intrinsic
    def power_of_two(typing, shifted):
        """2 ** n for n + EXPONENT, n a whole number from -1022 to 1023; infinity for 1024."""

        def lower(context, builder, signature, values):
            count = values[0].type.count
            bits = builder.bitcast(values[0], ir.VectorType(_LONG, count))
            return builder.bitcast(builder.shl(bits, _every(52, count, _LONG)), values[0].type)

        return shifted(shifted), lower

else:

    def load(array, index):
        return array.reshape(-1)[index : index + WIDTH].copy()

    def load_four(array, index):
        return array.reshape(-1)[index : index + FOUR].copy()

    def load_pair(array, index):
        return array.reshape(-1)[index : index + PAIR].copy()

    def load_bunch(array, index):
        return array.reshape(-1)[index : index + BUNCH].copy()

    def number(array, index):
        return array.reshape(-1)[index]

    def store(array, index, value):
        array.reshape(-1)[index : index + len(value)] = value

    def store_bytes(array, index, value):
        array.reshape(-1)[index : index + WIDTH] = np.rint(value).astype(np.uint8)

    def splat(number):
        return np.full(WIDTH, number)

    def splat_four(number):
        return np.full(FOUR, number)

    def alike(value, number):
        return np.full_like(value, number)

    def select(where, yes, no):
        return np.where(where, yes, no)

    def total(value):
        return value.sum()

    def store_totals(array, index, *values):
        for at, value in enumerate(values, index):
            array[at] = value.sum()

    def totals(*values):
        return np.array([value.sum() for value in values])

    def lower(count):
        return np.arange(FOUR) < count

    def _lane_by_lane(name):
        function = getattr(math, name)

        def one(number):
            try:
                return function(number)
            except ValueError:  # the C library's answer to an infinity
                return np.nan

        return lambda value: np.array([one(number) for number in value])

    def fused(a, b, c):
        # Rounded once where a long double has room for the product.
        return (np.longdouble(a) * np.longdouble(b) + np.longdouble(c)).astype(np.float64)

    magnitude = np.abs
    root = np.sqrt
    with_sign = np.copysign

    def power_of_two(shifted):
        return np.ldexp(1.0, (shifted - EXPONENT).astype(np.int64))


sine, cosine, erfc, log, log1p = (_lane_by_lane(name) for name in ("sin", "cos", "erfc", "log", "log1p"))


def aligned(count: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """`count` zeros, starting where a register's load never crosses a cache line."""
    room = np.zeros(count + 8)
    start = (-room.ctypes.data // 8) % 8
    return room[start : start + count]
