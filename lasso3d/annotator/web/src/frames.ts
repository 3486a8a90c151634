// Binary frames of the server: u32 header length, JSON header padded to 8 bytes, buffers back to back.

import { words } from "./labels.ts";
import { type TileData, type TileHead, makeTile } from "./tiles.ts";

export interface Frame<H> {
  header: H;
  buffers: Uint8Array[];
}

export function parseFrame<H extends { lens: number[] }>(data: ArrayBuffer): Frame<H> {
  const length = new DataView(data).getUint32(0, true);
  if (4 + length > data.byteLength) throw new Error(`frame header of ${length} bytes in ${data.byteLength}`);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 4, length))) as H;
  let at = 4 + length;
  const buffers = header.lens.map((bytes) => {
    if (at + bytes > data.byteLength) throw new Error(`frame ends inside a buffer of ${bytes} bytes`);
    at += bytes;
    return new Uint8Array(data, at - bytes, bytes);
  });
  return { header, buffers };
}

export async function inflate(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([bytes as BlobPart]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

export async function inflateMask(bytes: Uint8Array): Promise<Uint32Array> {
  return words(await inflate(bytes));
}

/** Bytes per point of a tile: four u16 (x, y, z, intensity), then three u8 (red, green, blue). */
const TILE_BYTES = 11;

export function parseTile(head: TileHead, data: ArrayBuffer): TileData {
  const { count } = head;
  if (data.byteLength !== TILE_BYTES * count) {
    throw new Error(`tile of ${count} points has ${data.byteLength} bytes, expected ${TILE_BYTES * count}`);
  }
  const position = new Uint16Array(data, 0, 4 * count);
  const rgb = new Uint8Array(data, 8 * count, 3 * count);
  // four bytes a point: some GPUs' drivers repack anything unaligned on the CPU, at every upload
  const color = new Uint8Array(4 * count);
  for (let i = 0, from = 0, to = 0; i < count; i++, from += 3, to += 4) {
    color[to] = rgb[from];
    color[to + 1] = rgb[from + 1];
    color[to + 2] = rgb[from + 2];
    color[to + 3] = position[to + 3] >> 8;
  }
  return makeTile(head, position, color);
}

/** Cell of each point of a tile, sent as differences. */
export function runningSum(differences: Int32Array): Int32Array {
  const out = new Int32Array(differences.length);
  let sum = 0;
  for (let i = 0; i < out.length; i++) out[i] = sum += differences[i];
  return out;
}
