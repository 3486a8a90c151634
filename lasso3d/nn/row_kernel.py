"""Softmax, exponentials and layer norms over rows of floats, emitted as LLVM IR for numba loops.

A compiler given the plain loops calls `exp` once a number and adds one number at a time. Everything here works on
raw addresses: the callers check shapes and types before.
"""

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

LANES = 16
"""Numbers handled together; LLVM splits such a vector where the processor's are shorter."""
NORM_LANES = 8
"""In layer norms, whose rows may be a multiple of 8 long."""
LEAST = -86.0
"""Exponentials of less are those of this, 5e-38: nothing beside the 1 that is part of every softmax."""

_I32, _I64, _F32 = ir.IntType(32), ir.IntType(64), ir.FloatType()
_LOG2_E = 1.4426950408889634
# ln 2 in two parts, the first with so few digits that whole multiples of it are exact (Cephes, `expf`)
_LN2_HIGH, _LN2_LOW = 0.693359375, -2.12194440e-4
_POLYNOMIAL = (
    1.9875691500e-4,
    1.3981999507e-3,
    8.3334519073e-3,
    4.1665795894e-2,
    1.6666665459e-1,
    5.0000001201e-1,
)
"""Of (e^r - 1 - r) / r^2 for |r| up to ln(2) / 2 (Cephes, `expf`)."""
_ROUNDS = 12582912.0
"""1.5 x 2^23: what is added to it is rounded to a whole number, which its lowest bits then hold."""


def _intrinsic(typing: Callable[..., Any]) -> Any:
    # the shape checks of the tests wrap nested functions too; numba must see the function below the wrapper
    return intrinsic(inspect.unwrap(typing))


@_intrinsic
def softmax_rows(typingctx, at, rows, vectors, heads):
    """Softmax of every row in place, over each set of columns that are equal modulo `heads`.

    Arguments: the address of rows side by side, their number, vectors of LANES in a row, and heads, a divisor of
    LANES.
    """

    def codegen(context: Any, builder: Any, signature: Any, values: Sequence[Any]) -> Any:
        at, rows, vectors, heads = values
        with cgutils.for_range(builder, rows, intp=_I64) as loop:
            row = _Row(builder, _at(builder, at, loop.index, builder.mul(vectors, _I64(4 * LANES))), LANES)
            largest = row.reduced(vectors, _larger, start=-3e38)
            largest = _across(builder, largest, _larger, down_to=heads)
            total = row.reduced(vectors, _sum_of_exponentials(row, largest), start=0.0)
            share = builder.fdiv(_all(1.0, LANES), _across(builder, total, _sum, down_to=heads))
            row.changed(vectors, lambda value, place: builder.fmul(value, share))
        return context.get_dummy_value()

    return types.void(*[types.intp] * 4), codegen


@_intrinsic
def exponentials_of_rows(typingctx, at, rows, vectors, largest_at, total_at):
    """Replace every number by the exponential of its distance from its column's largest, and add up the columns.

    Arguments: the address of rows side by side, their number, vectors of LANES in a row, and the addresses of the
    largest numbers and of the totals, one a column.
    """

    def codegen(context: Any, builder: Any, signature: Any, values: Sequence[Any]) -> Any:
        at, rows, vectors, largest_at, total_at = values
        with cgutils.for_range(builder, vectors, intp=_I64) as loop:
            column = builder.mul(loop.index, _I64(4 * LANES))
            largest = _load(builder, builder.add(largest_at, column), LANES)
            rest = _Row(builder, builder.add(at, column), LANES, stride=builder.mul(vectors, _I64(4 * LANES)))
            total_at = builder.add(total_at, column)
            before = _load(builder, total_at, LANES)
            total = rest.reduced(rows, _sum_of_exponentials(rest, largest), start=0.0)
            _store(builder, builder.fadd(before, total), total_at)
        return context.get_dummy_value()

    return types.void(*[types.intp] * 5), codegen


@_intrinsic
def norm_rows(typingctx, at, out, rows, vectors, scale_at, shift_at, epsilon, least):
    """Layer norm of every row: no mean, unit variance, then scaled, shifted, and at least `least`.

    Arguments: the addresses of rows side by side and of the results, their number, vectors of NORM_LANES in a row,
    the addresses of scale and shift, one a column, and the numbers epsilon (added to the variance) and least.
    """

    def codegen(context: Any, builder: Any, signature: Any, values: Sequence[Any]) -> Any:
        at, out, rows, vectors, scale_at, shift_at, epsilon, least = values
        stride = builder.mul(vectors, _I64(4 * NORM_LANES))
        count = builder.uitofp(builder.mul(vectors, _I64(NORM_LANES)), _F32)
        one_over = builder.fdiv(_F32(1.0), count)
        lowest = _everywhere(builder, least, NORM_LANES)
        with cgutils.for_range(builder, rows, intp=_I64) as loop:
            row = _Row(builder, _at(builder, at, loop.index, stride), NORM_LANES)
            mean = _mean(builder, row.reduced(vectors, _sum, start=0.0), one_over)
            variance = _mean(builder, row.reduced(vectors, _sum_of_squares(mean), start=0.0), one_over)
            deviation = _call(
                builder, "llvm.sqrt", builder.fadd(variance, _everywhere(builder, epsilon, NORM_LANES))
            )
            factor = builder.fdiv(_all(1.0, NORM_LANES), deviation)
            target = _at(builder, out, loop.index, stride)
            with cgutils.for_range(builder, vectors, intp=_I64) as over:
                column = builder.mul(over.index, _I64(4 * NORM_LANES))
                centred = builder.fmul(builder.fsub(row.load(over.index), mean), factor)
                scale = _load(builder, builder.add(scale_at, column), NORM_LANES)
                shift = _load(builder, builder.add(shift_at, column), NORM_LANES)
                # in this order, so that NaN stays NaN
                value = _larger(builder, _fused(builder, centred, scale, shift), lowest)
                _store(builder, value, builder.add(target, column))
        return context.get_dummy_value()

    return types.void(*[types.intp] * 6, types.float32, types.float32), codegen


Fold = Callable[[Any, Any, Any], Any]
"""From the builder, what was folded so far and the next vector to what is folded now."""


class _Row:
    """Vectors in memory, side by side or a stride apart."""

    def __init__(self, builder: Any, address: Any, lanes: int, *, stride: Any = None) -> None:
        self.builder, self.address, self.lanes = builder, address, lanes
        self.stride = _I64(4 * lanes) if stride is None else stride
        self.place: Any = None

    def load(self, index: Any) -> Any:
        """The vector of this number, whose place is remembered for `put`."""
        self.place = _at(self.builder, self.address, index, self.stride)
        return _load(self.builder, self.place, self.lanes)

    def put(self, value: Any) -> None:
        """Replace the vector loaded last."""
        _store(self.builder, value, self.place)

    def reduced(self, count: Any, fold: Fold, *, start: float) -> Any:
        """All vectors folded into one, lane by lane."""
        place = cgutils.alloca_once_value(self.builder, _all(start, self.lanes))
        with cgutils.for_range(self.builder, count, intp=_I64) as loop:
            self.builder.store(fold(self.builder, self.builder.load(place), self.load(loop.index)), place)
        return self.builder.load(place)

    def changed(self, count: Any, change: Callable[[Any, Any], Any]) -> None:
        """Every vector replaced."""
        with cgutils.for_range(self.builder, count, intp=_I64) as loop:
            self.put(change(self.load(loop.index), loop.index))


def _sum(builder: Any, before: Any, value: Any) -> Any:
    return builder.fadd(before, value)


def _larger(builder: Any, before: Any, value: Any) -> Any:
    return builder.select(builder.fcmp_ordered(">", value, before), value, before)


def _sum_of_squares(mean: Any) -> Fold:
    def fold(builder: Any, before: Any, value: Any) -> Any:
        away = builder.fsub(value, mean)
        return _fused(builder, away, away, before)

    return fold


def _sum_of_exponentials(row: _Row, largest: Any) -> Fold:
    """Puts the exponentials where the numbers were."""

    def fold(builder: Any, before: Any, value: Any) -> Any:
        exponential = _exponential(builder, builder.fsub(value, largest))
        row.put(exponential)
        return builder.fadd(before, exponential)

    return fold


def _exponential(builder: Any, x: Any) -> Any:
    """e^x for x up to 88, to 2 units in the last place: 2^n times a polynomial of what n leaves over."""
    x = _larger(builder, _all(LEAST, LANES), x)
    shifted = _fused(builder, x, _all(_LOG2_E, LANES), _all(_ROUNDS, LANES))
    n = builder.fsub(shifted, _all(_ROUNDS, LANES))
    rest = _fused(builder, n, _all(-_LN2_HIGH, LANES), x)
    rest = _fused(builder, n, _all(-_LN2_LOW, LANES), rest)
    value = _all(_POLYNOMIAL[0], LANES)
    for coefficient in _POLYNOMIAL[1:]:
        value = _fused(builder, value, rest, _all(coefficient, LANES))
    value = _fused(builder, value, builder.fmul(rest, rest), builder.fadd(rest, _all(1.0, LANES)))
    words = ir.VectorType(_I32, LANES)
    exponent = builder.shl(builder.bitcast(shifted, words), ir.Constant(words, [23] * LANES))
    return builder.bitcast(builder.add(builder.bitcast(value, words), exponent), ir.VectorType(_F32, LANES))


def _across(builder: Any, vector: Any, fold: Fold, *, down_to: Any) -> Any:
    """Every lane folded with those a multiple of `down_to` away."""
    lanes = vector.type.count
    by = lanes // 2
    while by:
        rotated = ir.Constant(ir.VectorType(_I32, lanes), [(lane + by) % lanes for lane in range(lanes)])
        folded = fold(builder, vector, builder.shuffle_vector(vector, vector, rotated))
        vector = builder.select(builder.icmp_unsigned("<=", down_to, _I64(by)), folded, vector)
        by //= 2
    return vector


def _mean(builder: Any, total: Any, one_over: Any) -> Any:
    """Of all lanes, in every lane."""
    total = _across(builder, total, _sum, down_to=_I64(1))
    return builder.fmul(total, _everywhere(builder, one_over, total.type.count))


def _at(builder: Any, base: Any, number: Any, stride: Any) -> Any:
    return builder.add(base, builder.mul(number, stride))


def _load(builder: Any, address: Any, lanes: int) -> Any:
    return builder.load(builder.inttoptr(address, ir.VectorType(_F32, lanes).as_pointer()), align=4)


def _store(builder: Any, value: Any, address: Any) -> None:
    builder.store(value, builder.inttoptr(address, value.type.as_pointer()), align=4)


def _all(value: float, lanes: int) -> Any:
    return ir.Constant(ir.VectorType(_F32, lanes), [value] * lanes)


def _everywhere(builder: Any, value: Any, lanes: int) -> Any:
    """A number in every lane."""
    first = builder.insert_element(_all(0.0, lanes), value, _I32(0))
    return builder.shuffle_vector(first, first, ir.Constant(ir.VectorType(_I32, lanes), [0] * lanes))


def _fused(builder: Any, left: Any, right: Any, added: Any) -> Any:
    # fmuladd, not fma: without hardware fma the latter is a library call per lane
    return _call(builder, "llvm.fmuladd", left, right, added)


def _call(builder: Any, name: str, *arguments: Any) -> Any:
    kind = arguments[0].type
    signature = ir.FunctionType(kind, [argument.type for argument in arguments])
    function = cgutils.get_or_insert_function(builder.module, signature, f"{name}.v{kind.count}f32")
    return builder.call(function, arguments)
