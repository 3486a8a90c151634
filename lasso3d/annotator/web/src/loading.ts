// Fetches the tiles of a scan: several at once, handed over in order, so that the coarse layer shows first.

import { getBytes } from "./api.ts";
import { parseTile } from "./frames.ts";
import type { Manifest } from "./messages.ts";
import type { TileData } from "./tiles.ts";

const AT_ONCE = 4;

/** Calls `arrived` for each tile in order; stops, without a word, when the signal aborts. */
export async function loadTiles(manifest: Manifest, signal: AbortSignal, arrived: (tile: TileData) => void): Promise<void> {
  const ahead: Promise<ArrayBuffer>[] = [];
  const ask = (k: number) => {
    const answer = getBytes(`/scenes/${manifest.scene}/tiles/${k}`, signal);
    answer.catch(() => {});
    ahead.push(answer);
  };
  for (let k = 0; k < Math.min(AT_ONCE, manifest.tiles.length); k++) ask(k);
  for (let k = 0; k < manifest.tiles.length; k++) {
    const bytes = await ahead[k];
    if (signal.aborted) return;
    if (k + AT_ONCE < manifest.tiles.length) ask(k + AT_ONCE);
    arrived(parseTile(manifest.tiles[k], bytes));
    delete ahead[k];
  }
}

/** Normals of one tile, padded to four bytes a point. */
export async function loadNormals(scene: string, k: number, count: number): Promise<Int8Array> {
  const three = new Int8Array(await getBytes(`/scenes/${scene}/tiles/${k}/normals`));
  const four = new Int8Array(4 * count);
  for (let i = 0; i < count; i++) four.set(three.subarray(3 * i, 3 * i + 3), 4 * i);
  return four;
}
