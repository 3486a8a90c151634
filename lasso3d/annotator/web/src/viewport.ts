// The 3D view: camera moves, picking, and the marks that lie over the picture.

import { MOUSE, Vector3 } from "three";
import { OrbitControls } from "three/addons/controls/OrbitControls.js";
import {
  type Bounds, type Pose, type Preset, between, clipPlanes, corners, diagonal, framing, preset, unit, withoutStrays,
} from "./camera.ts";
import { make } from "./dom.ts";
import { inkOn, objectColour } from "./palette.ts";
import { type Picked, pick } from "./pick.ts";
import { Renderer } from "./renderer.ts";
import { type Point3, type TileData, positionAt } from "./tiles.ts";
import type { Visibility } from "./visible.ts";

/** A pointer that moved less than this, CSS pixels, has clicked and not dragged. */
const STILL = 4;

export interface Mark3 {
  key: string;
  xyz: Point3;
  kind: "add" | "away" | "name" | "suggested";
  /** 0 = background. */
  object: number;
  text: string;
}

export class Viewport {
  readonly renderer: Renderer;
  readonly tiles: TileData[] = [];
  visibility: Visibility;
  onClick: (picked: Picked | null, negative: boolean) => void = () => {};
  onMove: () => void = () => {};

  private readonly controls: OrbitControls;
  private bounds: Bounds = { lower: [-1, -1, -1], upper: [1, 1, 1] };
  /** What "the whole scan" means for framing. */
  private outline: Point3[] = [];
  private untouched = true;
  private move: { from: Pose; to: Pose; started: number } | null = null;
  private marks: { mark: Mark3; element: HTMLElement }[] = [];

  constructor(private readonly canvas: HTMLCanvasElement, private readonly layer: HTMLElement, visibility: Visibility) {
    this.visibility = visibility;
    this.renderer = new Renderer(canvas);
    this.controls = new OrbitControls(this.renderer.camera, canvas);
    this.controls.enableDamping = false;
    this.controls.zoomToCursor = true;
    this.controls.mouseButtons = { LEFT: MOUSE.ROTATE, MIDDLE: null, RIGHT: MOUSE.PAN };
    this.controls.addEventListener("change", () => this.moved());
    new ResizeObserver(() => this.resize()).observe(canvas);
    this.listenForClicks();
  }

  begin(bounds: Bounds): void {
    this.tiles.length = 0;
    this.renderer.clear();
    this.bounds = bounds;
    this.controls.minDistance = diagonal(bounds) / 2000;
    this.controls.maxDistance = diagonal(bounds) * 8;
    this.outline = corners(bounds);
    this.untouched = true;
    this.stand(preset("whole", this.outline, this.renderer.camera.fov, this.aspect));
  }

  /** The coarse layer is there: frame the points themselves, unless someone has moved already. */
  knowOutline(): void {
    this.outline = withoutStrays(sample(this.tiles));
    if (this.untouched) this.stand(preset("whole", this.outline, this.renderer.camera.fov, this.aspect));
  }

  add(tile: TileData): void {
    this.tiles.push(tile);
    this.renderer.add(tile);
  }

  resize(): void {
    this.renderer.resize();
    this.placeMarks();
  }

  setVisibility(visibility: Visibility): void {
    this.visibility = visibility;
    this.renderer.setVisibility(visibility);
  }

  goTo(name: Preset): void {
    this.glide(preset(name, this.outline, this.renderer.camera.fov, this.aspect));
  }

  /** Keep looking the same way, at this box. */
  frame(bounds: Bounds): void {
    const grown = Math.max(diagonal(bounds) * 0.04, 0.02);
    const wide = { lower: bounds.lower.map((v) => v - grown) as Point3, upper: bounds.upper.map((v) => v + grown) as Point3 };
    this.glide(framing(corners(wide), this.lookingFrom(), this.renderer.camera.fov, this.aspect));
  }

  /** Bring a point to the middle of the picture, close enough to judge it. */
  jumpTo(xyz: Point3, near: number): void {
    const pose = this.pose();
    const distance = Math.min(Math.hypot(...pose.eye.map((v, i) => v - pose.target[i])), near);
    const back = this.lookingFrom();
    this.glide({ eye: xyz.map((v, i) => v + back[i] * distance) as Point3, target: xyz });
  }

  /** Turn (degrees) or shift (share of the height of the view). */
  nudge(right: number, up: number, how: "turn" | "shift"): void {
    const { camera } = this.renderer;
    const offset = new Vector3().subVectors(camera.position, this.controls.target);
    if (how === "shift") {
      const step = 2 * offset.length() * Math.tan((camera.fov * Math.PI) / 360);
      const shift = new Vector3().setFromMatrixColumn(camera.matrix, 0).multiplyScalar(right * step)
        .addScaledVector(new Vector3().setFromMatrixColumn(camera.matrix, 1), up * step);
      camera.position.add(shift);
      this.controls.target.add(shift);
    } else {
      const length = offset.length();
      const azimuth = Math.atan2(offset.y, offset.x) + (right * Math.PI) / 180;
      const tilt = Math.asin(Math.max(-1, Math.min(1, offset.z / length))) + (up * Math.PI) / 180;
      const bounded = Math.max(-1.55, Math.min(1.55, tilt));
      offset.set(Math.cos(azimuth) * Math.cos(bounded), Math.sin(azimuth) * Math.cos(bounded), Math.sin(bounded));
      camera.position.copy(this.controls.target).addScaledVector(offset, length);
    }
    this.controls.update();
    this.moved();
  }

  zoom(factor: number): void {
    const offset = new Vector3().subVectors(this.renderer.camera.position, this.controls.target).multiplyScalar(factor);
    this.renderer.camera.position.copy(this.controls.target).add(offset);
    this.controls.update();
    this.moved();
  }

  pickAt(x: number, y: number): Picked | null {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const eye = {
      viewProjection: this.renderer.viewProjection().elements, width, height,
      sizeAt: (w: number) => this.renderer.sizeAt(w),
    };
    return pick(this.tiles, eye, x, y, this.visibility);
  }

  pickMiddle(): Picked | null {
    return this.pickAt(this.canvas.clientWidth / 2, this.canvas.clientHeight / 2);
  }

  /** Where a scene point is drawn, CSS pixels; null behind the eye or outside the picture. */
  project(xyz: Point3): [number, number] | null {
    const p = new Vector3(...xyz).applyMatrix4(this.renderer.camera.matrixWorldInverse);
    if (p.z > 0) return null;
    p.applyMatrix4(this.renderer.camera.projectionMatrix);
    if (Math.abs(p.x) > 1.02 || Math.abs(p.y) > 1.02) return null;
    return [((p.x + 1) / 2) * this.canvas.clientWidth, ((1 - p.y) / 2) * this.canvas.clientHeight];
  }

  setMarks(marks: readonly Mark3[]): void {
    this.marks = marks.map((mark) => ({ mark, element: markElement(mark) }));
    this.layer.replaceChildren(...this.marks.map(({ element }) => element));
    this.placeMarks();
  }

  emphasise(key: string | null): void {
    for (const { mark, element } of this.marks) element.classList.toggle("strong", mark.key === key);
  }

  private get aspect(): number {
    return this.canvas.clientWidth / Math.max(this.canvas.clientHeight, 1);
  }

  private pose(): Pose {
    return { eye: this.renderer.camera.position.toArray(), target: this.controls.target.toArray() };
  }

  private lookingFrom(): Point3 {
    const { eye, target } = this.pose();
    return unit(eye.map((v, i) => v - target[i]) as Point3);
  }

  private stand(pose: Pose): void {
    this.renderer.camera.position.set(...pose.eye);
    this.controls.target.set(...pose.target);
    this.controls.update();
    this.moved();
  }

  private glide(to: Pose): void {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.stand(to);
      return;
    }
    this.move = { from: this.pose(), to, started: performance.now() };
    const step = () => {
      const move = this.move;
      if (!move) return;
      const t = Math.min(1, (performance.now() - move.started) / 260);
      if (t === 1) this.move = null;
      this.stand(between(move.from, move.to, t));
      if (t < 1) requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }

  private moved(): void {
    const { camera } = this.renderer;
    [camera.near, camera.far] = clipPlanes(camera.position.toArray(), this.bounds);
    camera.updateProjectionMatrix();
    camera.updateMatrixWorld();
    this.renderer.redraw();
    this.placeMarks();
    this.onMove();
  }

  private placeMarks(): void {
    this.renderer.camera.updateMatrixWorld();
    for (const { mark, element } of this.marks) {
      const at = this.project(mark.xyz);
      element.hidden = !at;
      if (at) element.style.transform = `translate(${at[0].toFixed(1)}px, ${at[1].toFixed(1)}px)`;
    }
  }

  private listenForClicks(): void {
    let down: { x: number; y: number; button: number } | null = null;
    this.canvas.addEventListener("pointerdown", (event) => {
      down = event.isPrimary ? { x: event.clientX, y: event.clientY, button: event.button } : null;
      this.move = null;
      this.untouched = false;
      this.canvas.focus({ preventScroll: true });
    });
    this.canvas.addEventListener("pointerup", (event) => {
      const still = down && Math.hypot(event.clientX - down.x, event.clientY - down.y) < STILL && down.button === event.button;
      down = null;
      if (still) this.clicked(event);
    });
    this.canvas.addEventListener("wheel", () => (this.untouched = false), { passive: true });
    this.canvas.addEventListener("contextmenu", (event) => event.preventDefault());
    // the middle button would start the browser's own scrolling
    this.canvas.addEventListener("mousedown", (event) => event.button === 1 && event.preventDefault());
  }

  private clicked(event: PointerEvent): void {
    const place = this.canvas.getBoundingClientRect();
    const picked = this.pickAt(event.clientX - place.left, event.clientY - place.top);
    if (event.button === 1) {
      if (picked) this.turnAround(picked.xyz);
      return;
    }
    if (event.shiftKey) return;
    this.onClick(picked, event.button === 2 || event.ctrlKey || event.metaKey || event.altKey);
  }

  private turnAround(xyz: Point3): void {
    const { eye, target } = this.pose();
    this.glide({ eye: eye.map((v, i) => v + xyz[i] - target[i]) as Point3, target: xyz });
  }
}

/** A few thousand points from everywhere in the tiles. */
function sample(tiles: readonly TileData[]): Point3[] {
  const total = tiles.reduce((sum, tile) => sum + tile.count, 0);
  const stride = Math.max(1, Math.floor(total / 6000));
  return tiles.flatMap((tile) => Array.from({ length: Math.ceil(tile.count / stride) }, (_, i) => positionAt(tile, i * stride)));
}

function markElement(mark: Mark3): HTMLElement {
  const element = make("div", { class: `mark ${mark.kind}` }, make("span", { text: mark.text }));
  const colour = mark.object > 0 ? objectColour(mark.object) : "#d7dbe3";
  element.style.setProperty("--mark", colour);
  element.style.setProperty("--ink", inkOn(colour));
  return element;
}
