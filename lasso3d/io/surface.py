"""Triangles with colours, and points spread evenly over them: how a mesh becomes a point cloud."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from jaxtyping import Float32, Float64, Int64, UInt8
from scipy.spatial import cKDTree

from lasso3d.io.records import Records

STEPS_PER_DIAGONAL = 250
"""Spacing of the samples is the diagonal of the mesh over this (by eye: chair legs are a few points across)."""

FEWEST_SAMPLES, MOST_SAMPLES = 20_000, 400_000
"""Bounds of their number (chosen by eye)."""

BLOCK_FACES = 1 << 18
"""Looked at together."""

WHITE = 255
"""Where only some parts of a mesh have colours; the base colour that glTF assumes."""


@dataclass(frozen=True, eq=False)
class Texture:
    """An image over the surface."""

    rgb: UInt8[np.ndarray, "h w 3"]
    uv: Float64[np.ndarray, "v 2"]
    """Of each vertex; (0, 0) is the upper left corner of the image, which repeats."""


@dataclass(frozen=True, eq=False)
class Surface:
    """Triangles in the coordinates of the file, vertices in the order of the file."""

    vertices: Float64[np.ndarray, "v 3"]
    faces: Int64[np.ndarray, "f 3"]
    """Indices of vertices; inside the range."""
    rgb: UInt8[np.ndarray, "v 3"] | None = None
    normals: Float32[np.ndarray, "v 3"] | None = None
    """Of the vertices, as the file gives them."""
    face_rgb: UInt8[np.ndarray, "f 3"] | None = None
    texture: Texture | None = None
    tint: tuple[float, float, float] | None = None
    """Base colour, 0 to 1; the colours are multiplied by it."""

    @property
    def coloured(self) -> bool:
        """Whether there is any colour at all."""
        return any(source is not None for source in (self.rgb, self.face_rgb, self.texture, self.tint))


@dataclass(frozen=True, eq=False)
class Samples:
    """Points on a surface."""

    face: Int64[np.ndarray, " r"]
    weight: Float64[np.ndarray, "r 3"]
    """Share of each corner of the face."""


def sampled(parts: tuple[Surface, ...]) -> Records:
    """Points spread evenly over all parts, and for each vertex the point nearest to it.

    Nothing is random: the same mesh gives the same points.
    """
    area = np.concatenate([face_areas(part) for part in parts])
    samples = spread(area, sample_count(parts, float(area.sum())))
    pairs = list(zip(parts, _by_part(parts, samples), strict=True))
    xyz = np.concatenate([_mixed(part.vertices, part, where) for part, where in pairs])
    rgb = (
        np.concatenate([_colours(part, where) for part, where in pairs]) if any(p.coloured for p in parts) else None
    )
    normals = np.concatenate([face_normals(part, where.face) for part, where in pairs])
    vertices = np.concatenate([part.vertices for part in parts])
    nearest = np.asarray(cKDTree(xyz).query(vertices)[1], np.int64)
    return Records(xyz, rgb=rgb, normals=normals, sample_of_vertex=nearest)


def sample_count(parts: tuple[Surface, ...], area: float) -> int:
    """As many as give the wanted spacing, within bounds."""
    filled = [part.vertices for part in parts if len(part.vertices)]
    lower = np.min([vertices.min(0) for vertices in filled], axis=0)
    upper = np.max([vertices.max(0) for vertices in filled], axis=0)
    spacing = float(np.linalg.norm(upper - lower)) / STEPS_PER_DIAGONAL
    return int(np.clip(area / spacing**2, FEWEST_SAMPLES, MOST_SAMPLES))


def spread(area: Float64[np.ndarray, " f"], count: int) -> Samples:
    """Equal steps along the summed areas give each face its share; within faces, the R2 sequence.

    R2 is the two-dimensional additive recurrence of the plastic number (Roberts 2018), folded into the triangle.
    """
    summed = np.cumsum(area)
    position = (np.arange(count) + 0.5) * (summed[-1] / count)
    face = np.minimum(np.searchsorted(summed, position, side="right"), len(area) - 1)
    plastic = 1.32471795724474602596
    uv = (0.5 + np.arange(count)[:, None] * np.array([1 / plastic, 1 / plastic**2])) % 1
    uv = np.where(uv.sum(1, keepdims=True) > 1, 1 - uv, uv)
    return Samples(face.astype(np.int64), np.column_stack([1 - uv.sum(1), uv]))


def face_areas(part: Surface) -> Float64[np.ndarray, " f"]:
    """In squared file units; block by block, because the corners take nine numbers a face."""
    starts = range(0, len(part.faces), BLOCK_FACES)
    blocks = [np.linalg.norm(_cross(part, part.faces[start : start + BLOCK_FACES]), axis=1) / 2 for start in starts]
    return np.concatenate([np.empty(0), *blocks])


def face_normals(part: Surface, which: Int64[np.ndarray, " r"]) -> Float32[np.ndarray, "r 3"]:
    """Unit vectors by the winding of these faces; zero for faces without area."""
    cross = _cross(part, part.faces[which])
    length = np.linalg.norm(cross, axis=1, keepdims=True)
    return (cross / np.where(length > 0, length, 1)).astype(np.float32)


def fan(indices: Int64[np.ndarray, " i"], lengths: Int64[np.ndarray, " p"]) -> Int64[np.ndarray, "f 3"]:
    """Polygons, one behind the other, as triangles that share their first corner; under 3 corners give none."""
    start = np.cumsum(lengths) - lengths
    triangles = np.maximum(lengths - 2, 0)
    step = np.arange(triangles.sum()) - np.repeat(np.cumsum(triangles) - triangles, triangles)
    first = np.repeat(start, triangles)
    return indices[np.column_stack([first, first + step + 1, first + step + 2])]


def _cross(part: Surface, faces: Int64[np.ndarray, "f 3"]) -> Float64[np.ndarray, "f 3"]:
    corners = part.vertices[faces]
    return np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])


def _by_part(parts: tuple[Surface, ...], samples: Samples) -> list[Samples]:
    """The samples of each part, with faces counted from its first one; samples come in the order of the faces."""
    first = np.cumsum([0, *(len(part.faces) for part in parts)])
    cuts = np.searchsorted(samples.face, first)
    spans = [slice(*cut) for cut in pairwise(cuts)]
    return [Samples(samples.face[s] - f, samples.weight[s]) for s, f in zip(spans, first, strict=False)]


def _mixed(of_vertex: np.ndarray, part: Surface, where: Samples) -> np.ndarray:
    """Values at the samples from values at the vertices."""
    corners = of_vertex[part.faces[where.face]]
    return np.einsum("rk,rkc->rc", where.weight, corners.astype(np.float64))


def _colours(part: Surface, where: Samples) -> UInt8[np.ndarray, "r 3"]:
    """Base colour times texture times vertex or face colour, as glTF combines them."""
    colour = np.full((len(where.face), 3), 255.0)
    if part.rgb is not None:
        colour = _mixed(part.rgb, part, where)
    elif part.face_rgb is not None:
        colour = part.face_rgb[where.face].astype(np.float64)
    if part.texture is not None:
        colour = colour * (_pixels(part.texture, _mixed(part.texture.uv, part, where)) / 255.0)
    if part.tint is not None:
        colour = colour * np.array(part.tint)
    return np.rint(np.clip(colour, 0, WHITE)).astype(np.uint8)


def _pixels(texture: Texture, uv: Float64[np.ndarray, "r 2"]) -> UInt8[np.ndarray, "r 3"]:
    height, width = texture.rgb.shape[:2]
    column = np.minimum((uv[:, 0] % 1 * width).astype(np.int64), width - 1)
    row = np.minimum((uv[:, 1] % 1 * height).astype(np.int64), height - 1)
    return texture.rgb[row, column]
