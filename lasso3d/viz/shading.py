"""From a depth buffer to colours: shape through darkened edges, then masks and heat on top."""

from dataclasses import dataclass
from typing import final

import numpy as np
from jaxtyping import Bool, Float32, Int32, UInt8

from lasso3d.geometry.cameras import Camera
from lasso3d.geometry.compiled import compiled
from lasso3d.geometry.render import Splat, splat
from lasso3d.viz.palette import BACKGROUND, cividis, darkened_grey, row_colours

SUPERSAMPLING = 2
"""Each pixel of the picture is the mean of 2 x 2 drawn ones: smooth edges without blending while drawing."""


@final
@dataclass(frozen=True, eq=False)
class Surface:
    """What there is to draw: points and, for each, what the panels show of it."""

    xyz: Float32[np.ndarray, "n 3"]
    radius: Float32[np.ndarray, " n"]
    """Metres."""
    rgb: UInt8[np.ndarray, "n 3"]
    row: Int32[np.ndarray, " n"]
    """-1 = none."""
    uncertainty: Float32[np.ndarray, " n"]

    def some(self, kept: Bool[np.ndarray, " n"]) -> "Surface":
        """A part of it."""
        return Surface(self.xyz[kept], self.radius[kept], self.rgb[kept], self.row[kept], self.uncertainty[kept])


@final
@dataclass(frozen=True, eq=False)
class Sight:
    """A surface seen by a camera, at the supersampled resolution."""

    surface: Surface
    camera: Camera
    seen: Splat
    light: Float32[np.ndarray, "h w"]
    """1 = fully lit, less beside nearer things."""

    def row(self) -> Int32[np.ndarray, "h w"]:
        """Row seen at each pixel, -1 = none."""
        return np.where(self.seen.index >= 0, self.surface.row[self.seen.index], np.int32(-1))


def look(surface: Surface, camera: Camera) -> Sight:
    """Draw a surface once; all panels are coloured from the result."""
    seen = splat(surface.xyz, camera, radius=surface.radius)
    # twice, because a gap between discs is seldom wider than four drawn pixels
    seen = Splat(*_closed(*_closed(seen.depth, seen.index)))
    thickness = float(np.linalg.norm(np.ptp(np.percentile(surface.xyz, (2, 98), axis=0), axis=0)))
    return Sight(surface, camera, seen, eye_dome_light(seen.depth, max(thickness, 1e-6)))


def scan_panel(sight: Sight) -> UInt8[np.ndarray, "h w 3"]:
    """The scan in its own colours."""
    return _developed(sight, sight.surface.rgb[sight.seen.index].astype(np.float32))


def masks_panel(sight: Sight) -> UInt8[np.ndarray, "h w 3"]:
    """Each row in its colour over the darkened scan, with a light outline."""
    row = sight.row()
    rgb = sight.surface.rgb[sight.seen.index]
    colour = darkened_grey(rgb.reshape(-1, 3)).reshape(rgb.shape)
    inside = row >= 0
    # a little of the scan's own light keeps prints and folds visible under the flat colour
    texture = 0.72 + 0.28 * (colour[inside][:, :1] - 38) / 92
    colour[inside] = row_colours(row[inside]) * texture
    edge = _outline(row)
    colour[edge] = 0.4 * colour[edge] + 0.6 * 245
    return _developed(sight, colour)


def uncertainty_panel(sight: Sight) -> UInt8[np.ndarray, "h w 3"]:
    """Heat over the darkened scan; where the answer is certain mostly scan, where it is not mostly heat."""
    uncertainty = sight.surface.uncertainty[sight.seen.index]
    rgb = sight.surface.rgb[sight.seen.index]
    grey = darkened_grey(rgb.reshape(-1, 3)).reshape(rgb.shape)
    share = (0.45 + 0.45 * uncertainty)[..., None]
    return _developed(sight, grey * (1 - share) + cividis(uncertainty) * share)


def eye_dome_light(depth: Float32[np.ndarray, "h w"], thickness: float) -> Float32[np.ndarray, "h w"]:
    """Darkness where neighbouring pixels are nearer (eye-dome lighting, Boucheny 2009), at two ranges.

    Args:
        depth: infinite where nothing is seen; such pixels neither darken nor are darkened.
        thickness: metres that count as a deep step: the size of what is shown.
    """
    shade = np.zeros(depth.shape, np.float32)
    for reach, weight in ((2, 18.0), (6, 7.0)):
        _darken(depth, reach, weight / thickness, shade)
    return np.exp(-np.minimum(shade, 1.6))


def _developed(sight: Sight, colour: Float32[np.ndarray, "h w 3"]) -> UInt8[np.ndarray, "h/2 w/2 3"]:
    """Light applied, emptiness painted, supersampled pixels averaged."""
    lit = np.where(
        (sight.seen.index >= 0)[..., None], colour * sight.light[..., None], BACKGROUND.astype(np.float32)
    )
    height, width = lit.shape[0] // SUPERSAMPLING, lit.shape[1] // SUPERSAMPLING
    blocks = lit.reshape(height, SUPERSAMPLING, width, SUPERSAMPLING, 3)
    return np.clip(blocks.mean((1, 3)) + 0.5, 0, 255).astype(np.uint8)


def _outline(row: Int32[np.ndarray, "h w"]) -> np.ndarray:
    """Pixels of a row beside another row or none, two drawn pixels wide: one in the picture."""
    edge = np.zeros(row.shape, bool)
    for axis in (0, 1):
        for step in (-1, 1):
            edge |= np.roll(row, step, axis) != row
    return edge & (row >= 0)


@compiled
def _darken(depth, reach, weight, shade):
    """Add to `shade` by how much, on average, the eight neighbours `reach` pixels away are nearer."""
    height, width = depth.shape
    for v in range(height):
        for u in range(width):
            here = depth[v, u]
            if not np.isfinite(here):
                continue
            nearer = 0.0
            for dv in range(-1, 2):
                for du in range(-1, 2):
                    y, x = v + dv * reach, u + du * reach
                    if 0 <= y < height and 0 <= x < width and np.isfinite(depth[y, x]):
                        nearer += max(0.0, here - depth[y, x])
            shade[v, u] += weight * nearer / 8


@compiled
def _closed(depth, index):
    """Pinholes filled: an empty pixel with at least five of eight neighbours seen takes the farthest of them."""
    height, width = depth.shape
    closed_depth, closed_index = depth.copy(), index.copy()
    for v in range(1, height - 1):
        for u in range(1, width - 1):
            if index[v, u] >= 0:
                continue
            count, farthest = 0, -1.0
            for y in range(v - 1, v + 2):
                for x in range(u - 1, u + 2):
                    if index[y, x] >= 0:
                        count += 1
                        if depth[y, x] > farthest:
                            farthest = depth[y, x]
                            closed_depth[v, u], closed_index[v, u] = depth[y, x], index[y, x]
            if count < 5:
                closed_depth[v, u], closed_index[v, u] = np.inf, -1
    return closed_depth, closed_index
