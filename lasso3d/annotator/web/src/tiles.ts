// The points of a scan as the page holds them: tiles of up to 65,536 points in the server's sorted order.

export interface TileHead {
  first: number;
  count: number;
  layer: number;
  /** Scene frame, metres. */
  origin: [number, number, number];
  /** Metres per quantisation step. */
  scale: number;
}

export interface TileData extends TileHead {
  /** x, y, z, 0 per point, in steps from the origin. */
  position: Uint16Array;
  /** Red, green, blue, intensity. */
  color: Uint8Array;
  /** Label low byte, label high byte, uncertainty, candidate: read and drawn from the same memory. */
  state: Uint8Array;
  /** Largest quantised coordinate per axis. */
  extent: [number, number, number];
}

export type Point3 = [number, number, number];

export function makeTile(head: TileHead, position: Uint16Array, color: Uint8Array): TileData {
  const extent: Point3 = [0, 0, 0];
  for (let i = 0; i < position.length; i += 4) {
    for (let axis = 0; axis < 3; axis++) if (position[i + axis] > extent[axis]) extent[axis] = position[i + axis];
  }
  return { ...head, position, color, state: new Uint8Array(4 * head.count), extent };
}

export function labelAt(tile: TileData, index: number): number {
  return tile.state[4 * index] | (tile.state[4 * index + 1] << 8);
}

export function positionAt(tile: TileData, index: number): Point3 {
  const at = 4 * index;
  return [0, 1, 2].map((axis) => tile.origin[axis] + tile.position[at + axis] * tile.scale) as Point3;
}
