"""How recordings of depth cameras lie in folders: which picture, which depth, which pose, which camera.

What is recognised, and what is taken for granted where a folder does not say it, is listed in docs/files.md.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import final

import numpy as np
from jaxtyping import Float64

from lasso3d.core.errors import ReadError
from lasso3d.io.rgbd_text import (
    numbers_in,
    poses_of,
    read_intrinsics,
    read_log,
    read_pose,
    read_rows,
    read_text,
    usable,
)

COLOUR_FOLDERS = ("color", "rgb", "image", "images", "colour")
POSE_FOLDERS = ("pose", "poses")
PICTURES = (".png", ".jpg", ".jpeg")
PAIRS = ("associations.txt", "associate.txt", "association.txt")
TRAJECTORIES = ("groundtruth.txt", "trajectory.txt", "traj.txt", "*.freiburg")
DEPTH_CAMERA = ("intrinsic_depth.txt", "depth_intrinsics.txt")
COLOUR_CAMERA = ("intrinsic_color.txt", "color_intrinsics.txt")
CAMERA = (
    "intrinsic.json", "intrinsics.json", "camera_intrinsic.json", "camera.json", "intrinsic.txt", "intrinsics.txt",
    "camera-intrinsics.txt", "camera_intrinsics.txt",
)  # fmt: skip
SHELF_FILE = "cam.info.txt"
"""Of the Amazon Picking Challenge's recordings: cameras and poses under headings."""
TOGETHER = 0.02
"""Seconds by which picture, depth and pose of one moment may differ: the tolerance of TUM's own tools."""
UNKNOWN = np.full((4, 4), np.nan)
"""The pose of a frame that has none."""
CAMERA_CURE = "add intrinsic.txt (3 x 3, pixels) or intrinsic.json (fx, fy, cx, cy, depth_scale)"
POSE_CURE = "add pose/NAME.txt (4 x 4, camera to world), trajectory.log or groundtruth.txt"


@final
@dataclass(frozen=True, eq=False)
class Frame:
    """One moment of a recording."""

    depth: Path
    colour: Path | None
    T_world_camera: Float64[np.ndarray, "4 4"]


@final
@dataclass(frozen=True, eq=False)
class Recording:
    """The frames of a folder whose poses are known, in the order of their names."""

    frames: tuple[Frame, ...]
    K: Float64[np.ndarray, "3 3"] | None
    """Intrinsics in pixels; None = those of a PrimeSense, `focal` at a width of 640."""
    K_colour: Float64[np.ndarray, "3 3"] | None
    """Of the pictures, where it is another."""
    steps: float
    """Of depth in a metre."""
    focal: float = 525.0
    rotated: int = 0
    """Bits by which depths are rotated to the left."""
    lost: int = 0
    """Frames left out because their pose is unknown."""


def recording(folder: Path) -> Recording | None:
    """What a folder recorded; None where it holds no depth images that are known here.

    Raises:
        ReadError: depth images without poses or without a camera, or a damaged list.
    """
    side_by_side = sorted(folder.glob("*.depth.png"))
    if side_by_side:
        return _side_by_side(folder, side_by_side)
    if (folder / "depth").is_dir() and any((folder / "depth").glob("*.png")):
        return _in_folders(folder)
    return None


def _side_by_side(folder: Path, depths: Sequence[Path]) -> Recording:
    """7-Scenes, 3DMatch and the Picking Challenge: frame-000000.color.png, .depth.png, .pose.txt."""
    stems = [path.name.removesuffix(".depth.png") for path in depths]
    colours = [_first(folder, [f"{stem}.color{suffix}" for suffix in PICTURES]) for stem in stems]
    if (folder / SHELF_FILE).is_file():
        heads = _headed(folder / SHELF_FILE)
        poses = [heads.get(stem, UNKNOWN) for stem in stems]
        K = next((matrix for name, matrix in heads.items() if name.lower().startswith("color camera")), None)
        if K is None:
            raise ReadError("has no colour camera intrinsic matrix", str(folder / SHELF_FILE), CAMERA_CURE)
        # depths are in tenths of a millimetre and registered to the pictures
        return _complete(folder, depths, colours, poses, Recording((), K[:3, :3], None, 10_000.0, rotated=3))
    files = [folder / f"{stem}.pose.txt" for stem in stems]
    if not any(path.is_file() for path in files):
        raise ReadError("has depth images but no poses", str(folder), "add NAME.pose.txt (4 x 4, camera to world)")
    poses = [read_pose(path) if path.is_file() else UNKNOWN for path in files]
    K, K_colour, steps = _cameras(folder)
    return _complete(folder, depths, colours, poses, Recording((), K, K_colour, steps or 1000.0, focal=585.0))


def _in_folders(folder: Path) -> Recording:
    """ScanNet's export, Open3D and Redwood, ICL-NUIM, TUM: depth/, pictures in another folder, and poses."""
    depths, colours, moments = _pairs(folder)
    K, K_colour, steps = _cameras(folder)
    by_name = next((folder / name for name in POSE_FOLDERS if (folder / name).is_dir()), None)
    log = _first(folder, ("trajectory.log", "*.log"))
    listed = _first(folder, TRAJECTORIES)
    if by_name is not None:
        known = {_number(path): path for path in by_name.glob("*.txt")}
        files = [known.get(_number(path)) for path in depths]
        poses = [UNKNOWN if path is None else read_pose(path) for path in files]
        if K is None:
            raise ReadError("has depth images and poses but no intrinsics", str(folder), CAMERA_CURE)
        return _complete(folder, depths, colours, poses, Recording((), K, K_colour, steps or 1000.0))
    if log is not None:
        poses = _numbered(read_log(log), depths, log)
        return _complete(folder, depths, colours, poses, Recording((), K, K_colour, steps or 1000.0))
    if listed is None:
        raise ReadError("has depth images but no poses", str(folder), POSE_CURE)
    rows = read_rows(listed)
    poses = poses_of(rows, listed)
    if rows.shape[1] == 8:
        times = moments if moments is not None else np.array([_number(path) for path in depths], np.float64)
        poses = _at(times, rows[:, 0], poses)
        return _complete(folder, depths, colours, poses, Recording((), K, K_colour, steps or 5000.0))
    poses = _numbered(poses, depths, listed)
    return _complete(folder, depths, colours, poses, Recording((), K, K_colour, steps or 1000.0))


def _complete(
    folder: Path,
    depths: Sequence[Path],
    colours: Sequence[Path | None],
    poses: Sequence[Float64[np.ndarray, "4 4"]],
    about: Recording,
) -> Recording:
    """The recording with the frames whose poses are poses."""
    good = usable(poses)
    if not good.any():
        raise ReadError(f"none of its {len(depths)} depth images has a pose", str(folder), POSE_CURE)
    frames = [Frame(d, c, p) for d, c, p, g in zip(depths, colours, poses, good, strict=True) if g]
    return replace(about, frames=tuple(frames), lost=int((~good).sum()))


def _pairs(
    folder: Path,
) -> tuple[list[Path], list[Path | None], Float64[np.ndarray, " k"] | None]:
    """Depth images, the picture of each, and when each was taken where lists say so."""
    listed = _first(folder, PAIRS)
    if listed is not None:
        return _listed(folder, listed)
    if (folder / "depth.txt").is_file() and (folder / "rgb.txt").is_file():
        depth_times, depths = _times(folder, folder / "depth.txt")
        times, pictures = _times(folder, folder / "rgb.txt")
        near = [int(np.argmin(np.abs(times - time))) for time in depth_times]
        fits = [abs(times[i] - time) <= TOGETHER for i, time in zip(near, depth_times, strict=True)]
        colours = [pictures[i] if fit else None for i, fit in zip(near, fits, strict=True)]
        return depths, colours, depth_times
    place = next((folder / name for name in COLOUR_FOLDERS if (folder / name).is_dir()), None)
    found = {} if place is None else {_number(p): p for p in place.iterdir() if p.suffix.lower() in PICTURES}
    depths = sorted((folder / "depth").glob("*.png"), key=_number)
    return depths, [found.get(_number(path)) for path in depths], None


def _listed(folder: Path, path: Path) -> tuple[list[Path], list[Path | None], Float64[np.ndarray, " k"] | None]:
    """TUM's associations: time and file of the picture and of the depth, in either order."""
    depths: list[Path] = []
    colours: list[Path | None] = []
    times: list[float] = []
    for line in _lines(path):
        files = {Path(line[i]).parts[0]: (line[i - 1], line[i]) for i in (1, 3)} if len(line) == 4 else {}
        if "depth" not in files or len(files) != 2:
            raise ReadError("has a line that is not TIME FILE TIME FILE", str(path), "use TUM's associate.py")
        time, name = files.pop("depth")
        depths.append(_within(folder, name, path))
        colours.append(_within(folder, next(iter(files.values()))[1], path))
        times.append(float(numbers_in(time, path)[0]))
    if not depths:
        raise ReadError("lists no frames", str(path), "use TUM's associate.py")
    return depths, colours, np.array(times)


def _times(folder: Path, path: Path) -> tuple[Float64[np.ndarray, " k"], list[Path]]:
    """The times and files of a list of TUM's."""
    lines = _lines(path)
    if not lines or any(len(line) != 2 for line in lines):
        raise ReadError("has a line that is not TIME FILE", str(path), "check the recording")
    return numbers_in(" ".join(line[0] for line in lines), path), [_within(folder, line[1], path) for line in lines]


def _lines(path: Path) -> list[list[str]]:
    return [line.split() for line in read_text(path).splitlines() if line.strip() and not line.startswith("#")]


def _within(folder: Path, name: str, where: Path) -> Path:
    """A file of the folder; a list cannot name files elsewhere."""
    if Path(name).is_absolute() or ".." in Path(name).parts:
        raise ReadError(f"names a file outside its folder ({name[:60]})", str(where), "correct the list")
    return folder / name


def _cameras(
    folder: Path,
) -> tuple[Float64[np.ndarray, "3 3"] | None, Float64[np.ndarray, "3 3"] | None, float | None]:
    """Intrinsics of the depth camera, of the pictures where they are others, and steps of depth in a metre."""
    for place in (folder, folder / "intrinsic", folder.parent):
        depth, colour = _first(place, DEPTH_CAMERA), _first(place, COLOUR_CAMERA)
        if depth is not None:
            return read_intrinsics(depth)[0], None if colour is None else read_intrinsics(colour)[0], None
        one = _first(place, CAMERA)
        if one is not None:
            K, steps = read_intrinsics(one)
            return K, None, steps
    return None, None, None


def _first(folder: Path, patterns: Sequence[str]) -> Path | None:
    """The first file that is there."""
    return next((path for name in patterns for path in sorted(folder.glob(name)) if path.is_file()), None)


def _number(path: Path) -> float:
    """What a file is numbered by: a time, or the first whole number of its name; infinite without one."""
    found = re.search(r"\d+(\.\d+)?", path.name.removesuffix(path.suffix))
    return float(found.group()[:30]) if found else float("inf")


def _numbered(
    poses: Sequence[Float64[np.ndarray, "4 4"]], depths: Sequence[Path], where: Path
) -> list[Float64[np.ndarray, "4 4"]]:
    """The pose of each depth image: in order where there are as many, else by the numbers of the files from 0."""
    if len(poses) == len(depths):
        return list(poses)
    numbers = [_number(path) for path in depths]
    if max(numbers) >= len(poses):
        what = f"has {len(poses)} poses for {len(depths)} depth images numbered up to {max(numbers):g}"
        raise ReadError(what, str(where), "give one pose for each depth image")
    return [poses[int(number)] for number in numbers]


def _at(
    times: Float64[np.ndarray, " k"], known: Float64[np.ndarray, " j"], poses: Sequence[Float64[np.ndarray, "4 4"]]
) -> list[Float64[np.ndarray, "4 4"]]:
    """The pose nearest in time, unknown where none is near."""
    found = []
    for time in times:
        away = np.abs(known - time)
        nearest = int(np.argmin(np.where(np.isnan(away), np.inf, away)))
        found.append(poses[nearest] if away[nearest] <= TOGETHER else UNKNOWN)
    return found


def _headed(path: Path) -> Mapping[str, Float64[np.ndarray, "r c"]]:
    """The matrices of a file by their headings; poses by the name of their frame."""
    blocks = re.split(r"^#(.*)$", read_text(path), flags=re.MULTILINE)
    found = {}
    for heading, text in zip(blocks[1::2], blocks[2::2], strict=True):
        values = numbers_in(text, path) if text.strip() else np.zeros(0)
        side = {9: 3, 16: 4}.get(len(values))
        if side is not None:
            name = heading.strip()
            found[name.rpartition(" for ")[2] if " for frame" in name else name] = values.reshape(side, side)
    return found
