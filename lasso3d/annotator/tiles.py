"""A scan as pages show it: prepared once, kept on disk, read by slices."""

import json
import os
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, final

import numpy as np
from jaxtyping import Float32, Int8, UInt16, UInt32

from lasso3d.annotator.order import BYTES_PER_POINT, Tile, order_key, order_of, runs, tile_bytes
from lasso3d.core.scene import Scene, View
from lasso3d.core.segmenter import Progress
from lasso3d.geometry.neighbors import nearest
from lasso3d.geometry.normals import normals_and_curvature
from lasso3d.geometry.voxels import bounds, point_spacing, voxel_size, voxelize
from lasso3d.io.posed import VIEWS, FolderViews

FORMAT = 1
"""Of the folder; another one is prepared anew."""
MANIFEST = "manifest.json"
INTENSITIES = ("intensity", "scalar_intensity", "reflectance", "remission", "reflectivity")
"""Names under which files keep the strength of a return."""
GREY = 128
"""Of points without a colour."""
NORMAL_NEIGHBORS = 12


@final
@dataclass(frozen=True)
class Manifest:
    """What a page must know before it asks for tiles."""

    format: int
    scene: str
    name: str
    digest: str
    """Of the scene: `Scene.digest`."""
    source: str
    """sha256 of the file."""
    order: str
    """Of the points in the tiles; masks name it."""
    n: int
    coarse: int
    """Points of layer 0."""
    bounds: tuple[tuple[float, float, float], tuple[float, float, float]]
    """Scene frame, metres."""
    origin: tuple[float, float, float]
    """File coordinates of the scene's zero point."""
    up: str
    unit: float
    colours: bool
    intensity: dict[str, Any] | None
    """Name, lower and upper value of what the fourth 16 bits show."""
    normals: str
    """"file" or "estimated"."""
    spacing: float
    """Metres between neighbouring points."""
    voxel: float
    """Metres."""
    tile_bytes_per_point: int
    tiles: tuple[Tile, ...]


def prepare(folder: Path, scene: Scene, *, key: str, progress: Progress) -> None:
    """Write everything a page and a worker need of a scene; the folder appears whole or not at all."""
    temporary = folder.parent / f".tmp-{secrets.token_hex(8)}"
    temporary.mkdir(parents=True)
    try:
        _write(temporary, scene, key, progress)
        shutil.rmtree(folder, ignore_errors=True)
        os.replace(temporary, folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def is_prepared(folder: Path) -> bool:
    """Whether the folder holds a scene in today's form."""
    try:
        return json.loads((folder / MANIFEST).read_text())["format"] == FORMAT
    except (OSError, ValueError, KeyError):
        return False


@final
class Display:
    """A prepared scene; arrays are mapped from disk, so that many scenes cost little."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        plain = _tuples(json.loads((folder / MANIFEST).read_text()))
        self.manifest = Manifest(**plain | {"tiles": tuple(Tile(**tile) for tile in plain["tiles"])})

    @cached_property
    def perm(self) -> UInt32[np.ndarray, " n"]:
        """Index in the scene of every point shown."""
        return np.load(self.folder / "perm.npy", mmap_mode="r")

    @cached_property
    def xyz(self) -> Float32[np.ndarray, "n 3"]:
        """In the order of the scene."""
        return np.load(self.folder / "xyz.npy", mmap_mode="r")

    def position(self, point: int) -> tuple[float, float, float]:
        """Where a point shown lies, exactly."""
        x, y, z = self.xyz[self.perm[point]].tolist()
        return x, y, z

    def point_at(self, xyz: Sequence[float]) -> int:
        """The point shown that lies nearest to a position."""
        away = self.xyz - np.asarray(xyz, np.float32)
        index = int(np.einsum("nd,nd->n", away, away).argmin())
        return int(np.flatnonzero(self.perm == index)[0])

    def tile(self, k: int) -> bytes:
        """Positions, intensities and colours of one tile."""
        tile = self.manifest.tiles[k]
        with (self.folder / "tiles.bin").open("rb") as file:
            file.seek(tile.first * BYTES_PER_POINT)
            return file.read(tile.count * BYTES_PER_POINT)

    def tile_normals(self, k: int) -> bytes:
        """Three signed bytes per point of one tile."""
        path = self.folder / "shown_normals.npy"
        if not path.exists():
            save_whole(path, self._estimated())
        tile = self.manifest.tiles[k]
        shown: Int8[np.ndarray, "n 3"] = np.load(path, mmap_mode="r")
        return shown[tile.first : tile.first + tile.count].tobytes()

    def scene(self) -> Scene:
        """The scene as it was read, without what segmenters do not look at."""
        m = self.manifest
        source = Path(json.loads((self.folder / "source.json").read_text()))
        views: Sequence[View] = FolderViews(source / VIEWS) if (source / VIEWS).is_dir() else ()
        rgb, normals = self._stored("rgb"), self._stored("normals")
        xyz = self._stored("xyz")
        return Scene(xyz, rgb=rgb, normals=normals, origin=np.array(m.origin), name=m.name, views=views)

    def _stored(self, name: str) -> np.ndarray | None:
        """An array of the folder that a scene takes without a copy; None where there is none."""
        path = self.folder / f"{name}.npy"
        if not path.exists():
            return None
        mapped = np.load(path, mmap_mode="r")
        owned = np.empty(mapped.shape, mapped.dtype)
        owned[:] = mapped
        owned.flags.writeable = False
        return owned

    def _estimated(self) -> Int8[np.ndarray, "n 3"]:
        """Normals of voxels, given to their points."""
        xyz = np.asarray(self.xyz)
        voxels = voxelize(xyz, self.manifest.voxel)
        centroid = voxels.mean(xyz)
        normals, _ = normals_and_curvature(centroid, nearest(centroid, NORMAL_NEIGHBORS)[0])
        return _bytes(normals)[voxels.of_point[self.perm]]


def save_whole(path: Path, array: np.ndarray) -> None:
    """Write an array that others may be waiting to read."""
    temporary = path.with_name(f".tmp-{secrets.token_hex(8)}.npy")
    np.save(temporary, array, allow_pickle=False)
    os.replace(temporary, path)


def _tuples(value: Any) -> Any:
    """Lists of JSON as the tuples they were."""
    if isinstance(value, dict):
        return {name: _tuples(item) for name, item in value.items()}
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value


def _write(folder: Path, scene: Scene, key: str, progress: Progress) -> None:
    progress(0.5, "order")
    perm, coarse = order_of(scene.xyz)
    progress(0.7, "tiles")
    strength, intensity = _intensity(scene, perm)
    tiles = _write_tiles(folder, scene, perm, strength, runs(len(scene), coarse))
    progress(0.9, "arrays")
    for name in ("xyz", "rgb", "normals"):
        if (values := getattr(scene, name)) is not None:
            np.save(folder / f"{name}.npy", values, allow_pickle=False)
    np.save(folder / "perm.npy", perm, allow_pickle=False)
    if scene.normals is not None:
        np.save(folder / "shown_normals.npy", _bytes(scene.normals)[perm], allow_pickle=False)
    manifest = _manifest(scene, key=key, perm=perm, coarse=coarse, intensity=intensity, tiles=tiles)
    (folder / "source.json").write_text(json.dumps(str(scene.source.path if scene.source else "")))
    (folder / MANIFEST).write_text(json.dumps(asdict(manifest)))
    progress(1.0, "done")


def _manifest(
    scene: Scene,
    *,
    key: str,
    perm: UInt32[np.ndarray, " n"],
    coarse: int,
    intensity: dict[str, Any] | None,
    tiles: tuple[Tile, ...],
) -> Manifest:
    lower, upper = bounds(scene.xyz)
    voxel = voxel_size(scene.xyz)
    x, y, z = scene.origin.tolist()
    return Manifest(
        format=FORMAT,
        scene=key,
        name=scene.name,
        digest=scene.digest,
        source=scene.source.digest if scene.source else "",
        order=order_key(perm),
        n=len(scene),
        coarse=coarse,
        bounds=(_triple(lower), _triple(upper)),
        origin=(x, y, z),
        up=scene.source.up if scene.source else "z",
        unit=scene.source.unit if scene.source else 1.0,
        colours=scene.rgb is not None,
        intensity=intensity,
        normals="estimated" if scene.normals is None else "file",
        spacing=point_spacing(scene.xyz, start=voxel),
        voxel=voxel,
        tile_bytes_per_point=BYTES_PER_POINT,
        tiles=tiles,
    )


def _triple(values: np.ndarray) -> tuple[float, float, float]:
    x, y, z = values.tolist()
    return x, y, z


def _write_tiles(
    folder: Path,
    scene: Scene,
    perm: UInt32[np.ndarray, " n"],
    strength: UInt16[np.ndarray, " n"] | None,
    cut: list[tuple[int, int, int]],
) -> tuple[Tile, ...]:
    tiles = []
    with (folder / "tiles.bin").open("wb") as file:
        for first, count, layer in cut:
            chosen = perm[first : first + count]
            colours = np.full((count, 3), GREY, np.uint8) if scene.rgb is None else scene.rgb[chosen]
            shown = np.zeros(count, np.uint16) if strength is None else strength[chosen]
            content, origin, scale = tile_bytes(scene.xyz[chosen], colours, shown)
            file.write(content)
            tiles.append(Tile(first, count, layer, origin, scale))
    return tuple(tiles)


def _intensity(
    scene: Scene, perm: UInt32[np.ndarray, " n"]
) -> tuple[UInt16[np.ndarray, " n"] | None, dict[str, Any] | None]:
    """The strength of returns in 16 bits, 1st to 99th percentile, which single mirrors cannot stretch."""
    names = {name.lower(): name for name in scene.extra}
    found = next((names[name] for name in INTENSITIES if name in names), None)
    if found is None or scene.extra[found].ndim != 1 or scene.extra[found].dtype.kind not in "fiu":
        return None, None
    values = np.nan_to_num(scene.extra[found].astype(np.float32), posinf=0, neginf=0)
    lower, upper = (float(v) for v in np.percentile(values[perm[:: max(1, len(perm) // 100_000)]], (1, 99)))
    share = np.clip((values - lower) / max(upper - lower, 1e-6), 0, 1)
    return np.rint(share * (2**16 - 1)).astype(np.uint16), {"name": found, "lower": lower, "upper": upper}


def _bytes(normals: Float32[np.ndarray, "k 3"]) -> Int8[np.ndarray, "k 3"]:
    return np.rint(np.clip(normals, -1, 1) * 127).astype(np.int8)
