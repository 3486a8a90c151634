"""Surface normals and curvature from neighbourhoods, by the closed-form eigenvalues of a 3 x 3 matrix."""

import numpy as np
from jaxtyping import Float32, Int32

from lasso3d.geometry.compiled import compiled

FLAT = 1e-7
"""Where the second eigenvalue is below this share of the largest the points are a line: two small eigenvalues
cannot be told apart closer than the square root of the float64 precision."""


def normals_and_curvature(
    xyz: Float32[np.ndarray, "n 3"], neighbors: Int32[np.ndarray, "n k"]
) -> tuple[Float32[np.ndarray, "n 3"], Float32[np.ndarray, " n"]]:
    """Unit normals and surface variation of every point with its neighbours; entries of -1 are left out.

    The normal is the direction of least variance, with z >= 0 (then y >= 0, then x >= 0). Where that is not
    defined it is the vertical: projected off the line for points on a line (x for a vertical line), and as it
    is for points in one place or spread evenly. The curvature is l3 / (l1 + l2 + l3) in [0, 1/3] (Pauly et al.
    2002, "Efficient simplification of point-sampled surfaces"), 0 for lines and single places.
    """
    return _normals(np.ascontiguousarray(xyz), np.ascontiguousarray(neighbors))


@compiled
def _normals(xyz, neighbors):
    normals = np.empty((len(xyz), 3), np.float32)
    curvature = np.empty(len(xyz), np.float32)
    for i in range(len(xyz)):
        xx, yy, zz, xy, xz, yz = _scatter(xyz, neighbors, i)
        low, middle, high = _eigenvalues(xx, yy, zz, xy, xz, yz)
        if middle <= FLAT * high:
            x, y, z = _off_line(xx, yy, zz, xy, xz, yz)
            curvature[i] = 0.0
        else:
            x, y, z = _eigenvector(xx - low, yy - low, zz - low, xy, xz, yz)
            curvature[i] = low / (low + middle + high)
        if z < 0 or (z == 0 and (y < 0 or (y == 0 and x < 0))):
            x, y, z = -x, -y, -z
        normals[i, 0], normals[i, 1], normals[i, 2] = x, y, z
    return normals, curvature


@compiled
def _scatter(xyz, neighbors, i):
    """Upper triangle of the covariance of point i and its neighbours, relative to the point to keep precision."""
    count = 1
    sx = sy = sz = xx = yy = zz = xy = xz = yz = 0.0
    for j in neighbors[i]:
        if j >= 0:
            x = np.float64(xyz[j, 0]) - xyz[i, 0]
            y = np.float64(xyz[j, 1]) - xyz[i, 1]
            z = np.float64(xyz[j, 2]) - xyz[i, 2]
            count += 1
            sx, sy, sz = sx + x, sy + y, sz + z
            xx, yy, zz = xx + x * x, yy + y * y, zz + z * z
            xy, xz, yz = xy + x * y, xz + x * z, yz + y * z
    return (
        (xx - sx * sx / count) / count,
        (yy - sy * sy / count) / count,
        (zz - sz * sz / count) / count,
        (xy - sx * sy / count) / count,
        (xz - sx * sz / count) / count,
        (yz - sy * sz / count) / count,
    )


@compiled
def _eigenvalues(xx, yy, zz, xy, xz, yz):
    """Ascending, not negative; Smith 1961, "Eigenvalues of a symmetric 3 x 3 matrix"."""
    mean = (xx + yy + zz) / 3
    a, b, c = xx - mean, yy - mean, zz - mean
    spread = np.sqrt((a * a + b * b + c * c + 2 * (xy * xy + xz * xz + yz * yz)) / 6)
    if spread == 0.0:
        return mean, mean, mean
    half_det = (a * (b * c - yz * yz) - xy * (xy * c - yz * xz) + xz * (xy * yz - b * xz)) / (2 * spread**3)
    angle = np.arccos(min(1.0, max(-1.0, half_det))) / 3
    high = mean + 2 * spread * np.cos(angle)
    low = max(0.0, mean + 2 * spread * np.cos(angle + 2 * np.pi / 3))
    return low, max(low, 3 * mean - high - low), high


@compiled
def _eigenvector(xx, yy, zz, xy, xz, yz):
    """Unit null vector of a singular symmetric matrix: the longest cross product of two rows, or z."""
    longest, x, y, z = 0.0, 0.0, 0.0, 1.0
    for pair in range(3):
        if pair == 0:
            u, v, w = xy * yz - xz * yy, xz * xy - xx * yz, xx * yy - xy * xy
        elif pair == 1:
            u, v, w = xy * zz - xz * yz, xz * xz - xx * zz, xx * yz - xy * xz
        else:
            u, v, w = yy * zz - yz * yz, yz * xz - xy * zz, xy * yz - yy * xz
        length = np.sqrt(u * u + v * v + w * w)
        if length > longest:
            longest, x, y, z = length, u / length, v / length, w / length
    return x, y, z


@compiled
def _off_line(xx, yy, zz, xy, xz, yz):
    """Unit vector across the line whose covariance this is, as vertical as possible; z where there is no line."""
    if xx + yy + zz == 0.0:
        return 0.0, 0.0, 1.0
    if xx >= yy and xx >= zz:
        u, v, w = xx, xy, xz
    elif yy >= zz:
        u, v, w = xy, yy, yz
    else:
        u, v, w = xz, yz, zz
    flat = u * u + v * v
    if flat <= FLAT * (flat + w * w):
        return 1.0, 0.0, 0.0
    x, y, z = -u * w, -v * w, flat
    length = np.sqrt(x * x + y * y + z * z)
    return x / length, y / length, z / length
