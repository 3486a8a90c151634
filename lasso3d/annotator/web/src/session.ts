// The open session: its scan, its masks, and the talk with the server. Answers are applied in the order they arrive.

import { ApiError, Socket, get, getBytes, send } from "./api.ts";
import { type Frame, inflate, inflateMask, parseFrame, runningSum } from "./frames.ts";
import { Labels, type Changes, type Extent, applyHeat, applyPreview, extentOf } from "./labels.ts";
import { type Offer, type Offers, nextOffer, offersOf } from "./candidates.ts";
import { loadNormals, loadTiles } from "./loading.ts";
import type {
  Candidates, Command, CommandReply, FrameHeader, HeatHeader, Manifest, MasksHeader, ObjectState, Problem, PromptJson, SceneRecord, ServerMessage,
  SessionState,
} from "./messages.ts";
import { FRESH, type Store, type Work, title } from "./store.ts";
import type { TileData } from "./tiles.ts";
import type { Viewport } from "./viewport.ts";

/** Milliseconds without a new answer before the next click is asked for. */
const SETTLED = 60;
/** Milliseconds until a prompt that is not answered yet shows that it is worked on. */
const PATIENCE = 400;

export class Session {
  labels: Labels;
  private socket: Socket;
  private opening = new AbortController();
  private inTurn: Promise<void> = Promise.resolve();
  private cells: { key: string; tiles: Map<number, Int32Array> } = { key: "", tiles: new Map() };
  private levels: Uint8Array | null = null;
  /** By digest. */
  private candidateMasks = new Map<string, Uint32Array>();
  private replies = new Map<string, (reply: CommandReply) => void>();
  private withNormals = false;
  private asking = 0;
  /** What the last prompt is about, until it is answered. */
  private asked = "";
  private readonly extents = new WeakMap<Uint32Array, Extent | null>();

  constructor(private readonly store: Store, private readonly view: Viewport) {
    this.labels = new Labels(view.tiles);
    this.socket = new Socket({
      connected: () => this.connected(), lost: () => this.lost(),
      message: (message) => this.heard(message), frame: (frame) => this.queue(() => this.received(frame)),
    });
  }

  // ---- opening

  async open(id: string): Promise<void> {
    this.opening.abort();
    const opening = (this.opening = new AbortController());
    const state = await get<SessionState>(`/sessions/${id}`);
    const { server, connection, look, sign, marks } = this.store.state;
    this.store.set({ ...FRESH, server, connection, look, sign, marks, session: state.session });
    history.replaceState(null, "", `#session=${id}`);
    this.forget();
    const scene = await this.prepared(state.session.scene, opening.signal);
    if (!scene) return;
    const manifest = await get<Manifest>(`/scenes/${scene.id}/manifest`);
    if (opening.signal.aborted) return;
    this.begin(scene, manifest);
    this.socket.say({ t: "open", session: id });
    this.takeState(state);
    await this.load(manifest, opening.signal);
  }

  async start(scene: string): Promise<void> {
    this.opening.abort();
    const opening = (this.opening = new AbortController());
    if (!(await this.prepared(scene, opening.signal))) return;
    const made = await send<SessionState>("POST", "/sessions", { scene });
    await this.open(made.session.id);
  }

  private forget(): void {
    this.labels = new Labels(this.view.tiles);
    this.cells = { key: "", tiles: new Map() };
    this.levels = null;
    this.candidateMasks.clear();
    this.withNormals = false;
  }

  /** Waits until the server has read and sorted the scan. */
  private async prepared(id: string, signal: AbortSignal): Promise<SceneRecord | null> {
    for (;;) {
      const scene = await get<SceneRecord>(`/scenes/${id}`);
      if (signal.aborted) return null;
      this.store.set({ scene });
      if (scene.status === "failed") throw new ApiError(scene.error!);
      if (scene.status === "ready") return scene;
      this.store.set({ work: { text: `Reading ${scene.name}: ${scene.stage}`, share: scene.progress, cancellable: false } });
      await new Promise((later) => setTimeout(later, 200));
    }
  }

  private begin(scene: SceneRecord, manifest: Manifest): void {
    const [lower, upper] = manifest.bounds;
    const mode = manifest.colours ? "colour" : "height";
    this.store.set({
      scene, manifest, loaded: 0, work: { text: `Loading ${scene.name}`, share: 0, cancellable: false },
      clip: { on: false, lower, upper }, look: { ...this.store.state.look, mode },
    });
    this.view.begin({ lower, upper });
    this.view.renderer.setScale(manifest.spacing, [lower[2], upper[2]]);
  }

  private async load(manifest: Manifest, signal: AbortSignal): Promise<void> {
    const began = performance.now();
    await loadTiles(manifest, signal, (tile) => {
      this.labels.fill(tile);
      this.view.add(tile);
      if (tile.first + tile.count === manifest.coarse) this.view.knowOutline();
      const loaded = tile.first + tile.count;
      // short loads would only flicker
      const work = performance.now() - began > 400 && loaded < manifest.n
        ? { text: "Loading points", share: loaded / manifest.n, cancellable: false } : null;
      this.store.set({ loaded, work });
    });
    if (signal.aborted) return;
    this.store.set({ work: null });
    this.say(`${manifest.n.toLocaleString("en")} points. Click an object.`);
    if (this.store.state.look.mode === "normals") await this.wantNormals();
  }

  // ---- commands

  command(command: Command, replied?: (reply: CommandReply) => void): void {
    const { session } = this.store.state;
    if (!session) return;
    const cmd = this.socket.command(session.id, command);
    if (replied) this.replies.set(cmd, replied);
    this.store.set({ unsaved: this.socket.waiting });
  }

  /** Put a prompt; a system named answers it, else the first that can. */
  ask(prompt: PromptJson, system?: string): void {
    this.asked = wordsOf(prompt);
    this.command({ t: "prompt", prompt, ...(system ? { system } : {}) });
    this.say(`Looking for ${this.asked}`);
    setTimeout(() => this.asked && !this.store.state.work && this.store.set({ work: this.looking() }), PATIENCE);
  }

  cancel(): void {
    const { session } = this.store.state;
    if (session) this.socket.say({ t: "cancel", session: session.id });
  }

  wantHeat(on: boolean): void {
    const { session } = this.store.state;
    if (session) this.socket.say({ t: "want", session: session.id, heat: on });
  }

  async wantNormals(): Promise<void> {
    const { manifest } = this.store.state;
    if (!manifest || this.withNormals) return;
    this.withNormals = true;
    const tiles = [...this.view.tiles];
    for (const [k, tile] of tiles.entries()) {
      this.store.set({ work: { text: "Loading normals", share: k / tiles.length, cancellable: false } });
      this.view.renderer.setNormals(tile, await loadNormals(manifest.scene, k, tile.count));
      this.view.renderer.recolour();
    }
    this.store.set({ work: null });
  }

  async rename(name: string): Promise<void> {
    const { session } = this.store.state;
    if (session && name && name !== session.name) {
      this.store.set({ session: await send("PATCH", `/sessions/${session.id}`, { name }) });
    }
  }

  /** Box and centre of the candidate chosen. */
  candidateExtent(): Extent | null {
    const { candidates, candidate } = this.store.state;
    return this.extentOf(this.candidateMasks.get(candidates?.rows.find(({ row }) => row === candidate)?.mask ?? ""));
  }

  /** Box and centre of an object's mask; null without one. */
  extent(label: number): Extent | null {
    return this.extentOf(this.labels.mask(label));
  }

  private extentOf(bits: Uint32Array | undefined): Extent | null {
    if (!bits || this.view.tiles.length < (this.store.state.manifest?.tiles.length ?? 0)) return null;
    if (!this.extents.has(bits)) this.extents.set(bits, extentOf(this.view.tiles, bits));
    return this.extents.get(bits)!;
  }

  say(status: string): void {
    this.store.set({ status });
  }

  // ---- the connection

  private connected(): void {
    const { session, manifest } = this.store.state;
    this.store.set({ connection: "open" });
    if (!session || !manifest) return;
    this.socket.say({ t: "open", session: session.id });
    if (this.store.state.look.mode === "uncertainty") this.wantHeat(true);
    this.socket.repeat();
    this.say("Connected again. Nothing is lost.");
  }

  private lost(): void {
    if (this.store.state.connection === "open") this.say("The connection is lost; trying again");
    this.store.set({ connection: "lost" });
    // a server that was started anew does not know this browser: say so instead of trying for ever without a word
    get("/server").catch((error: unknown) => error instanceof ApiError && this.say(error.message));
  }

  private heard(message: ServerMessage): void {
    const mine = !("session" in message) || message.t === "state" || message.session === null
      || message.session === this.store.state.session?.id;
    if (!mine) return;
    switch (message.t) {
      case "state":
        if (message.session.id === this.store.state.session?.id) this.queue(async () => this.takeState(message));
        break;
      case "saved": this.queue(async () => this.takeReply(message as unknown as CommandReply)); break;
      case "progress": this.progress(message.what, message.stage, message.share); break;
      case "suggestion": this.store.set({ suggestion: message.suggestion }); break;
      case "candidates":
        this.takeCandidates(message.candidates);
        break;
      case "superseded": break;
      case "scene": this.store.set(message.id === this.store.state.scene?.id ? { scene: message } : {}); break;
      case "error": this.failed(message.cmd, message.error); break;
      case "pong": break;
    }
  }

  private progress(what: string, stage: string, share: number): void {
    const doing = what === "encode" ? "Looking at the scan" : what;
    this.store.set({ work: share >= 1 ? this.looking() : { text: stage ? `${doing}: ${stage}` : doing, share, cancellable: true } });
  }

  private looking(): Work | null {
    return this.asked ? { text: `Looking for ${this.asked}`, share: null, cancellable: false } : null;
  }

  private failed(cmd: string | null, problem: Problem): void {
    this.socket.answered(cmd);
    if (cmd) this.replies.delete(cmd);
    this.asked = "";
    this.store.set({ unsaved: this.socket.waiting, work: null, pending: null });
    this.say(problem.code === "cancelled" ? "Cancelled" : [problem.what, problem.cure].filter(Boolean).join(". "));
  }

  // ---- answers

  private queue(step: () => Promise<void>): void {
    this.inTurn = this.inTurn.then(step).catch((error: unknown) => this.say(String(error)));
  }

  private takeState(state: SessionState): void {
    const { session, rev, objects, background, candidates, pending } = state;
    this.store.set({ session, rev, objects, background, candidates, pending, history: state,
      candidate: firstOpen(candidates, objects),
      active: chosen(this.store.state.active, objects) });
    const known = new Set(objects.filter((object) => object.mask).map((object) => object.number));
    for (const label of this.labels.objects) if (!known.has(label)) this.redraw(this.labels.remove(label));
  }

  private takeReply(reply: CommandReply): void {
    this.socket.answered(reply.cmd);
    const { state } = this.store;
    const objects = merged(state.objects, reply.objects, reply.removed);
    for (const label of reply.removed) this.redraw(this.labels.remove(label));
    this.store.set({
      objects, history: reply, rev: Math.max(state.rev, reply.rev), pending: reply.pending, unsaved: this.socket.waiting,
      ...(reply.background ? { background: reply.background } : {}),
      ...(reply.candidates !== undefined ? { candidates: reply.candidates, candidate: firstOpen(reply.candidates, objects) } : {}),
      ...(reply.pending ? {} : { work: null }),
    });
    if (!reply.pending) this.asked = "";
    const waiting = this.replies.get(reply.cmd);
    this.replies.delete(reply.cmd);
    waiting?.(reply);
    if (!reply.pending) this.askSuggestion();
  }

  private async received(frame: Frame<FrameHeader>): Promise<void> {
    if (frame.header.session !== this.store.state.session?.id) return;
    if (frame.header.t === "masks") await this.takeMasks(frame as Frame<MasksHeader>);
    else if (frame.header.t === "heat") await this.takeHeat(frame as Frame<HeatHeader>);
  }

  private async takeMasks({ header, buffers }: Frame<MasksHeader>): Promise<void> {
    const bits = await Promise.all(buffers.map(inflateMask));
    for (const label of header.cleared) this.redraw(this.labels.remove(label));
    header.masks.forEach((mask, i) => {
      if (mask.row !== undefined && mask.object === 0) this.candidateMasks.set(mask.digest, bits[i]);
      else this.redraw(this.labels.applyMask(mask.object, bits[i]));
    });
    const { state } = this.store;
    const { pending } = header;
    if (!pending) this.asked = "";
    this.store.set({
      objects: merged(state.objects, header.objects, []), rev: Math.max(state.rev, header.rev), pending,
      history: header,
      ...(pending ? {} : { work: null }),
    });
    if (header.masks.some((mask) => mask.row !== undefined && mask.object === 0)) this.preview();
    const shown = header.objects.find((object) => object.number === state.active);
    if (shown && !pending) this.say(`${capital(title(shown))}: ${shown.on.toLocaleString("en")} points`);
    if (!pending) this.askSuggestion();
  }

  /** A reply and its masks both lead here; one question is enough. */
  private askSuggestion(): void {
    clearTimeout(this.asking);
    this.asking = setTimeout(() => {
      const { session, objects } = this.store.state;
      if (!session) return;
      if (objects.some((object) => object.clicks.length)) this.socket.say({ t: "suggestion", session: session.id });
      else this.store.set({ suggestion: null });
    }, SETTLED);
  }

  // ---- candidates

  private takeCandidates(candidates: Candidates | null): void {
    const { objects } = this.store.state;
    this.asked = "";
    this.store.set({ candidates, candidate: firstOpen(candidates, objects), work: null });
    if (candidates) this.say(offersOf(candidates, objects).line);
  }

  /** Show the candidates' masks over the picture, or wipe them. */
  preview(): void {
    const { candidates, candidate, objects } = this.store.state;
    if (!candidates) this.candidateMasks.clear();
    const { likely, others }: Pick<Offers, "likely" | "others"> = candidates ? offersOf(candidates, objects) : { likely: [], others: [] };
    const open = [...likely, ...others].filter((offer) => offer.taken === null);
    const bits = (offers: readonly Offer[]) => offers.flatMap(({ mask }) => this.candidateMasks.get(mask) ?? []);
    const [chosen] = bits(open.filter(({ row }) => row === candidate));
    const faint = bits(open.filter((offer) => offer.row !== candidate && likely.includes(offer)));
    const changes: Changes = new Map();
    for (const tile of this.view.tiles) {
      const range = applyPreview(tile, chosen ?? null, faint);
      if (range) changes.set(tile, range);
    }
    this.redraw(changes);
    this.view.renderer.setSpot(chosen || faint.length ? 1 : 0);
  }

  /** Masks of candidates that were there before this page. */
  async fetchCandidates(): Promise<void> {
    const { candidates, session } = this.store.state;
    for (const row of candidates?.rows ?? []) {
      if (this.candidateMasks.has(row.mask)) continue;
      const frame = parseFrame<MasksHeader>(await getBytes(`/sessions/${session!.id}/masks/${row.mask}`));
      this.candidateMasks.set(row.mask, await inflateMask(frame.buffers[0]));
    }
    this.preview();
  }

  // ---- uncertainty

  private async takeHeat({ header, buffers }: Frame<HeatHeader>): Promise<void> {
    this.levels = await inflate(buffers[0]);
    if (this.cells.key !== header.cells) this.cells = { key: header.cells, tiles: new Map() };
    for (const [k, tile] of [...this.view.tiles].entries()) await this.heatTile(k, tile);
    document.documentElement.dataset.heat = String(header.rev);
  }

  private async heatTile(k: number, tile: TileData): Promise<void> {
    const { session } = this.store.state;
    let cells = this.cells.tiles.get(k);
    if (!cells) {
      const packed = await getBytes(`/sessions/${session!.id}/cells/${k}?key=${encodeURIComponent(this.cells.key)}`);
      cells = runningSum(new Int32Array((await inflate(new Uint8Array(packed))).buffer));
      this.cells.tiles.set(k, cells);
    }
    const range = applyHeat(tile, cells, this.levels!);
    if (range) this.redraw(new Map([[tile, range]]));
  }

  private redraw(changes: Changes): void {
    this.view.renderer.touch(changes);
    const { hidden, isolated, density } = this.store.state;
    // points may have appeared or gone, which drawing over the picture cannot show
    if (changes.size && (hidden.size || isolated !== null || density < 1)) this.view.renderer.redraw();
  }
}

function merged(before: readonly ObjectState[], changed: readonly ObjectState[], removed: readonly number[]): ObjectState[] {
  const all = new Map(before.map((object) => [object.number, object]));
  for (const object of changed) all.set(object.number, object);
  for (const number of removed) all.delete(number);
  return [...all.values()].sort((a, b) => a.number - b.number);
}

function chosen(active: number, objects: readonly ObjectState[]): number {
  return objects.some((object) => object.number === active) || !objects.length ? active : objects[objects.length - 1].number;
}

function firstOpen(candidates: Candidates | null, objects: readonly ObjectState[]): number {
  return (candidates && nextOffer(offersOf(candidates, objects))?.row) ?? -1;
}

/** What a prompt is about, for a line about it. */
function wordsOf(prompt: PromptJson): string {
  if (Array.isArray(prompt.names)) return prompt.names.join(", ") || "everything";
  if (Array.isArray(prompt.parts)) return `${prompt.object}: ${prompt.parts.join(", ")}`;
  return typeof prompt.text === "string" ? prompt.text : "what is in the box";
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
