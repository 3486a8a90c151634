// Where to stand: views of a box, and short moves between them.

import type { Point3 } from "./tiles.ts";

export interface Pose {
  eye: Point3;
  target: Point3;
}

export interface Bounds {
  lower: Point3;
  upper: Point3;
}

export type Preset = "whole" | "top" | "front" | "side";

/** Looking direction per preset, from the target to the eye; never exactly vertical, where "up" would have no meaning. */
const DIRECTIONS: Record<Preset, Point3> = {
  whole: [-0.45, -0.75, 0.55],
  top: [0, -0.001, 1],
  front: [0, -1, 0.04],
  side: [1, 0, 0.04],
};

export function middle(bounds: Bounds): Point3 {
  return bounds.lower.map((low, axis) => (low + bounds.upper[axis]) / 2) as Point3;
}

export function diagonal(bounds: Bounds): number {
  return Math.hypot(...bounds.lower.map((low, axis) => bounds.upper[axis] - low));
}

export function corners(bounds: Bounds): Point3[] {
  return [0, 1, 2, 3, 4, 5, 6, 7].map((corner) =>
    [0, 1, 2].map((axis) => (corner & (1 << axis) ? bounds.upper : bounds.lower)[axis]) as Point3);
}

/** The pose along `direction` from which all points fill the picture, in its middle. */
export function framing(points: readonly Point3[], direction: Point3, fov: number, aspect: number): Pose {
  const back = unit(direction);
  const right = unit(cross([0, 0, 1], back));
  const up = cross(back, right);
  const tan = Math.tan((fov * Math.PI) / 360);
  const seen = points.map((point): Point3 => [dot(point, right), dot(point, up), dot(point, back)]);
  const [lower, upper] = extremes(seen);
  const eye: Point3 = [(lower[0] + upper[0]) / 2, (lower[1] + upper[1]) / 2, 0];
  // from far enough to have everything in front, then nearer and to the middle until nothing changes any more
  const depth = (lower[2] + upper[2]) / 2;
  eye[2] = upper[2] + Math.max(Math.hypot(...lower.map((v, i) => upper[i] - v)) / tan, 0.05);
  for (let round = 0; round < ROUNDS; round++) {
    const shown = seen.map(([x, y, z]): Point3 => [(x - eye[0]) / ((eye[2] - z) * tan * aspect), (y - eye[1]) / ((eye[2] - z) * tan), 0]);
    const [least, most] = extremes(shown);
    const away = eye[2] - depth;
    eye[0] += ((least[0] + most[0]) / 2) * away * tan * aspect;
    eye[1] += ((least[1] + most[1]) / 2) * away * tan;
    const filled = Math.max(most[0] - least[0], most[1] - least[1]) / 2;
    eye[2] = Math.max(depth + away * (0.5 + 0.5 * filled * MARGIN), upper[2] + 0.02 * away, depth + 0.05);
  }
  const place = (z: number) => right.map((v, i) => v * eye[0] + up[i] * eye[1] + back[i] * z) as Point3;
  return { eye: place(eye[2]), target: place(depth) };
}

/** Air around what is framed. */
const MARGIN = 1.14;
/** Halving what is left each time, these leave nothing to see. */
const ROUNDS = 16;

/** Share of the points at either end of an axis that may be strays. */
const STRAYS = 0.004;

/** Points without strays: those inside the middle of each axis. */
export function withoutStrays(points: readonly Point3[]): Point3[] {
  const at = (axis: number, share: number) => {
    const values = Float64Array.from(points, (point) => point[axis]).sort();
    return values[Math.round(share * (values.length - 1))];
  };
  const range = [0, 1, 2].map((axis) => [at(axis, STRAYS), at(axis, 1 - STRAYS)]);
  const kept = points.filter((point) => point.every((v, axis) => v >= range[axis][0] && v <= range[axis][1]));
  return kept.length ? kept : [...points];
}

/** The way to stand for which the points cover most of the picture: scans from one place are full of shadows from elsewhere. */
export function fullestDirection(points: readonly Point3[]): Point3 {
  const [lower, upper] = extremes(points);
  const cell = Math.hypot(...lower.map((low, axis) => upper[axis] - low)) / 60;
  let best: { direction: Point3; covered: number } | null = null;
  for (let eighth = 0; eighth < 8; eighth++) {
    const azimuth = ((eighth - 2.6) * Math.PI) / 4;
    const direction = unit([Math.cos(azimuth), Math.sin(azimuth), DIRECTIONS.whole[2]]);
    const covered = coveredCells(points, direction, cell);
    if (!best || covered > best.covered * 1.03) best = { direction, covered };
  }
  return best!.direction;
}

function coveredCells(points: readonly Point3[], direction: Point3, cell: number): number {
  const right = unit(cross([0, 0, 1], direction));
  const up = cross(direction, right);
  return new Set(points.map((point) => `${Math.round(dot(point, right) / cell)} ${Math.round(dot(point, up) / cell)}`)).size;
}

function extremes(points: readonly Point3[]): [Point3, Point3] {
  const lower: Point3 = [Infinity, Infinity, Infinity];
  const upper: Point3 = [-Infinity, -Infinity, -Infinity];
  for (const point of points) {
    point.forEach((v, axis) => {
      lower[axis] = Math.min(lower[axis], v);
      upper[axis] = Math.max(upper[axis], v);
    });
  }
  return [lower, upper];
}

export function preset(name: Preset, points: readonly Point3[], fov: number, aspect: number): Pose {
  return framing(points, name === "whole" ? fullestDirection(points) : DIRECTIONS[name], fov, aspect);
}

/** Near and far planes that hold a ball, with enough depth precision. */
export function clipPlanes(eye: Point3, bounds: Bounds): [number, number] {
  const radius = diagonal(bounds) / 2;
  const distance = Math.hypot(...middle(bounds).map((v, axis) => v - eye[axis]));
  return [Math.max(distance - radius * 1.02, radius / 1500, 1e-4), distance + radius * 1.02 + 1e-3];
}

/** Between two poses; t from 0 to 1, slow at both ends. */
export function between(a: Pose, b: Pose, t: number): Pose {
  const s = t * t * (3 - 2 * t);
  const mix = (p: Point3, q: Point3) => p.map((v, axis) => v + s * (q[axis] - v)) as Point3;
  return { eye: mix(a.eye, b.eye), target: mix(a.target, b.target) };
}

export function dot(a: Point3, b: Point3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

export function cross(a: Point3, b: Point3): Point3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

export function unit(v: Point3): Point3 {
  const length = Math.hypot(...v) || 1;
  return v.map((c) => c / length) as Point3;
}
