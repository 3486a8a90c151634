"""What every file format is turned into, and what is added to every file written back."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float32, Float64, Int32, Int64, Shaped, UInt8

LABEL_NAMES = ("lasso_label", "lasso_object", "lasso_uncertainty")

BLOCK_ROWS = 16_384
"""Rows converted at a time: the temporaries stay in the cache (measured: 32 ms against 40 ms for 5M points)."""

_WHOLE_NUMBERS = re.compile(r"lasso_(label|object)(_\d+)?")


@dataclass(frozen=True, eq=False)
class Records:
    """All records of a file, in file order, in the file's own coordinates; NaN where the file has NaN."""

    xyz: Float64[np.ndarray, "r 3"] | Float32[np.ndarray, "r 3"]
    rgb: UInt8[np.ndarray, "r 3"] | None = None
    normals: Float32[np.ndarray, "r 3"] | None = None
    extra: Mapping[str, np.ndarray] = field(default_factory=dict)
    """Every other field, native byte order, r values each, by its name in the file."""
    sample_of_vertex: Int64[np.ndarray, " v"] | None = None
    """Meshes only: the records are samples of the surface, and this is the sample nearest to each vertex."""


@dataclass(frozen=True, eq=False)
class LabelColumns:
    """What is added to a file, one value for each of its records (meshes: vertices)."""

    label: Int32[np.ndarray, " r"]
    """Row of the segmentation, -1 = none."""
    object: Int32[np.ndarray, " r"]
    """Click or instance number, 0 = none."""
    uncertainty: Float32[np.ndarray, " r"]
    names: tuple[str, ...]
    """Name of each row."""

    def columns(self, taken: Iterable[str]) -> dict[str, np.ndarray]:
        """The three arrays under names that are still free: `lasso_label`, or `lasso_label_2` and so on."""
        busy = set(taken)
        arrays = (self.label, self.object, self.uncertainty)
        return {_free_name(name, busy): array for name, array in zip(LABEL_NAMES, arrays, strict=True)}

    def names_key(self, taken: Iterable[str]) -> str:
        """Where the names of the rows go: `lasso_names`, with the number that `lasso_label` got in `columns`."""
        return "lasso_names" + _free_name("lasso_label", set(taken)).removeprefix("lasso_label")


def _free_name(name: str, taken: set[str]) -> str:
    number = 2
    free = name
    while free in taken:
        free = f"{name}_{number}"
        number += 1
    return free


def whole_numbers_again(name: str, values: np.ndarray) -> np.ndarray:
    """Our labels and object numbers as int32 where another program, such as CloudCompare, made them floats."""
    if values.dtype.kind != "f" or not _WHOLE_NUMBERS.fullmatch(name):
        return values
    whole = np.isfinite(values).all() and (values == np.rint(values)).all() and (np.abs(values) < 2**31).all()
    return values.astype(np.int32) if whole else values


def colours_u8(rgb: Shaped[np.ndarray, "r 3"]) -> UInt8[np.ndarray, "r 3"]:
    """Colours of any depth as 0..255: 8 bit as they are, 16 bit that use the upper byte / 257, floats 0..1 x 255.

    LAS writers disagree on 16 or 8 bit in 16-bit fields, so the range of the values decides for the whole file.
    """
    values = np.asarray(rgb)
    if values.dtype == np.uint8:
        return np.array(values)
    scale = _colour_scale(values)
    colours = np.empty(values.shape, np.uint8)
    with np.errstate(over="ignore", invalid="ignore"):
        for start in range(0, len(values), BLOCK_ROWS):
            block = values[start : start + BLOCK_ROWS] * scale
            colours[start : start + BLOCK_ROWS] = np.nan_to_num(np.clip(np.rint(block), 0, 255))
    return colours


def directions_f32(normals: Shaped[np.ndarray, "r 3"]) -> Float32[np.ndarray, "r 3"]:
    """Normals in f32; what is too large for it becomes infinite, as no direction is."""
    with np.errstate(over="ignore", invalid="ignore"):
        return normals.astype(np.float32, copy=False)


def _colour_scale(values: np.ndarray) -> float:
    largest = np.nan_to_num(np.fmax.reduce(values, axis=None, initial=0)) if values.size else 0
    if values.dtype.kind == "f" and largest <= 1:
        return 255.0
    return 1 / 257 if largest > 255 else 1.0
