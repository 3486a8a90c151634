"""From where to look at a scan so that a picture shows the most."""

from dataclasses import dataclass
from math import cos, radians, sin
from typing import final

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int32

from lasso3d.geometry.cameras import Camera, intrinsics, look_at, to_camera
from lasso3d.geometry.render import local_spacing, splat
from lasso3d.viz.cutaway import Shell

FIELD_OF_VIEW = 32.0
"""Degrees; long lens: shape stays readable and a scale bar nearly true over the whole depth."""
AZIMUTHS = 8
ELEVATIONS = (28.0, 55.0)
"""Degrees above the horizon."""
TRIAL_WIDTH = 160
"""Pixels of the trial pictures that candidates are judged by."""
TRIAL_POINTS = 30_000
CLOSEST = 0.005
"""Metres; how far a single point is looked at from."""
MARGIN = 0.92
"""Share of the picture that the framed points may fill."""
DISC = 1.1
"""Disc radius in point spacings: a random surface of that density is then 98 % closed (1 - exp(-pi 1.1^2))."""


@final
@dataclass(frozen=True, eq=False)
class Subject:
    """The points that decide from where to look."""

    xyz: Float32[np.ndarray, "n 3"]
    row: Int32[np.ndarray, " n"]
    """Row of the answer each point belongs to, -1 = none."""
    shell: Shell | None = None
    """What of a room stays out of the picture; None = nothing does."""

    def kept(self, direction: Float64[np.ndarray, "3"]) -> Bool[np.ndarray, " n"]:
        """The points that a picture along `direction` shows: rows always, a room's shell where it is behind."""
        if self.shell is None:
            return np.ones(len(self.xyz), bool)
        return (self.row >= 0) | self.shell.kept(self.xyz, direction)


def best_camera(subject: Subject, width: int, height: int) -> Camera:
    """The candidate that shows most of the rows or, where there are none, most of the scan.

    Candidates stand around the scan at two elevations; the scene's zero point is one more, because that is
    where the sensor stood in a cloud from one depth image.
    """
    trial = _sample(subject)
    radius = DISC * local_spacing(trial.xyz)
    lens = (TRIAL_WIDTH, max(1, round(TRIAL_WIDTH * height / width)))

    def shown(camera: Camera) -> float:
        return _shown(trial, camera, radius)

    coarse = [(360.0 * i / AZIMUTHS, elevation) for elevation in ELEVATIONS for i in range(AZIMUTHS)]
    cameras = {aim: framed(trial.xyz, _direction(*aim), *lens) for aim in coarse}
    azimuth, elevation = max(cameras, key=lambda aim: shown(cameras[aim]))
    nearby = [framed(trial.xyz, _direction(azimuth + turn, elevation), *lens) for turn in (-15.0, 15.0)]
    from_zero = [_from_zero(trial.xyz, *lens)] if _looks_from_outside(trial.xyz) else []
    return resized(max([cameras[azimuth, elevation], *nearby, *from_zero], key=shown), width, height)


def framed(xyz: Float32[np.ndarray, "n 3"], direction: Float64[np.ndarray, "3"], width: int, height: int) -> Camera:
    """Looks along `direction` from as near as all points but one in a thousand stay in the picture."""
    K = intrinsics(width, height, field_of_view=FIELD_OF_VIEW)
    turned = to_camera(xyz, look_at(np.zeros(3), direction))
    slope = MARGIN * np.array([K[0, 2], K[1, 2]]) / K[0, 0]
    # the pyramid of sight around the points: each side touches the outermost point of that side
    upper = np.percentile(turned[:, :2] - slope * turned[:, 2:], 99.9, axis=0)
    lower = np.percentile(turned[:, :2] + slope * turned[:, 2:], 0.1, axis=0)
    back = float(((upper - lower) / (2 * slope)).max())
    pose = look_at(np.zeros(3), direction)
    pose[:2, 3] = -(upper + lower) / 2
    pose[2, 3] = back + CLOSEST
    return Camera(K, pose, width, height)


def resized(camera: Camera, width: int, height: int) -> Camera:
    """The same view in another number of pixels."""
    scale = np.array([[width / camera.width], [height / camera.height], [1.0]])
    K = camera.K * scale
    K[0, 2], K[1, 2] = (width - 1) / 2, (height - 1) / 2
    return Camera(K, camera.T_camera_scene, width, height)


def viewing_direction(camera: Camera) -> Float64[np.ndarray, "3"]:
    """Along the optical axis, in the scene frame."""
    return np.array(camera.T_camera_scene[2, :3])


def _direction(azimuth: float, elevation: float) -> Float64[np.ndarray, "3"]:
    """Towards the scan, from a place given in degrees."""
    a, e = radians(azimuth), radians(elevation)
    return -np.array([cos(e) * cos(a), cos(e) * sin(a), sin(e)])


def _sample(subject: Subject) -> Subject:
    """Few enough points for a trial, from all over the scan, the same ones each time."""
    if len(subject.xyz) <= TRIAL_POINTS:
        return subject
    chosen = np.random.default_rng(0).integers(0, len(subject.xyz), TRIAL_POINTS)
    return Subject(subject.xyz[chosen], subject.row[chosen], subject.shell)


def _looks_from_outside(xyz: Float32[np.ndarray, "n 3"]) -> bool:
    """Whether the zero point could be a sensor: outside the scan, yet no further than a few times its size."""
    low, high = np.percentile(xyz, (1, 99), axis=0)
    outside = np.linalg.norm(np.maximum(np.maximum(low, -high), 0))
    size = np.linalg.norm(high - low)
    return bool(0.2 * size < outside < 3 * size)


def _from_zero(xyz: Float32[np.ndarray, "n 3"], width: int, height: int) -> Camera:
    """The camera at the scene's zero point that has the scan in the middle and fills the picture with it."""
    target = np.percentile(xyz, (1, 99), axis=0).mean(0)
    for _ in range(3):
        pose = look_at(np.zeros(3), target)
        turned = to_camera(xyz, pose)
        ahead = turned[turned[:, 2] > 0]
        lower, upper = np.percentile(ahead[:, :2] / ahead[:, 2:], (0.1, 99.9), axis=0)
        # aim at the middle of what is seen; converges at once unless the lens is very wide
        target = np.append((lower + upper) / 2, 1.0) @ pose[:3, :3]
    focal = MARGIN * float((np.array([width, height]) / (upper - lower)).min())
    K = np.array([[focal, 0, (width - 1) / 2], [0, focal, (height - 1) / 2], [0, 0, 1]])
    return Camera(K, pose, width, height)


def _shown(subject: Subject, camera: Camera, radius: Float32[np.ndarray, " n"]) -> float:
    """How much a view shows: of the rows by the square root of their area, so that small ones matter too.

    The share of all points that is seen counts as well: it is largest where the sensor stood.
    """
    kept = np.flatnonzero(subject.kept(viewing_direction(camera)))
    index = splat(subject.xyz[kept], camera, radius=radius[kept]).index
    seen = kept[index[index >= 0]]
    of_points = len(np.unique(seen)) / len(subject.xyz)
    row = subject.row[seen]
    of_rows = float(np.sqrt(np.bincount(row[row >= 0]) / index.size).sum())
    return (1 + of_rows) * (of_points + 0.3 * len(seen) / index.size)
