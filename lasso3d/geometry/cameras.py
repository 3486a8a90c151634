"""Pinhole cameras: where a point of the scene lands in a picture, and back.

OpenCV axes; pixel centres at whole numbers.
"""

from dataclasses import dataclass
from math import radians, tan
from typing import final

import numpy as np
from jaxtyping import Float, Float32, Float64


@final
@dataclass(frozen=True, eq=False)
class Camera:
    """A pinhole camera: `uvw = K @ (T_camera_scene @ xyz1)[:3]`, x right, y down, z forward."""

    K: Float64[np.ndarray, "3 3"]
    """Intrinsics in pixels."""
    T_camera_scene: Float64[np.ndarray, "4 4"]
    """Scene frame to camera frame."""
    width: int
    """Pixels."""
    height: int
    """Pixels."""

    @property
    def eye(self) -> Float64[np.ndarray, "3"]:
        """Where the camera stands in the scene frame."""
        rotation, shift = self.T_camera_scene[:3, :3], self.T_camera_scene[:3, 3]
        return -(rotation.T @ shift)


def intrinsics(width: int, height: int, *, field_of_view: float) -> Float64[np.ndarray, "3 3"]:
    """Square pixels around the middle of the picture; `field_of_view` in degrees along its width."""
    focal = width / 2 / tan(radians(field_of_view) / 2)
    return np.array([[focal, 0, (width - 1) / 2], [0, focal, (height - 1) / 2], [0, 0, 1]])


def look_at(eye: Float[np.ndarray, "3"], target: Float[np.ndarray, "3"]) -> Float64[np.ndarray, "4 4"]:
    """T_camera_scene of an upright camera (scene z up) at `eye` that has `target` in the middle.

    Straight up or down, where upright means nothing, the scene's y axis points up in the picture.
    """
    forward = _unit(np.asarray(target, np.float64) - np.asarray(eye, np.float64))
    upward = np.array([0.0, 0.0, 1.0]) if abs(forward[2]) < 0.999 else np.array([0.0, 1.0, 0.0])
    right = _unit(np.cross(forward, upward))
    pose = np.eye(4)
    pose[:3, :3] = right, np.cross(forward, right), forward
    pose[:3, 3] = -(pose[:3, :3] @ np.asarray(eye, np.float64))
    return pose


def to_camera(
    xyz: Float[np.ndarray, "n 3"], T_camera_scene: Float64[np.ndarray, "4 4"]
) -> Float64[np.ndarray, "n 3"]:
    """Points in the camera frame, metres."""
    return xyz.astype(np.float64) @ T_camera_scene[:3, :3].T + T_camera_scene[:3, 3]


def project(
    xyz: Float[np.ndarray, "n 3"], camera: Camera
) -> tuple[Float64[np.ndarray, "n 2"], Float64[np.ndarray, " n"]]:
    """Pixel (u, v) and depth along the optical axis; behind the camera the depth is <= 0 and the pixel is NaN."""
    in_camera = to_camera(xyz, camera.T_camera_scene)
    depth = in_camera[:, 2]
    uvw = in_camera @ camera.K.T
    ahead = np.where(depth > 0, depth, np.nan)
    return uvw[:, :2] / ahead[:, None], depth


def unproject(depth: Float32[np.ndarray, "h w"], camera: Camera) -> Float64[np.ndarray, "h w 3"]:
    """Scene points behind a depth image, metres; meaningless where the depth is 0 (no return)."""
    v, u = np.indices(depth.shape)
    rays = np.stack([u, v, np.ones_like(u)], axis=-1) @ np.linalg.inv(camera.K).T
    in_camera = rays * depth[..., None].astype(np.float64) - camera.T_camera_scene[:3, 3]
    return in_camera @ camera.T_camera_scene[:3, :3]


def _unit(vector: Float64[np.ndarray, "3"]) -> Float64[np.ndarray, "3"]:
    return vector / np.linalg.norm(vector)
