"""What every file format is turned into, and what is added to every file written back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float32, Float64, Int32, Int64, UInt8

LABEL_NAMES = ("lasso_label", "lasso_object", "lasso_uncertainty")


@dataclass(frozen=True, eq=False)
class Records:
    """The records of a file: all of them, in file order, in the file's own coordinates; NaN where the file has NaN."""

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


def _free_name(name: str, taken: set[str]) -> str:
    number = 2
    free = name
    while free in taken:
        free = f"{name}_{number}"
        number += 1
    return free


def colours_u8(rgb: np.ndarray) -> UInt8[np.ndarray, "r 3"]:
    """Colours of any depth as 0..255: 8 bit as they are, 16 bit that use the upper byte / 257, floats 0..1 x 255.

    LAS writers disagree on 16 or 8 bit in 16-bit fields, so the range of the values decides for the whole file.
    """
    values = np.asarray(rgb)
    if values.dtype == np.uint8:
        return np.array(values)
    largest = np.nanmax(values) if values.size else 0
    if values.dtype.kind == "f" and largest <= 1:
        scaled = values * 255
    elif largest > 255:
        scaled = values / 257
    else:
        scaled = values
    return np.nan_to_num(np.clip(np.rint(scaled), 0, 255)).astype(np.uint8)
