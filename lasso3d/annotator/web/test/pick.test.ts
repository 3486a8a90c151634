import assert from "node:assert/strict";
import { test } from "node:test";
import { type Eye, pick } from "../src/pick.ts";
import { type TileData, makeTile } from "../src/tiles.ts";
import { EVERYTHING, chance } from "../src/visible.ts";

/** Looks down the z axis from the origin: x right, y up, w = -z, 90 degrees wide. */
const EYE: Eye = {
  viewProjection: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, -1, -1, 0, 0, -0.1, 0],
  width: 200, height: 200, sizeAt: () => 2,
};

function tileOf(points: [number, number, number][], first = 0): TileData {
  const origin = [0, 1, 2].map((axis) => Math.min(...points.map((point) => point[axis]))) as [number, number, number];
  const scale = 0.001;
  const position = new Uint16Array(4 * points.length);
  points.forEach((point, i) => point.forEach((v, axis) => (position[4 * i + axis] = Math.round((v - origin[axis]) / scale))));
  return makeTile({ first, count: points.length, layer: 0, origin, scale }, position, new Uint8Array(4 * points.length));
}

test("the nearer of two points behind one pixel is picked", () => {
  const tile = tileOf([[0, 0, -5], [0, 0, -2], [0.5, 0, -2]]);
  assert.equal(pick([tile], EYE, 100, 100, EVERYTHING)?.point, 1);
});

test("a pixel over nothing picks nothing", () => {
  assert.equal(pick([tileOf([[0, 0, -5]])], EYE, 150, 100, EVERYTHING), null);
});

test("what lies behind the eye is never picked", () => {
  assert.equal(pick([tileOf([[0, 0, 5]])], EYE, 100, 100, EVERYTHING), null);
});

test("points of other tiles compete, and the index counts over all tiles", () => {
  const tiles = [tileOf([[0, 0, -5]]), tileOf([[1, 1, -9], [0, 0, -3]], 1)];
  assert.equal(pick(tiles, EYE, 100, 100, EVERYTHING)?.point, 2);
});

test("a clipped point lets the one behind through", () => {
  const tile = tileOf([[0, 0, -5], [0, 0, -2]]);
  const clipped = { ...EVERYTHING, upper: [9, 9, -3] as [number, number, number] };
  assert.equal(pick([tile], EYE, 100, 100, clipped)?.point, 0);
});

test("a point of a hidden object lets the one behind through", () => {
  const tile = tileOf([[0, 0, -5], [0, 0, -2]]);
  tile.state[4] = 7;
  assert.equal(pick([tile], EYE, 100, 100, EVERYTHING)?.label, 7);
  assert.equal(pick([tile], EYE, 100, 100, { ...EVERYTHING, hidden: new Set([7]) })?.point, 0);
});

test("thinned points cannot be picked, points of objects always can", () => {
  const points = Array.from({ length: 64 }, (_, i): [number, number, number] => [0, 0, -1 - i / 10]);
  const thin = { ...EVERYTHING, density: 0.25 };
  const first = points.findIndex((_, i) => chance(i) >= 0.25);
  const tile = tileOf(points, first);
  const kept = points.findIndex((_, i) => chance(first + i) < 0.25);
  assert.ok(kept > 0);
  assert.equal(pick([tile], EYE, 100, 100, thin)?.point, first + kept);
  tile.state[0] = 1;
  assert.equal(pick([tile], EYE, 100, 100, thin)?.point, first);
});

test("a point is met as far from its middle as it is drawn", () => {
  const tile = tileOf([[0, 0, -5]]);
  assert.equal(pick([tile], EYE, 108, 100, EVERYTHING), null);
  assert.equal(pick([tile], { ...EYE, sizeAt: () => 18 }, 108, 100, EVERYTHING)?.point, 0);
});

test("the pick agrees with looking at every point", () => {
  let seed = 1;
  const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  const points = Array.from({ length: 3000 }, (): [number, number, number] => [4 * random() - 2, 4 * random() - 2, -1 - 4 * random()]);
  const tile = tileOf(points);
  for (let trial = 0; trial < 50; trial++) {
    const [x, y] = [200 * random(), 200 * random()];
    let best: { index: number; w: number } | null = null;
    for (let i = 0; i < points.length; i++) {
      const [a, b, c] = [0, 1, 2].map((axis) => tile.origin[axis] + tile.position[4 * i + axis] * tile.scale);
      const near = Math.abs(100 + (100 * a) / -c - x) <= 3 && Math.abs(100 - (100 * b) / -c - y) <= 3;
      if (near && (!best || -c < best.w)) best = { index: i, w: -c };
    }
    assert.equal(pick([tile], EYE, x, y, EVERYTHING)?.point ?? null, best?.index ?? null);
  }
});
