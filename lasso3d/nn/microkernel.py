"""Small matrix products kept in vector registers, emitted as LLVM IR for numba loops.

A compiler given the plain loops keeps the sums in memory and reaches 40 % of the machine; told which sums stay in
registers it reaches 70 to 98 %. Everything here works on raw addresses: the callers check shapes, types and
index ranges before.
"""

import inspect
import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import llvmlite.binding
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

_I32 = ir.IntType(32)
_I64 = ir.IntType(64)
_F32 = ir.FloatType()


class _BFloat(ir.Type):
    """LLVM's `bfloat`, which llvmlite does not name."""

    def _to_string(self) -> str:
        return "bfloat"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _BFloat)

    def __hash__(self) -> int:
        return hash(_BFloat)


@dataclass(frozen=True)
class Tile:
    """A block of sums held in registers."""

    rows: int
    vectors: int
    lanes: int

    @property
    def width(self) -> int:
        """Output channels covered."""
        return self.vectors * self.lanes


@dataclass(frozen=True)
class Tiling:
    """The tiles a processor has registers for."""

    wide: Tile
    narrow: Tile
    gradient: Tile
    bf16: bool
    """Whether the processor multiplies pairs of bf16 numbers."""


def cpu_features() -> frozenset[str]:
    """What the code is compiled for: NUMBA_CPU_FEATURES where set, else everything this processor has."""
    if "NUMBA_CPU_NAME" in os.environ or "NUMBA_CPU_FEATURES" in os.environ:
        named = os.environ.get("NUMBA_CPU_FEATURES", "").split(",")
        return frozenset(name[1:] for name in named if name.startswith("+"))
    host = llvmlite.binding.get_host_cpu_features()
    return frozenset(name for name, present in host.items() if present)


def tiling_for(features: frozenset[str], *, machine: str) -> Tiling:
    """The largest tiles that fit the registers: one too large spills, and costs 3.6 times the time."""
    if "avx512f" in features:  # 32 registers of 16 floats
        # LLVM 17 gave the bf16 product its present argument types
        bf16 = "avx512bf16" in features and llvmlite.binding.llvm_version_info >= (17,)
        return Tiling(Tile(6, 4, 16), Tile(8, 2, 16), Tile(8, 2, 16), bf16)
    if "avx2" in features and "fma" in features:  # 16 registers of 8 floats
        return Tiling(Tile(6, 2, 8), Tile(6, 2, 8), Tile(4, 2, 8), bf16=False)
    if machine in ("arm64", "aarch64"):  # 32 registers of 4 floats
        return Tiling(Tile(6, 4, 4), Tile(6, 4, 4), Tile(8, 2, 4), bf16=False)
    return Tiling(Tile(3, 2, 4), Tile(3, 2, 4), Tile(4, 2, 4), bf16=False)


TILING = tiling_for(cpu_features(), machine=platform.machine().lower())


class _Emitter:
    """Loads, broadcasts and multiply-adds of one tile."""

    def __init__(self, builder: Any, tile: Tile, *, bf16: bool) -> None:
        self.builder = builder
        self.tile = tile
        self.bf16 = bf16
        self.sums = ir.VectorType(_F32, tile.lanes)
        self.words = ir.VectorType(_I32, tile.lanes)
        self.factors = ir.VectorType(_BFloat(), 2 * tile.lanes) if bf16 else self.sums

    def at(self, address: Any, of_type: ir.Type) -> Any:
        return self.builder.inttoptr(address, of_type.as_pointer())

    def index(self, table: Any, first: Any, further: int) -> Any:
        """Entry `first + further` of a table of i32 row numbers."""
        entry = self.builder.add(self.row(table, first, _I64(4)), _I64(4 * further))
        return self.builder.sext(self.builder.load(self.at(entry, _I32)), _I64)

    def row(self, base: Any, number: Any, stride: Any) -> Any:
        return self.builder.add(base, self.builder.mul(number, stride))

    def vectors(self, address: Any, of_type: ir.Type) -> list[Any]:
        """The tile's width of 32-bit words from `address` on, as factors or sums."""
        loaded = []
        for vector in range(self.tile.vectors):
            place = self.builder.add(address, _I64(4 * self.tile.lanes * vector))
            loaded.append(self.builder.load(self.at(place, self.words), align=4))
        return [self.builder.bitcast(words, of_type) for words in loaded]

    def broadcast(self, address: Any) -> Any:
        """One 32-bit word (one float, or a pair of bf16) in every lane."""
        word = self.builder.load(self.at(address, _I32), align=2 if self.bf16 else 4)
        first = self.builder.insert_element(ir.Constant(self.words, ir.Undefined), word, _I32(0))
        everywhere = ir.Constant(self.words, [0] * self.tile.lanes)
        return self.builder.bitcast(self.builder.shuffle_vector(first, first, everywhere), self.factors)

    def add_product(self, place: Any, left: Any, right: Any) -> None:
        sums = self.builder.load(place)
        if self.bf16:
            name, arguments = "llvm.x86.avx512bf16.dpbf16ps.512", [sums, left, right]
        else:
            # fmuladd, not fma: without hardware fma the latter is a library call per lane
            name, arguments = f"llvm.fmuladd.v{self.tile.lanes}f32", [left, right, sums]
        signature = ir.FunctionType(self.sums, [argument.type for argument in arguments])
        function = cgutils.get_or_insert_function(self.builder.module, signature, name)
        self.builder.store(self.builder.call(function, arguments), place)

    def open_sums(self, addresses: Sequence[Any]) -> list[list[Any]]:
        """Stack places, which LLVM turns into registers, filled from the rows at `addresses`."""
        places = []
        for address in addresses:
            row = [cgutils.alloca_once(self.builder, self.sums) for _ in range(self.tile.vectors)]
            for place, value in zip(row, self.vectors(address, self.sums), strict=True):
                self.builder.store(value, place)
            places.append(row)
        return places

    def close_sums(self, places: Sequence[Sequence[Any]], addresses: Sequence[Any]) -> None:
        for row, address in zip(places, addresses, strict=True):
            for vector, place in enumerate(row):
                target = self.builder.add(address, _I64(4 * self.tile.lanes * vector))
                self.builder.store(self.builder.load(place), self.at(target, self.sums), align=4)


def row_products(tile: Tile) -> Any:
    """`out[target[p]] += x[source[p], :] @ w` over pairs p, on addresses, one tile of output channels wide.

    Arguments: the features (only their type counts: f32, or int16 holding bf16), then the addresses of x, w, out,
    source and target, pairs, steps (channels, or pairs of bf16 channels), and the bytes from one row to the next
    of x and of out; w has the rows of out. No target may occur twice.
    """

    def emit(builder: Any, values: Sequence[Any], *, bf16: bool) -> None:
        x, w, out, source, target, pairs, steps, x_stride, out_stride = values

        def products(rows: int, first: Any) -> None:
            code = _Emitter(builder, Tile(rows, tile.vectors, tile.lanes), bf16=bf16)
            inputs = [code.row(x, code.index(source, first, r), x_stride) for r in range(rows)]
            outputs = [code.row(out, code.index(target, first, r), out_stride) for r in range(rows)]
            sums = code.open_sums(outputs)
            with cgutils.for_range(builder, steps, intp=_I64) as loop:
                weights = code.vectors(code.row(w, loop.index, out_stride), code.factors)
                for address, places in zip(inputs, sums, strict=True):
                    factor = code.broadcast(code.row(address, loop.index, _I64(4)))
                    for place, weight in zip(places, weights, strict=True):
                        code.add_product(place, factor, weight)
            code.close_sums(sums, outputs)

        whole = builder.udiv(pairs, _I64(tile.rows))
        with cgutils.for_range(builder, whole, intp=_I64) as loop:
            products(tile.rows, builder.mul(loop.index, _I64(tile.rows)))
        done = builder.mul(whole, _I64(tile.rows))
        with cgutils.for_range(builder, builder.sub(pairs, done), intp=_I64) as loop:
            products(1, builder.add(done, loop.index))

    return _micro_kernel(emit)


def outer_products(tile: Tile) -> Any:
    """`w[c, :] += sum over pairs p of x[source[p], c] * g[target[p], :]`, on addresses, one tile of g wide.

    Arguments: the features (f32), then the addresses of x, g, w, source and target, pairs, tiles of channels c,
    and the bytes from one row to the next of x and of g; w has the rows of g.
    """

    def emit(builder: Any, values: Sequence[Any], *, bf16: bool) -> None:
        x, g, w, source, target, pairs, tiles, x_stride, g_stride = values
        code = _Emitter(builder, tile, bf16=bf16)
        with cgutils.for_range(builder, tiles, intp=_I64) as over_tiles:
            first = builder.mul(over_tiles.index, _I64(tile.rows))
            outputs = [code.row(w, builder.add(first, _I64(c)), g_stride) for c in range(tile.rows)]
            sums = code.open_sums(outputs)
            x_tile = code.row(x, first, _I64(4))
            with cgutils.for_range(builder, pairs, intp=_I64) as loop:
                left = code.row(x_tile, code.index(source, loop.index, 0), x_stride)
                right = code.row(g, code.index(target, loop.index, 0), g_stride)
                gradients = code.vectors(right, code.factors)
                for c, places in enumerate(sums):
                    factor = code.broadcast(builder.add(left, _I64(4 * c)))
                    for place, gradient in zip(places, gradients, strict=True):
                        code.add_product(place, factor, gradient)
            code.close_sums(sums, outputs)

    return _micro_kernel(emit)


def _micro_kernel(emit: Callable[..., None]) -> Any:
    """Make `emit` callable from compiled loops: the features, five addresses, two counts and two strides."""

    def typing(typingctx, like, a, b, c, d, e, count, steps, left, right):
        def codegen(context: Any, builder: Any, signature: Any, values: Sequence[Any]) -> Any:
            emit(builder, values[1:], bf16=isinstance(like.dtype, types.Integer))
            return context.get_dummy_value()

        return types.void(like, *[types.intp] * 9), codegen

    # the shape checks of the tests wrap nested functions too; numba must see the function below the wrapper
    return intrinsic(inspect.unwrap(typing))
