"""A kernel map as the convolutions use it: checked once, and what is derived from it made once."""

import weakref
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import torch
from jaxtyping import Int32
from torch import Tensor

from lasso3d.geometry.compiled import compiled
from lasso3d.geometry.kernel_maps import KernelMap

_Derived = TypeVar("_Derived")


class Pairs:
    """A kernel map whose rows lie inside its input and output, so that raw addresses may follow it.

    The check is made once: the arrays of a map must not be written to afterwards.
    """

    def __init__(self, kernel_map: KernelMap) -> None:
        _require_sound(kernel_map)
        self.source = kernel_map.input
        self.target = kernel_map.output
        self.start = kernel_map.start
        self.inputs = kernel_map.inputs
        self.outputs = kernel_map.outputs
        self.offsets = kernel_map.offsets
        self.block = kernel_map.block
        self._derived: dict[object, Any] = {}

    def once(self, name: object, make: Callable[[], _Derived]) -> _Derived:
        """What `make` returns, made at the first call under this name."""
        if name not in self._derived:
            self._derived[name] = make()
        return self._derived[name]

    def transposed(self) -> "Pairs":
        """Input and output swapped, each offset kept: what carries gradients back."""
        return self.once("transposed", lambda: Pairs(self._kernel_map().transposed()))

    def _kernel_map(self) -> KernelMap:
        return KernelMap(self.source, self.target, self.start, self.inputs, self.outputs, self.offsets, self.block)

    def table(self, device: torch.device) -> Int32[Tensor, "outputs offsets"]:
        """For each output row and offset the input row, or the number of inputs where there is none."""
        return self.once(("table", device), lambda: torch.from_numpy(self._table()).to(device))

    def _table(self) -> Int32[np.ndarray, "outputs offsets"]:
        table = np.full((self.outputs, self.offsets), self.inputs, np.int32)
        offset = np.tile(np.arange(self.offsets), len(self.start))
        table[self.target, np.repeat(offset, np.diff(self.start, axis=1).ravel())] = self.source
        return table


_known: dict[int, Pairs] = {}


def pairs_of(kernel_map: KernelMap) -> Pairs:
    """The checked pairs of a map, the same ones for as long as the map lives; ValueError if it is unsound."""
    key = id(kernel_map)
    if key not in _known:
        _known[key] = Pairs(kernel_map)
        weakref.finalize(kernel_map, _known.pop, key, None)
    return _known[key]


def _require_sound(kernel_map: KernelMap) -> None:
    """Refuse what would send the fast loops outside their arrays, or two pairs of one group to the same row."""
    blocks = -(-kernel_map.outputs // kernel_map.block)
    _require_array("input", kernel_map.input, shape=kernel_map.input.shape[:1], dtype=np.int32)
    _require_array("output", kernel_map.output, shape=kernel_map.input.shape[:1], dtype=np.int32)
    _require_array("start", kernel_map.start, shape=(blocks, kernel_map.offsets + 1), dtype=np.int64)
    group = _first_unsound_group(
        kernel_map.input,
        kernel_map.output,
        kernel_map.start,
        kernel_map.inputs,
        kernel_map.outputs,
        kernel_map.block,
    )
    if group >= 0:
        raise ValueError(
            f"kernel map: the pairs of block {group // kernel_map.offsets}, offset {group % kernel_map.offsets} "
            f"leave {kernel_map.inputs} inputs, {kernel_map.outputs} outputs or their block, or do not ascend"
        )


def _require_array(name: str, array: np.ndarray, *, shape: tuple[int, ...], dtype: type) -> None:
    if array.dtype != dtype or array.shape != shape or not array.flags.c_contiguous:
        raise ValueError(
            f"kernel map: {name} must be a contiguous {np.dtype(dtype)} array of shape {shape}, "
            f"found {array.dtype} of shape {array.shape}"
        )


@compiled
def _first_unsound_group(source, target, start, inputs, outputs, block):
    """Block * offsets + offset of the first group with a bad pair, or -1."""
    offsets = start.shape[1] - 1
    for b in range(start.shape[0]):
        for offset in range(offsets):
            begin, end = start[b, offset], start[b, offset + 1]
            before = b * block - 1
            sound = 0 <= begin <= end <= len(source)
            for p in range(begin, end if sound else begin):
                sound &= 0 <= source[p] < inputs and before < target[p] < min(outputs, (b + 1) * block)
                before = target[p]
            if not sound:
                return b * offsets + offset
    return -1
