import assert from "node:assert/strict";
import { test } from "node:test";
import { clipPlanes, corners, framing, preset, withoutStrays } from "../src/camera.ts";
import { OBJECT_COLOURS, contrast, inkOn, objectColour, rampBytes, rgbOf } from "../src/palette.ts";
import type { Point3 } from "../src/tiles.ts";
import { chance } from "../src/visible.ts";

const BOX = { lower: [0, 0, 0] as Point3, upper: [12, 8, 3] as Point3 };

test("every preset shows the whole box, and fills a side of the picture", () => {
  for (const name of ["whole", "top", "front", "side"] as const) {
    const pose = preset(name, corners(BOX), 50, 1.5);
    const spread = corners(BOX).map((corner) => onScreen(corner, pose, 50, 1.5));
    const most = Math.max(...spread.flat().map(Math.abs));
    assert.ok(most <= 1 && most > 0.75, `${name}: ${most}`);
    for (const axis of [0, 1]) {
      const along = spread.map((place) => place[axis]);
      assert.ok(Math.abs(Math.max(...along) + Math.min(...along)) < 0.05, `${name} is in the middle`);
    }
  }
});

/** Normalised device coordinates, worked out with vectors alone. */
function onScreen(point: Point3, { eye, target }: { eye: Point3; target: Point3 }, fov: number, aspect: number): number[] {
  const sub = (a: Point3, b: Point3) => a.map((v, i) => v - b[i]) as Point3;
  const crossed = (a: Point3, b: Point3): Point3 => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
  const dotted = (a: Point3, b: Point3) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  const unit = (a: Point3) => a.map((v) => v / Math.hypot(...a)) as Point3;
  const forward = unit(sub(target, eye));
  const right = unit(crossed(forward, [0, 0, 1]));
  const away = sub(point, eye);
  const tan = Math.tan((fov * Math.PI) / 360) * dotted(away, forward);
  return [dotted(away, right) / (tan * aspect), dotted(away, crossed(right, forward)) / tan];
}

test("a single point can be framed", () => {
  const pose = framing([[1, 2, 3]], [0, -1, 1], 50, 1);
  assert.ok(pose.eye.every(Number.isFinite));
  assert.ok(Math.hypot(...pose.eye.map((v, i) => v - [1, 2, 3][i])) > 0.01);
});

test("strays do not decide the framing", () => {
  const points = Array.from({ length: 1000 }, (_, i): Point3 => [i % 10, (i * 7) % 10, (i * 3) % 5]);
  const kept = withoutStrays([...points, [5000, 0, 0], [0, 0, -900]]);
  assert.ok(Math.max(...kept.map((point) => point[0])) < 10 && Math.min(...kept.map((point) => point[2])) >= 0);
});

test("the clipping planes hold the whole scan from anywhere", () => {
  for (const eye of [[6, 4, 1], [6, -30, 10], [-200, 0, 0]] as Point3[]) {
    const [near, far] = clipPlanes(eye, BOX);
    assert.ok(near > 0 && corners(BOX).every((corner) => Math.hypot(...corner.map((v, i) => v - eye[i])) < far));
  }
});

/** Machado, Oliveira and Fernandes 2009, severity 1. */
const BLINDNESS = {
  none: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  deutan: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  protan: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  tritan: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
};

test("objects' colours differ for every eye and stand out from the ground", () => {
  const linear = (hex: string) => rgbOf(hex).map((byte) => (byte / 255 <= 0.04045 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4));
  const lab = ([r, g, b]: number[]) => {
    const [l, m, s] = [0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b, 0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b,
      0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b].map(Math.cbrt);
    return [0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s, 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
      0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s];
  };
  for (const [who, m] of Object.entries(BLINDNESS)) {
    const seen = OBJECT_COLOURS.map((hex) => {
      const c = linear(hex);
      return lab([0, 3, 6].map((row) => Math.max(0, m[row] * c[0] + m[row + 1] * c[1] + m[row + 2] * c[2])));
    });
    const gaps = seen.flatMap((a, i) => seen.slice(i + 1).map((b) => Math.hypot(...a.map((v, axis) => v - b[axis]))));
    assert.ok(Math.min(...gaps) > 0.07, `${who}: ${Math.min(...gaps)}`);
  }
  for (const colour of OBJECT_COLOURS) {
    assert.ok(contrast(colour, "#14171d") >= 3, colour);
    assert.ok(contrast(colour, inkOn(colour)) >= 4.5, colour);
  }
  assert.equal(objectColour(9), objectColour(1));
});

test("ramps run from their first to their last stop", () => {
  const bytes = rampBytes(["#000000", "#204060", "#ffffff"], 5);
  assert.deepEqual([...bytes.slice(0, 4)], [0, 0, 0, 255]);
  assert.deepEqual([...bytes.slice(8, 11)], [0x20, 0x40, 0x60]);
  assert.deepEqual([...bytes.slice(16, 19)], [255, 255, 255]);
});

test("thinning takes an even share", () => {
  const kept = Array.from({ length: 20000 }, (_, i) => chance(i)).filter((value) => value < 0.3).length;
  assert.ok(Math.abs(kept / 20000 - 0.3) < 0.02);
  assert.equal(chance(12345), chance(12345));
});
