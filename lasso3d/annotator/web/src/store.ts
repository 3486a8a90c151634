// Everything the page knows, in one place; parts of the page listen for changes of what they show.

import type { Candidates, History, Manifest, Mark, ObjectState, SceneRecord, ServerInfo, SessionRecord, Suggestion } from "./messages.ts";
import type { Look } from "./renderer.ts";
import type { Point3 } from "./tiles.ts";

export interface Clip {
  on: boolean;
  lower: Point3;
  upper: Point3;
}

export interface Work {
  text: string;
  /** 0 to 1; null = unknown. */
  share: number | null;
  cancellable: boolean;
}

export interface State {
  server: ServerInfo | null;
  connection: "connecting" | "open" | "lost";
  scene: SceneRecord | null;
  manifest: Manifest | null;
  session: SessionRecord | null;
  rev: number;
  objects: readonly ObjectState[];
  background: readonly Mark[];
  candidates: Candidates | null;
  history: History;
  pending: number | null;
  suggestion: Suggestion | null;
  work: Work | null;
  /** Commands sent and not yet committed. */
  unsaved: number;
  active: number;
  sign: 1 | -1;
  candidate: number;
  hidden: ReadonlySet<number>;
  isolated: number | null;
  look: Look;
  density: number;
  clip: Clip;
  marks: boolean;
  crosshair: boolean;
  loaded: number;
  idle: boolean;
  status: string;
}

export const FRESH: State = {
  server: null, connection: "connecting", scene: null, manifest: null, session: null, rev: 0, objects: [], background: [],
  candidates: null, history: { system: "", can_undo: false, can_redo: false, undo_of: null, redo_of: null }, pending: null,
  suggestion: null, work: null, unsaved: 0, active: 1, sign: 1, candidate: 0, hidden: new Set(), isolated: null,
  look: { mode: "colour", size: 1, tint: 0.6, threshold: 0.2, relief: true }, density: 1,
  clip: { on: false, lower: [0, 0, 0], upper: [0, 0, 0] }, marks: true, crosshair: false, loaded: 0, idle: false,
  status: "Connecting",
};

type Listener = (now: State, before: State) => void;

export class Store {
  private listeners: Listener[] = [];
  private told: State;
  private scheduled = false;

  constructor(private current: State = FRESH) {
    this.told = current;
  }

  get state(): State {
    return this.current;
  }

  set(patch: Partial<State>): void {
    this.current = { ...this.current, ...patch };
    if (this.scheduled) return;
    this.scheduled = true;
    queueMicrotask(() => this.tell());
  }

  listen(listener: Listener): void {
    this.listeners.push(listener);
  }

  object(number: number): ObjectState | undefined {
    return this.current.objects.find((object) => object.number === number);
  }

  private tell(): void {
    this.scheduled = false;
    const [now, before] = [this.current, this.told];
    this.told = now;
    for (const listener of this.listeners) listener(now, before);
  }
}

/** True when any of the named fields differs. */
export function changed(now: State, before: State, ...fields: (keyof State)[]): boolean {
  return now === before || fields.some((field) => now[field] !== before[field]);
}

/** What an object is called on the page. */
export function title(object: { number: number; name: string }): string {
  return object.name ? `${object.number} ${object.name}` : `object ${object.number}`;
}
