"""Vector types for Numba: so many doubles, with the operators that a formula needs.

Every operation rounds as IEEE 754 says, and a product and a sum become one fused operation only where the source says
`fused`. So a kernel gives the same bits on every processor, whatever its registers hold. The compiler's own fusion
("contract") is not used: what it fuses depends on the processor and on the surrounding code.
"""

import math
import operator
from typing import Any

import llvmlite.binding
from llvmlite import ir
from numba.core import cgutils, config, types
from numba.core.errors import TypingError
from numba.core.imputils import lower_builtin
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import models, register_model


def _register() -> int:
    """Doubles in a register of the processor that code is compiled for: what NUMBA_CPU_FEATURES says, else this one."""
    if config.CPU_FEATURES is not None:
        return 8 if "+avx512f" in config.CPU_FEATURES.split(",") else 4
    return 8 if llvmlite.binding.get_host_cpu_features().get("avx512f") else 4


FOUR = 4
"""Lanes of a short vector on every processor: layers are filled up to a multiple of it."""

EIGHT = 8
"""Partial sums of a sum over points or parameters, on every processor: term i belongs to partial sum i % EIGHT."""

WIDTH = _register()
"""Lanes of a vector: one register of this processor. No result may depend on it."""

PAIR = 2 * WIDTH
"""Lanes of two registers: sums in so many lanes keep a processor busy while each waits for its next product."""

BUNCH = -(-10 // WIDTH) * WIDTH
"""Lanes of the vector that activations work on: several registers at a time hide the latency of each operation, and a
batch of ten points, the default, is one bunch."""


SHIFT = 1.5 * 2.0**52
"""Adding it to a number below 2 ** 51 rounds to a whole number, which then stands in the lowest bits of the sum."""

EXPONENT = SHIFT + 1023.0
"""The same, but what stands in the lowest bits is the exponent field of a double: see `simd.power_of_two`."""


class Lanes(types.Type):
    """So many doubles, or so many results of a comparison of them."""

    def __init__(self, count: int, element: ir.Type) -> None:
        super().__init__(name=f"{count} x {element}")
        self.count, self.element = count, element


class _LanesModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, kind: Lanes) -> None:
        super().__init__(manager, kind, ir.VectorType(kind.element, kind.count))


register_model(Lanes)(_LanesModel)

DOUBLE, LONG, BYTE, BIT = ir.DoubleType(), ir.IntType(64), ir.IntType(8), ir.IntType(1)
four, eight, vector, pair, bunch = (Lanes(count, DOUBLE) for count in (FOUR, EIGHT, WIDTH, PAIR, BUNCH))
KINDS = tuple(dict.fromkeys((four, eight, vector, pair, bunch)))
mask_from_kind = {kind: Lanes(kind.count, BIT) for kind in KINDS}
kind_from_mask = {mask: kind for kind, mask in mask_from_kind.items()}


def kind_of(*arguments: Any) -> Any:
    """The type of the vectors among these argument types, None where there is none or they differ.

    Plain numbers do not count: they meet a vector in every lane.
    """
    kinds = {argument for argument in arguments if not isinstance(argument, types.Number)}
    return kinds.pop() if len(kinds) == 1 and kinds <= set(KINDS) else None


def typed(answer: Any, kind: Any, arguments: Any) -> Any:
    """A signature in which plain numbers are doubles; Numba converts whole ones."""
    return signature(answer, *(kind if argument == kind else types.float64 for argument in arguments))


def every(value: float, count: int, element: ir.Type = DOUBLE) -> Any:
    """A constant with one value in every lane."""
    return ir.Constant(ir.VectorType(element, count), [value] * count)


def spread(builder: Any, value: Any, count: int) -> Any:
    """A plain number in every lane; a vector as it is."""
    if isinstance(value.type, ir.VectorType):
        return value
    nothing = ir.Constant(ir.VectorType(value.type, count), ir.Undefined)
    one = builder.insert_element(nothing, value, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(one, nothing, every(0, count, ir.IntType(32)))


def called(builder: Any, name: str, *values: Any) -> Any:
    """One of LLVM's own functions, lane by lane."""
    lanes = next(value.type for value in values if isinstance(value.type, ir.VectorType))
    kind = ir.FunctionType(lanes, [lanes] * len(values))
    function = cgutils.get_or_insert_function(builder.module, kind, f"{name}.v{lanes.count}f64")
    return builder.call(function, [spread(builder, value, lanes.count) for value in values])


def _binary(symbol: Any, emit: Any, compares: bool) -> None:
    """Lower a binary operator of two vectors, or of a vector and a number."""

    @infer_global(symbol)
    class Template(AbstractTemplate):  # type: ignore[misc]
        def generic(self, arguments: Any, keywords: Any) -> Any:
            kind = kind_of(*arguments)
            return kind and typed(mask_from_kind[kind] if compares else kind, kind, arguments)

    def lower(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return emit(builder, *(spread(builder, value, signature.return_type.count) for value in values))

    for kind in KINDS:
        for kinds in ((kind, kind), (kind, types.float64), (types.float64, kind)):
            lower_builtin(symbol, *kinds)(lower)


def _same(symbol: Any, kinds: Any, emit: Any) -> None:
    """Lower an operator whose operands and result are all of one of these types."""

    @infer_global(symbol)
    class Template(AbstractTemplate):  # type: ignore[misc]
        def generic(self, arguments: Any, keywords: Any) -> Any:
            alike = len(set(arguments)) == 1 and arguments[0] in kinds
            return signature(arguments[0], *arguments) if alike else None

    for kind in kinds:
        for count in (1, 2):
            lower_builtin(symbol, *(kind,) * count)(lambda context, builder, signature, values: emit(builder, *values))


def _refused(function: Any, instead: str) -> None:
    """Raise an error that says what to write where this function is given a vector."""

    @infer_global(function)
    class Template(AbstractTemplate):  # type: ignore[misc]
        def generic(self, arguments: Any, keywords: Any) -> Any:
            if any(isinstance(argument, Lanes) for argument in arguments):
                raise TypingError(f"{function.__name__} takes single numbers, not vectors: use {instead}.")
            return None


for _symbol, _name in (
    (operator.add, "fadd"),
    (operator.sub, "fsub"),
    (operator.mul, "fmul"),
    (operator.truediv, "fdiv"),
):
    _binary(_symbol, lambda builder, a, b, name=_name: getattr(builder, name)(a, b), compares=False)
for _symbol, _name in (
    (operator.lt, "<"),
    (operator.le, "<="),
    (operator.gt, ">"),
    (operator.ge, ">="),
    (operator.eq, "=="),
):
    _binary(_symbol, lambda builder, a, b, name=_name: builder.fcmp_ordered(name, a, b), compares=True)
# A NaN differs from every number, itself included.
_binary(operator.ne, lambda builder, a, b: builder.fcmp_unordered("!=", a, b), compares=True)
_same(operator.neg, KINDS, lambda builder, a: builder.fneg(a))
_same(abs, KINDS, lambda builder, a: called(builder, "llvm.fabs", a))
for _symbol, _name in ((operator.and_, "and_"), (operator.or_, "or_"), (operator.xor, "xor")):
    _same(_symbol, tuple(kind_from_mask), lambda builder, a, b, name=_name: getattr(builder, name)(a, b))
_same(operator.invert, tuple(kind_from_mask), lambda builder, a: builder.not_(a))

for _function, _instead in (
    (max, "maximum of compiler.simd"),
    (min, "minimum of compiler.simd"),
    (bool, "select(comparison, yes, no) instead of if, and & | ~ instead of and, or, not"),
    (operator.truth, "select(comparison, yes, no) instead of if"),
    (operator.not_, "~"),
    (operator.pow, "products such as z * z"),
    (math.exp, "exp of compiler.exponential"),
    (math.sqrt, "root of compiler.simd"),
    (math.fabs, "abs"),
    *(
        (getattr(math, _name), f"{_instead} of compiler.simd")
        for _name, _instead in (
            ("sin", "sine"),
            ("cos", "cosine"),
            ("erfc", "erfc"),
            ("log", "log"),
            ("log1p", "log1p"),
            ("copysign", "with_sign"),
        )
    ),
    (math.tanh, "tanh of formulas.activations"),
):
    _refused(_function, _instead)
