// What can be seen, and so what can be clicked: clip box, hidden objects and thinning, the same rules as in the shader.

import type { Point3 } from "./tiles.ts";

export interface Visibility {
  lower: Point3;
  upper: Point3;
  /** Labels that are not drawn. */
  hidden: ReadonlySet<number>;
  /** Share of the unlabelled points that is drawn. */
  density: number;
}

export const EVERYTHING: Visibility = {
  lower: [-Infinity, -Infinity, -Infinity],
  upper: [Infinity, Infinity, Infinity],
  hidden: new Set(),
  density: 1,
};

/** A number in [0, 1) per point (PCG hash, Jarzynski and Olano 2020); `chance` of the shader. */
export function chance(point: number): number {
  let h = (Math.imul(point >>> 0, 747796405) + 2891336453) >>> 0;
  h = Math.imul((h >>> ((h >>> 28) + 4)) ^ h, 277803737) >>> 0;
  h = ((h >>> 22) ^ h) >>> 0;
  return (h >>> 8) / 16777216;
}

export function shows(visibility: Visibility, label: number, point: number): boolean {
  if (visibility.hidden.has(label)) return false;
  return label > 0 || visibility.density >= 1 || chance(point) < visibility.density;
}
