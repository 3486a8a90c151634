import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync } from "node:zlib";
import { inflate, parseFrame, parseTile, runningSum } from "../src/frames.ts";

function frame(header: object, buffers: Uint8Array[]): ArrayBuffer {
  let text = JSON.stringify({ ...header, lens: buffers.map((buffer) => buffer.length) });
  while ((4 + text.length) % 8) text += " ";
  const out = new Uint8Array(4 + text.length + buffers.reduce((sum, buffer) => sum + buffer.length, 0));
  new DataView(out.buffer).setUint32(0, text.length, true);
  out.set(new TextEncoder().encode(text), 4);
  let at = 4 + text.length;
  for (const buffer of buffers) {
    out.set(buffer, at);
    at += buffer.length;
  }
  return out.buffer;
}

test("a frame comes apart into its header and buffers", () => {
  const { header, buffers } = parseFrame<{ t: string; lens: number[] }>(frame({ t: "masks" }, [new Uint8Array([1, 2, 3]), new Uint8Array([9])]));
  assert.equal(header.t, "masks");
  assert.deepEqual(buffers.map((buffer) => [...buffer]), [[1, 2, 3], [9]]);
});

test("a frame that is cut short is refused", () => {
  const whole = frame({ t: "masks" }, [new Uint8Array(20)]);
  assert.throws(() => parseFrame(whole.slice(0, whole.byteLength - 1)), /inside a buffer/);
  assert.throws(() => parseFrame(whole.slice(0, 10)), /header/);
});

test("zlib streams of the server inflate", async () => {
  const plain = new Uint8Array(1000).map((_, i) => i % 7);
  assert.deepEqual(await inflate(deflateSync(plain, { level: 1 })), plain);
});

test("a tile has positions, intensities and colours", () => {
  const bytes = new Uint8Array(22);
  new Uint16Array(bytes.buffer, 0, 8).set([1, 2, 3, 0xff00, 4, 5, 6, 0x8000]);
  bytes.set([10, 20, 30, 40, 50, 60], 16);
  const tile = parseTile({ first: 5, count: 2, layer: 0, origin: [0, 0, 0], scale: 1 }, bytes.buffer);
  assert.deepEqual([...tile.color], [10, 20, 30, 255, 40, 50, 60, 128]);
  assert.deepEqual(tile.extent, [4, 5, 6]);
  assert.throws(() => parseTile({ first: 0, count: 3, layer: 0, origin: [0, 0, 0], scale: 1 }, bytes.buffer), /22 bytes, expected 33/);
});

test("cells are the running sum of what is sent", () => {
  assert.deepEqual([...runningSum(new Int32Array([5, -2, 0, 7]))], [5, 3, 3, 10]);
});
