"""Posed RGB-D frames: a folder of pictures, depths and poses becomes one fused cloud with its views."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import final, overload

import numpy as np
from jaxtyping import Bool, Float32, Float64, UInt8
from PIL import Image

from lasso3d.core.errors import ReadError
from lasso3d.core.scene import Scene, Source, Up, View, whole_metre_origin
from lasso3d.geometry.cameras import Camera, unproject
from lasso3d.io.frames import turned
from lasso3d.io.images import decode_depth, decode_image
from lasso3d.io.rgbd_fusion import Grid
from lasso3d.io.rgbd_layouts import CAMERA_CURE, Frame, Recording, recording

log = logging.getLogger(__name__)

MOST_FRAMES = 400
"""Frames that are fused; of longer recordings every second, third, ... All of them are views."""
SAMPLED = 8
"""Frames looked at to choose the size of the cells."""
PIXELS = 2.0
"""Side of a cell, in pixels at the median depth."""
CELLS = (0.001, 0.02)
"""Metres; smallest and largest side of a cell."""
JUMP = 0.03
"""Share of its depth by which a pixel may differ from a neighbour; more is an edge, where depths are mixtures."""
NO_RETURN = 65535
"""What some recordings write instead of 0."""


@final
@dataclass(frozen=True, eq=False)
class _Rig:
    """The one camera of a recording, at the size of its depth images."""

    K: Float64[np.ndarray, "3 3"]
    K_colour: Float64[np.ndarray, "3 3"]
    shape: tuple[int, int]
    colour_shape: tuple[int, int]


@final
class FrameViews(Sequence[View]):
    """The frames of a recording as views, at the size of the depth images; each is read anew on every access."""

    def __init__(
        self, found: Recording, rig: _Rig, *, up: Up, unit: float, origin: Float64[np.ndarray, "3"]
    ) -> None:
        self._found, self._rig, self._up, self._unit, self._origin = found, rig, up, unit, origin

    def __len__(self) -> int:
        """Number of views."""
        return len(self._found.frames)

    @overload
    def __getitem__(self, index: int) -> View: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[View, ...]: ...
    def __getitem__(self, index: int | slice) -> View | tuple[View, ...]:
        """Read one view, or several.

        Raises:
            ReadError: an image of the frame is missing, damaged or of another size than the others.
        """
        if isinstance(index, slice):
            return tuple(self._read(frame) for frame in self._found.frames[index])
        return self._read(self._found.frames[index])

    def _read(self, frame: Frame) -> View:
        pose = _scene_pose(frame.T_world_camera, up=self._up, unit=self._unit, origin=self._origin)
        depth = _depth(frame, self._found, self._rig) * np.float32(self._unit)
        return View(_colour(frame, self._rig), self._rig.K, np.linalg.inv(pose), depth)


def read_frames(path: Path, *, up: Up = "z", unit: float = 1.0) -> Scene | None:
    """The cloud fused from a folder of posed RGB-D frames, with its views; None where there are no such frames.

    The points are means over the cells of a grid, weighted by one over the squared depth, because errors of depth
    grow with it. Depth edges are left out, and cells that only one pixel has met.

    Raises:
        ReadError: frames without poses or camera, or a damaged file.
    """
    found = recording(path)
    if found is None:
        return None
    # of all frames, as `frames_digest` sees them later
    digest = _digest(found)
    coloured = any(frame.colour is not None for frame in found.frames)
    used = tuple(frame for frame in found.frames if not coloured or frame.colour is not None)
    lost = found.lost + len(found.frames) - len(used)
    found = replace(found, frames=used, lost=lost)
    rig = _rig(found)
    if found.K is None:
        log.warning("%s: no intrinsics, taken as a focal length of %.1f pixels; %s", path, rig.K[0, 0], CAMERA_CURE)
    if lost:
        log.info("%s: %d of %d frames have no pose or no picture", path, lost, lost + len(used))
    grid = _fused(found, rig, coloured=coloured)
    xyz, rgb = grid.points()
    if not len(xyz):
        raise ReadError("its depth images show nothing", str(path), "check depth_scale, poses and intrinsics")
    world = turned(xyz, up) * unit
    origin = whole_metre_origin(world)
    views = FrameViews(found, rig, up=up, unit=unit, origin=origin) if coloured else ()
    return Scene(
        (world - origin).astype(np.float32),
        rgb=rgb if coloured else None,
        views=views,
        origin=origin,
        name=path.resolve().name,
        source=Source(path, digest, np.arange(len(xyz)), up=up, unit=unit),
    )


def frames_digest(path: Path) -> str:
    """The fingerprint of a recording, hex: names and sizes of its images, its poses and its camera.

    Raises:
        ReadError: it is none any more.
    """
    found = recording(path)
    if found is None:
        raise ReadError("holds no posed frames", str(path), "check the folder")
    return _digest(found)


def _digest(found: Recording) -> str:
    sha = sha256(b"lasso3d frames 1")
    for frame in found.frames:
        for file in (frame.depth, frame.colour):
            sha.update(b"-" if file is None else f"{file.name} {file.stat().st_size}\n".encode())
        sha.update(frame.T_world_camera.tobytes())
    for K in (found.K, found.K_colour):
        sha.update(b"-" if K is None else K.tobytes())
    return sha.hexdigest()


def _rig(found: Recording) -> _Rig:
    """The camera, from the first frame's sizes; one set of intrinsics is that of the images it fits better."""
    first = found.frames[0]
    shape = decode_depth(_bytes(first.depth), first.depth).shape
    colour_shape = shape if first.colour is None else decode_image(_bytes(first.colour), first.colour).shape[:2]
    if found.K is None:
        focal = found.focal * shape[1] / 640
        K = np.array([[focal, 0, (shape[1] - 1) / 2], [0, focal, (shape[0] - 1) / 2], [0, 0, 1]])
        return _Rig(K, _scaled(K, shape, colour_shape), shape, colour_shape)
    if found.K_colour is not None:
        return _Rig(found.K, found.K_colour, shape, colour_shape)
    off = [abs(2 * found.K[0, 2] / size[1] - 1) for size in (shape, colour_shape)]
    if off[0] <= off[1]:
        return _Rig(found.K, _scaled(found.K, shape, colour_shape), shape, colour_shape)
    return _Rig(_scaled(found.K, colour_shape, shape), found.K, shape, colour_shape)


def _scaled(
    K: Float64[np.ndarray, "3 3"], old: tuple[int, int], new: tuple[int, int]
) -> Float64[np.ndarray, "3 3"]:
    """Intrinsics of the same picture at another size; pixel centres are at whole numbers."""
    y, x = new[0] / old[0], new[1] / old[1]
    shift = np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1]])
    return shift @ np.diag([x, y, 1.0]) @ np.linalg.inv(shift) @ K


def _fused(found: Recording, rig: _Rig, *, coloured: bool) -> Grid:
    frames = found.frames[:: -(-len(found.frames) // MOST_FRAMES)]
    sampled = [_depth(frame, found, rig) for frame in frames[:: max(1, len(frames) // SAMPLED)]]
    returns = np.concatenate([depth[depth > 0] for depth in sampled])
    typical = float(np.median(returns)) if len(returns) else 1.0
    grid = Grid(float(np.clip(PIXELS * typical / rig.K[0, 0], *CELLS)), frames[0].T_world_camera[:3, 3])
    for frame in frames:
        depth = _depth(frame, found, rig)
        kept = (depth > 0) & ~edges(depth)
        camera = Camera(rig.K, np.linalg.inv(frame.T_world_camera), rig.shape[1], rig.shape[0])
        colour = _colour(frame, rig)[kept] if coloured else np.zeros((int(kept.sum()), 3), np.uint8)
        grid.add(unproject(depth, camera)[kept], colour, 1 / depth[kept] ** 2)
    return grid


def edges(depth: Float32[np.ndarray, "h w"]) -> Bool[np.ndarray, "h w"]:
    """Where a depth differs from a neighbour's by more than a slanted surface could; no return is no neighbour."""
    far = np.zeros(depth.shape, bool)
    for axis in (0, 1):
        a, b = (depth[1:], depth[:-1]) if axis == 0 else (depth[:, 1:], depth[:, :-1])
        jump = (np.abs(a - b) > JUMP * np.minimum(a, b)) & (a > 0) & (b > 0)
        first, second = (far[1:], far[:-1]) if axis == 0 else (far[:, 1:], far[:, :-1])
        first |= jump
        second |= jump
    return far


def _scene_pose(
    T_world_camera: Float64[np.ndarray, "4 4"], *, up: Up, unit: float, origin: Float64[np.ndarray, "3"]
) -> Float64[np.ndarray, "4 4"]:
    """Camera to scene, metres."""
    pose = np.eye(4)
    pose[:3, :3] = turned(T_world_camera[:3, :3].T, up).T
    pose[:3, 3] = turned(T_world_camera[None, :3, 3], up)[0] * unit - origin
    return pose


def _depth(frame: Frame, found: Recording, rig: _Rig) -> Float32[np.ndarray, "h w"]:
    """Depth in units of the poses, 0 = no return."""
    raw = decode_depth(_bytes(frame.depth), frame.depth)
    if raw.shape != rig.shape:
        raise _of_another_size(frame.depth, raw.shape, rig.shape)
    if found.rotated:
        raw = (raw >> found.rotated) | (raw << (16 - found.rotated))
    return np.where(raw == NO_RETURN, 0, raw).astype(np.float32) / np.float32(found.steps)


def _colour(frame: Frame, rig: _Rig) -> UInt8[np.ndarray, "h w 3"]:
    """The picture as the depth camera would have taken it; both are taken to stand at one place."""
    if frame.colour is None:
        raise ValueError("a view needs a picture")
    rgb = decode_image(_bytes(frame.colour), frame.colour)
    if rgb.shape[:2] != rig.colour_shape:
        raise _of_another_size(frame.colour, rgb.shape[:2], rig.colour_shape)
    if rgb.shape[:2] == rig.shape and np.allclose(rig.K, rig.K_colour):
        return rgb
    (a, _, c), (_, b, d) = (rig.K_colour @ np.linalg.inv(rig.K))[:2]
    # Pillow has pixel centres at halves
    moved = (a, 0.0, c + 0.5 - 0.5 * a, 0.0, b, d + 0.5 - 0.5 * b)
    size = (rig.shape[1], rig.shape[0])
    return np.array(Image.fromarray(rgb).transform(size, Image.Transform.AFFINE, moved, Image.Resampling.BILINEAR))


def _of_another_size(path: Path, found: tuple[int, ...], wanted: tuple[int, int]) -> ReadError:
    what = f"is {found[1]} x {found[0]}, the first of its kind {wanted[1]} x {wanted[0]}"
    return ReadError(what, str(path), "give all frames one size")


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ReadError(error.strerror or "cannot be opened", str(path), "check the folder") from error
