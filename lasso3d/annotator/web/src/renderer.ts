// Progressive drawing: colour and depth are kept in a target; tiles are added in batches whose size follows the measured
// time, coarse layer first; a change of labels redraws only what changed over the kept depth.

import {
  BufferAttribute, BufferGeometry, Color, DataTexture, DepthTexture, Frustum, GLSL3, LinearFilter, Matrix4, Mesh,
  NearestFilter, NoBlending, PerspectiveCamera, PlaneGeometry, Points, RawShaderMaterial, RGBAFormat, Scene, Sphere,
  UnsignedByteType, UnsignedIntType, Vector2, Vector3, WebGLRenderer, WebGLRenderTarget, type IUniform,
} from "three";
import type { Changes, Range } from "./labels.ts";
import { CIVIDIS, VIRIDIS, rampBytes, type Rgb } from "./palette.ts";
import { POINT_FRAGMENT, POINT_VERTEX, SCREEN_FRAGMENT, SCREEN_VERTEX } from "./shaders.ts";
import type { Point3, TileData } from "./tiles.ts";
import { EVERYTHING, type Visibility } from "./visible.ts";

export type ColourMode = "colour" | "height" | "intensity" | "normals" | "masks" | "uncertainty";
const MODES: readonly ColourMode[] = ["colour", "height", "intensity", "normals", "masks", "uncertainty"];

export interface Look {
  mode: ColourMode;
  /** Points drawn at this multiple of the distance between neighbours. */
  size: number;
  /** How much of an object's colour covers the points, 0 to 1. */
  tint: number;
  /** Uncertainty below this is not coloured. */
  threshold: number;
  /** Darken behind edges. */
  relief: boolean;
}

/** Milliseconds for the first batch after a move, which decides how fluid moving is. */
const FIRST_BATCH = 40;
/** Milliseconds for the batches that complete the picture: longer, since each costs a pass over the screen too. */
const LATER_BATCH = 100;
/** Points per millisecond assumed before anything is measured, and the least assumed ever. */
const RATES = [8_000, 1_500];
/** Width of a drawn point in distances between points: closes surfaces seen at a slant (chosen by eye). */
const POINT_COVER = 1.6;
const BACKGROUND = 0x14171d;

interface DrawnTile {
  data: TileData;
  points: Points;
  state: BufferAttribute;
  ball: Sphere;
  distance: number;
}

export class Renderer {
  readonly camera = new PerspectiveCamera(50, 1, 0.05, 200);
  /** Called with true when the picture is complete and with false when it no longer is. */
  onIdle: (idle: boolean) => void = () => {};
  onFirstPaint: () => void = () => {};

  private idle = false;

  private readonly gl: WebGLRenderer;
  private readonly target: WebGLRenderTarget;
  private readonly stage = new Scene();
  private readonly screen = new Scene();
  private readonly uniforms: Record<string, IUniform>;
  private readonly screenUniforms: Record<string, IUniform>;
  private readonly paletteData = new Uint8Array(4 * 256 * 256);
  private readonly palette: DataTexture;
  private drawn = new Map<TileData, DrawnTile>();
  private queue: DrawnTile[] = [];
  private changed: Changes = new Map();
  private restart: "clear" | "over" | null = "clear";
  private rate = RATES[0];
  private begun = false;
  private batch: { fence: WebGLSync; started: number; count: number } | null = null;
  private spacing = 0.01;
  private look: Look = { mode: "colour", size: 1, tint: 0.6, threshold: 0.2, relief: true };
  private readonly frustum = new Frustum();
  private painted = false;

  constructor(readonly canvas: HTMLCanvasElement) {
    this.gl = new WebGLRenderer({ canvas, antialias: false, powerPreference: "high-performance" });
    this.gl.autoClear = false;
    this.gl.setClearColor(BACKGROUND);
    this.target = new WebGLRenderTarget(1, 1, { minFilter: NearestFilter, magFilter: NearestFilter });
    this.target.depthTexture = new DepthTexture(1, 1, UnsignedIntType);
    this.palette = new DataTexture(this.paletteData, 256, 256, RGBAFormat, UnsignedByteType);
    this.palette.needsUpdate = true;
    this.uniforms = pointUniforms(this.palette);
    this.screenUniforms = {
      colour: { value: this.target.texture }, depth: { value: this.target.depthTexture },
      nearFar: { value: new Vector2() }, strength: { value: 0.35 }, reach: { value: 1 },
      background: { value: new Color(BACKGROUND).convertLinearToSRGB() },
    };
    this.screen.add(screenQuad(this.screenUniforms));
    this.camera.up.set(0, 0, 1);
    canvas.addEventListener("webglcontextrestored", () => this.redraw());
    requestAnimationFrame(() => this.tick());
  }

  /** Draw everything anew: the camera or what is visible changed. */
  redraw(): void {
    this.restart = "clear";
    this.setIdle(false);
  }

  /** Draw everything again in other colours, over the picture that stands. */
  recolour(): void {
    this.restart ??= "over";
    this.setIdle(false);
  }

  clear(): void {
    for (const tile of this.drawn.values()) tile.points.geometry.dispose();
    this.stage.clear();
    this.drawn = new Map();
    this.queue = [];
    this.changed = new Map();
    this.painted = false;
    this.redraw();
  }

  add(data: TileData): void {
    const tile = makeDrawn(data, this.uniforms);
    this.stage.add(tile.points);
    this.drawn.set(data, tile);
    if (this.restart === null && this.frustum.intersectsSphere(tile.ball)) this.queue.push(tile);
    this.setIdle(false);
  }

  setNormals(data: TileData, normals: Int8Array): void {
    this.drawn.get(data)?.points.geometry.setAttribute("normal", new BufferAttribute(normals, 4, true));
  }

  /** Send changed labels or uncertainties to the GPU and redraw just those points. */
  touch(changes: Changes): void {
    for (const [data, range] of changes) {
      const tile = this.drawn.get(data);
      if (!tile) continue;
      tile.state.addUpdateRange(4 * range[0], 4 * (range[1] - range[0] + 1));
      tile.state.needsUpdate = true;
      const waiting = this.changed.get(data);
      this.changed.set(data, waiting ? [Math.min(waiting[0], range[0]), Math.max(waiting[1], range[1])] : [...range]);
      this.setIdle(false);
    }
  }

  /** Colour and flags of a label: 1 = an object, 2 = hidden. */
  setLabel(label: number, rgb: Rgb, flags: number): void {
    const entry = [...rgb, flags];
    const at = 4 * label;
    if (entry.every((byte, i) => this.paletteData[at + i] === byte)) return;
    this.paletteData.set(entry, at);
    this.palette.needsUpdate = true;
  }

  setLook(look: Look): void {
    const onlyColours = look.size === this.look.size && look.relief === this.look.relief;
    this.look = look;
    this.uniforms.mode.value = MODES.indexOf(look.mode);
    this.uniforms.tint.value = look.tint;
    this.uniforms.threshold.value = look.threshold;
    this.screenUniforms.strength.value = look.relief ? 0.35 : 0;
    if (onlyColours) this.recolour();
    else this.redraw();
  }

  /** Let all but the candidates step back (1), or not (0). */
  setSpot(spot: 0 | 1): void {
    if (this.uniforms.spot.value === spot) return;
    this.uniforms.spot.value = spot;
    this.recolour();
  }

  setVisibility(visibility: Visibility): void {
    const bounded = (v: Point3) => new Vector3(...v.map((c) => Math.max(-1e9, Math.min(1e9, c))));
    this.uniforms.clipLower.value = bounded(visibility.lower);
    this.uniforms.clipUpper.value = bounded(visibility.upper);
    this.uniforms.density.value = visibility.density;
    this.redraw();
  }

  setScale(spacing: number, heights: [number, number]): void {
    this.spacing = spacing;
    this.uniforms.heightRange.value = new Vector2(...heights);
    this.redraw();
  }

  resize(): void {
    const { clientWidth, clientHeight } = this.canvas;
    if (!clientWidth || !clientHeight) return;
    this.gl.setPixelRatio(this.pixelRatio);
    this.gl.setSize(clientWidth, clientHeight, false);
    this.target.setSize(this.canvas.width, this.canvas.height);
    this.camera.aspect = clientWidth / clientHeight;
    this.camera.updateProjectionMatrix();
    this.redraw();
  }

  get pixelRatio(): number {
    return Math.min(devicePixelRatio, 2);
  }

  /** CSS pixels that a point covers at w metres before the eye, as drawn. */
  sizeAt(w: number): number {
    const { scale, lower, upper } = this.pointSize();
    return Math.min(upper, Math.max(lower, scale / w)) / this.pixelRatio;
  }

  viewProjection(): Matrix4 {
    this.camera.updateMatrixWorld();
    return new Matrix4().multiplyMatrices(this.camera.projectionMatrix, this.camera.matrixWorldInverse);
  }

  private pointSize(): { scale: number; lower: number; upper: number } {
    const focal = this.canvas.height / (2 * Math.tan((this.camera.fov * Math.PI) / 360));
    const ratio = this.pixelRatio;
    return {
      scale: POINT_COVER * this.look.size * this.spacing * focal,
      lower: Math.max(1, 1.25 * Math.min(this.look.size, 2)) * ratio,
      upper: Math.max(2, 12 * this.look.size) * ratio,
    };
  }

  private tick(): void {
    requestAnimationFrame(() => this.tick());
    if (this.batch && !this.finishBatch()) return;
    if (this.restart) this.begin();
    const { whole, parts } = this.nextBatch();
    if (whole.length || parts.length) this.drawBatch(whole, parts);
    else if (!this.batch) this.setIdle(true);
  }

  private setIdle(idle: boolean): void {
    if (this.idle === idle) return;
    this.idle = idle;
    this.onIdle(idle);
  }

  /** False while the GPU is at work on the last batch. */
  private finishBatch(): boolean {
    const gl = this.gl.getContext() as WebGL2RenderingContext;
    const { fence, started, count } = this.batch!;
    if (gl.clientWaitSync(fence, 0, 0) === gl.TIMEOUT_EXPIRED) return false;
    gl.deleteSync(fence);
    this.batch = null;
    const took = Math.max(performance.now() - started, 1);
    // small batches say little about the rate
    if (count > 30_000) this.rate = Math.max(RATES[1], Math.min(2 * this.rate, Math.max(this.rate / 2, count / took)));
    if (!this.painted) {
      this.painted = true;
      this.onFirstPaint();
    }
    return true;
  }

  private begin(): void {
    this.frustum.setFromProjectionMatrix(this.viewProjection());
    const { scale, lower, upper } = this.pointSize();
    Object.assign(this.uniforms.sizeScale, { value: scale });
    Object.assign(this.uniforms.sizeLower, { value: lower });
    Object.assign(this.uniforms.sizeUpper, { value: upper });
    this.screenUniforms.nearFar.value.set(this.camera.near, this.camera.far);
    this.screenUniforms.reach.value = Math.max(1, Math.round(this.pixelRatio));
    this.queue = [...this.drawn.values()].filter((tile) => this.frustum.intersectsSphere(tile.ball));
    for (const tile of this.queue) tile.distance = tile.ball.center.distanceTo(this.camera.position);
    this.queue.sort((a, b) => a.data.layer - b.data.layer || a.distance - b.distance);
    this.changed.clear();
    this.begun = false;
    if (this.restart === "clear") {
      this.gl.setRenderTarget(this.target);
      this.gl.clear();
      if (!this.queue.length) this.present();
    }
    this.restart = null;
  }

  private nextBatch(): { whole: DrawnTile[]; parts: [DrawnTile, Range][] } {
    const whole: DrawnTile[] = [];
    const parts: [DrawnTile, Range][] = [];
    const budget = this.rate * (this.begun ? LATER_BATCH : FIRST_BATCH);
    let count = 0;
    const queued = this.changed.size ? new Set(this.queue) : null;
    for (const [data, range] of this.changed) {
      if (count > 2 * budget) break;
      this.changed.delete(data);
      const tile = this.drawn.get(data)!;
      if (queued!.has(tile) || !this.frustum.intersectsSphere(tile.ball)) continue;
      parts.push([tile, range]);
      count += range[1] - range[0] + 1;
    }
    while (this.queue.length && (count === 0 || count + this.queue[0].data.count <= budget)) {
      const tile = this.queue.shift()!;
      whole.push(tile);
      count += tile.data.count;
    }
    return { whole, parts };
  }

  private drawBatch(whole: DrawnTile[], parts: [DrawnTile, Range][]): void {
    this.begun = true;
    let count = 0;
    for (const tile of whole) {
      tile.points.visible = true;
      count += tile.data.count;
    }
    for (const [tile, [first, last]] of parts) {
      tile.points.visible = true;
      tile.points.geometry.setDrawRange(first, last - first + 1);
      count += last - first + 1;
    }
    const started = performance.now();
    this.gl.setRenderTarget(this.target);
    this.gl.render(this.stage, this.camera);
    for (const tile of whole) tile.points.visible = false;
    for (const [tile] of parts) {
      tile.points.visible = false;
      tile.points.geometry.setDrawRange(0, Infinity);
    }
    this.present();
    const gl = this.gl.getContext() as WebGL2RenderingContext;
    this.batch = { fence: gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0)!, started, count };
    gl.flush();
  }

  private present(): void {
    this.gl.setRenderTarget(null);
    this.gl.render(this.screen, this.camera);
  }
}

function pointUniforms(palette: DataTexture): Record<string, IUniform> {
  const ramps = new DataTexture(new Uint8Array([...rampBytes(CIVIDIS, 256), ...rampBytes(VIRIDIS, 256)]), 256, 2,
    RGBAFormat, UnsignedByteType);
  ramps.magFilter = LinearFilter;
  ramps.needsUpdate = true;
  return {
    palette: { value: palette }, ramps: { value: ramps }, mode: { value: 0 }, heightRange: { value: new Vector2(0, 1) },
    clipLower: { value: new Vector3(-1e9, -1e9, -1e9) }, clipUpper: { value: new Vector3(1e9, 1e9, 1e9) },
    tint: { value: 0.6 }, threshold: { value: 0.2 }, spot: { value: 0 }, density: { value: EVERYTHING.density },
    sizeScale: { value: 1 }, sizeLower: { value: 1 }, sizeUpper: { value: 8 },
  };
}

function screenQuad(uniforms: Record<string, IUniform>): Mesh {
  const material = new RawShaderMaterial({
    vertexShader: SCREEN_VERTEX, fragmentShader: SCREEN_FRAGMENT, uniforms, glslVersion: GLSL3, depthTest: false,
    depthWrite: false, blending: NoBlending,
  });
  const quad = new Mesh(new PlaneGeometry(2, 2), material);
  quad.frustumCulled = false;
  return quad;
}

function makeDrawn(data: TileData, shared: Record<string, IUniform>): DrawnTile {
  const geometry = new BufferGeometry();
  const state = new BufferAttribute(data.state, 4);
  geometry.setAttribute("position", new BufferAttribute(data.position, 4, true));
  geometry.setAttribute("color", new BufferAttribute(data.color, 4));
  geometry.setAttribute("state", state);
  const size = 65535 * data.scale;
  const half = data.extent.map((steps) => (steps * data.scale) / 2) as Point3;
  const centre = new Vector3(...data.origin.map((v, axis) => v + half[axis]));
  const ball = new Sphere(centre, Math.hypot(...half) + data.scale);
  const material = new RawShaderMaterial({
    vertexShader: POINT_VERTEX, fragmentShader: POINT_FRAGMENT, glslVersion: GLSL3, blending: NoBlending,
    uniforms: { ...shared, firstPoint: { value: data.first } },
  });
  const points = new Points(geometry, material);
  points.position.fromArray(data.origin);
  points.scale.setScalar(size);
  points.updateMatrixWorld();
  points.matrixAutoUpdate = false;
  points.frustumCulled = false;
  points.visible = false;
  return { data, points, state, ball, distance: 0 };
}
