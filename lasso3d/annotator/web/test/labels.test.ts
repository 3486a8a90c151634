import assert from "node:assert/strict";
import { test } from "node:test";
import { Labels, applyHeat, applyPreview, countBits, extentOf, members, words } from "../src/labels.ts";
import { type TileData, labelAt, makeTile } from "../src/tiles.ts";

const COUNT = 50;

function tiles(how: number): TileData[] {
  return Array.from({ length: how }, (_, k) => makeTile({ first: k * COUNT, count: COUNT, layer: 0, origin: [k, 0, 0], scale: 0.01 },
    new Uint16Array(4 * COUNT).map((_, i) => (i % 4 === 0 ? i >> 2 : 0)), new Uint8Array(4 * COUNT)));
}

function bitset(n: number, points: number[]): Uint32Array {
  const bits = new Uint32Array((n + 31) >> 5);
  for (const point of points) bits[point >> 5] |= 1 << (point & 31);
  return bits;
}

function labels(all: TileData[]): number[] {
  return all.flatMap((tile) => Array.from({ length: tile.count }, (_, i) => labelAt(tile, i)));
}

test("a mask over several tiles sets exactly its points and reports the ranges", () => {
  const all = tiles(3);
  const changes = new Labels(all).applyMask(300, bitset(150, [0, 31, 32, 49, 50, 149]));
  assert.deepEqual(labels(all).flatMap((label, i) => (label === 300 ? [i] : [])), [0, 31, 32, 49, 50, 149]);
  assert.deepEqual([...changes.values()], [[0, 49], [0, 0], [49, 49]]);
});

test("the same mask again changes nothing", () => {
  const all = tiles(1);
  const state = new Labels(all);
  state.applyMask(1, bitset(COUNT, [3, 4]));
  assert.equal(state.applyMask(1, bitset(COUNT, [3, 4])).size, 0);
});

test("a smaller mask gives points back", () => {
  const all = tiles(1);
  const state = new Labels(all);
  state.applyMask(1, bitset(COUNT, [3, 4, 5]));
  const changes = state.applyMask(1, bitset(COUNT, [4]));
  assert.deepEqual(labels(all).flatMap((label, i) => (label ? [i] : [])), [4]);
  assert.deepEqual([...changes.values()], [[3, 5]]);
});

test("points that moved to another object stay there, in whichever order the masks come", () => {
  for (const order of [[1, 2], [2, 1]]) {
    const all = tiles(1);
    const state = new Labels(all);
    state.applyMask(1, bitset(COUNT, [3, 4]));
    const next: Record<number, Uint32Array> = { 1: bitset(COUNT, [3]), 2: bitset(COUNT, [4]) };
    for (const label of order) state.applyMask(label, next[label]);
    assert.deepEqual(labels(all).slice(3, 5), [1, 2]);
  }
});

test("a tile that arrives after the masks is filled with them", () => {
  const all = tiles(2);
  const late = all.pop()!;
  const state = new Labels(all);
  state.applyMask(2, bitset(100, [10, 60]));
  all.push(late);
  state.fill(late);
  assert.deepEqual(labels(all).flatMap((label, i) => (label ? [i] : [])), [10, 60]);
  assert.deepEqual([...state.remove(2).values()], [[10, 10], [10, 10]]);
  assert.equal(labels(all).filter(Boolean).length, 0);
});

test("bits are least significant first, counted and listed", () => {
  const bits = words(new Uint8Array([0b101, 0, 0, 0x80, 1]));
  assert.deepEqual([...members(bits)], [0, 2, 31, 32]);
  assert.equal(countBits(bits), 4);
  assert.equal(countBits(new Uint32Array([0xffffffff, 1])), 33);
});

test("the extent of a mask is the box of its points", () => {
  const extent = extentOf(tiles(2), bitset(100, [10, 20, 60]))!;
  assert.deepEqual(extent.lower.map((v) => +v.toFixed(6)), [0.1, 0, 0]);
  assert.deepEqual(extent.upper.map((v) => +v.toFixed(6)), [1.1, 0, 0]);
  assert.equal(extentOf(tiles(1), bitset(COUNT, [])), null);
});

test("heat goes from cells to points in sixteen levels, and is wiped", () => {
  const [tile] = tiles(1);
  const cells = new Int32Array(COUNT).map((_, i) => i % 2);
  assert.deepEqual(applyHeat(tile, cells, new Uint8Array([0, 15])), [1, 49]);
  assert.equal(tile.state[4 * 1 + 2], 255);
  assert.deepEqual(applyHeat(tile, null, new Uint8Array()), [1, 49]);
});

test("the chosen candidate is strong, the others faint", () => {
  const [tile] = tiles(1);
  applyPreview(tile, bitset(COUNT, [1]), [bitset(COUNT, [1, 2])]);
  assert.deepEqual([tile.state[7], tile.state[11]], [255, 90]);
  assert.deepEqual(applyPreview(tile, null, []), [1, 2]);
});
