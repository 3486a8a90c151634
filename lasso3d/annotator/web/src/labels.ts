// Which object each point belongs to, and how unsure that is. Answers arrive as bitsets over the sorted order; only what
// differs is touched, and the ranges that changed are reported so that just these are sent to the GPU and redrawn.

import { type Point3, type TileData, labelAt, positionAt } from "./tiles.ts";

/** First and last changed point inside a tile. */
export type Range = [number, number];
export type Changes = Map<TileData, Range>;

/** Bytes of a bitset (least significant bit first) as 32-bit words, zero-padded. */
export function words(bits: Uint8Array): Uint32Array {
  const padded = new Uint8Array((bits.length + 3) & ~3);
  padded.set(bits);
  return new Uint32Array(padded.buffer);
}

export function countBits(bits: Uint32Array): number {
  let sum = 0;
  for (let word of bits) {
    word -= (word >>> 1) & 0x55555555;
    word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
    sum += Math.imul((word + (word >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return sum;
}

export class Labels {
  private readonly masks = new Map<number, Uint32Array>();

  /** `tiles` may grow, in order, while masks arrive; `fill` brings a new tile up to date. */
  constructor(private readonly tiles: readonly TileData[]) {}

  /** Give object `label` exactly these points; points it loses become unlabelled. */
  applyMask(label: number, bits: Uint32Array): Changes {
    const before = this.masks.get(label);
    this.masks.set(label, bits);
    const writer = new Writer(this.tiles);
    for (let at = 0; at < bits.length; at++) {
      let differs = bits[at] ^ (before ? before[at] : 0);
      while (differs) {
        const bit = 31 - Math.clz32(differs & -differs);
        differs &= differs - 1;
        if ((bits[at] >>> bit) & 1) writer.set(32 * at + bit, label);
        else writer.clear(32 * at + bit, label);
      }
    }
    return writer.changes;
  }

  remove(label: number): Changes {
    const bits = this.masks.get(label);
    if (!bits) return new Map();
    const changes = this.applyMask(label, new Uint32Array(bits.length));
    this.masks.delete(label);
    return changes;
  }

  /** Write what is known into a tile that has just arrived. */
  fill(tile: TileData): void {
    for (const [label, bits] of this.masks) {
      for (let index = 0; index < tile.count; index++) {
        const point = tile.first + index;
        if ((bits[point >> 5] >>> (point & 31)) & 1) writeLabel(tile, index, label);
      }
    }
  }

  mask(label: number): Uint32Array | undefined {
    return this.masks.get(label);
  }

  get objects(): number[] {
    return [...this.masks.keys()].sort((a, b) => a - b);
  }
}

function writeLabel(tile: TileData, index: number, label: number): void {
  tile.state[4 * index] = label & 255;
  tile.state[4 * index + 1] = label >> 8;
}

/** Writes labels in ascending point order and remembers what changed. */
class Writer {
  readonly changes: Changes = new Map();
  private at = 0;

  constructor(private readonly tiles: readonly TileData[]) {}

  set(point: number, label: number): void {
    const tile = this.seek(point);
    if (!tile || labelAt(tile, point - tile.first) === label) return;
    writeLabel(tile, point - tile.first, label);
    widen(this.changes, tile, point - tile.first);
  }

  /** Unlabel a point, unless another object has taken it meanwhile. */
  clear(point: number, label: number): void {
    const tile = this.seek(point);
    if (!tile || labelAt(tile, point - tile.first) !== label) return;
    this.set(point, 0);
  }

  private seek(point: number): TileData | undefined {
    while (this.at < this.tiles.length && point >= this.tiles[this.at].first + this.tiles[this.at].count) this.at++;
    return this.tiles[this.at];
  }
}

export function widen(changes: Changes, tile: TileData, index: number): void {
  const range = changes.get(tile);
  if (!range) changes.set(tile, [index, index]);
  else if (index < range[0]) range[0] = index;
  else if (index > range[1]) range[1] = index;
}

/** Show masks that nobody has accepted yet: strong for the chosen one, faint for the others. */
export function applyPreview(tile: TileData, chosen: Uint32Array | null, others: readonly Uint32Array[]): Range | null {
  let range: Range | null = null;
  for (let i = 0, k = 3; i < tile.count; i++, k += 4) {
    const point = tile.first + i;
    const has = (bits: Uint32Array) => (bits[point >> 5] >>> (point & 31)) & 1;
    const value = chosen && has(chosen) ? 255 : others.some(has) ? 90 : 0;
    if (tile.state[k] === value) continue;
    tile.state[k] = value;
    range = range ? [range[0], i] : [i, i];
  }
  return range;
}

/** Uncertainty of the points of one tile: a level 0 to 15 per cell, spread to bytes; `cells` null wipes it. */
export function applyHeat(tile: TileData, cells: Int32Array | null, levels: Uint8Array): Range | null {
  let range: Range | null = null;
  for (let i = 0, k = 2; i < tile.count; i++, k += 4) {
    const value = cells ? 17 * (levels[cells[i]] ?? 0) : 0;
    if (tile.state[k] === value) continue;
    tile.state[k] = value;
    range = range ? [range[0], i] : [i, i];
  }
  return range;
}

export interface Extent {
  lower: Point3;
  upper: Point3;
  middle: Point3;
  /** Height of its top, strays aside. */
  top: number;
}

/** Box and centre of the points of a mask; of large masks an even share of the words is looked at. */
export function extentOf(tiles: readonly TileData[], bits: Uint32Array): Extent | null {
  const stride = Math.max(1, Math.floor(countBits(bits) / MOST_LOOKED_AT));
  const lower: Point3 = [Infinity, Infinity, Infinity];
  const upper: Point3 = [-Infinity, -Infinity, -Infinity];
  const sum: Point3 = [0, 0, 0];
  let [used, at, squares] = [0, 0, 0];
  for (const point of members(bits, stride)) {
    while (at < tiles.length && point >= tiles[at].first + tiles[at].count) at++;
    if (at === tiles.length) break;
    used++;
    const xyz = positionAt(tiles[at], point - tiles[at].first);
    squares += xyz[2] ** 2;
    xyz.forEach((v, axis) => {
      sum[axis] += v;
      lower[axis] = Math.min(lower[axis], v);
      upper[axis] = Math.max(upper[axis], v);
    });
  }
  if (!used) return null;
  const middle = sum.map((v) => v / used) as Point3;
  // two deviations above the middle hold nearly all of any shape
  const spread = Math.sqrt(Math.max(0, squares / used - middle[2] ** 2));
  return { lower, upper, middle, top: Math.min(upper[2], middle[2] + 2 * spread) };
}

/** Enough for a centre to a fraction of a pixel. */
const MOST_LOOKED_AT = 20_000;

/** The set bits of every `stride`-th word, ascending. */
export function* members(bits: Uint32Array, stride = 1): Generator<number> {
  for (let at = 0; at < bits.length; at += stride) {
    let word = bits[at];
    while (word) {
      yield 32 * at + 31 - Math.clz32(word & -word);
      word &= word - 1;
    }
  }
}
