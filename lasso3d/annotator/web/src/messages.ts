// What page and server say to each other; the twin of lasso3d/annotator/messages.py.

import type { Point3, TileHead } from "./tiles.ts";

export interface Problem {
  code: string;
  what: string;
  where: string;
  cure: string;
  understood?: Record<string, string[]>;
}

export interface SystemInfo {
  name: string;
  understands: string[] | null;
  error: string | null;
}

export interface ServerInfo {
  version: string;
  systems: SystemInfo[];
  default_system: string;
  formats: string[];
  roots: string[];
  limits: { upload_bytes: number; points: number };
}

export interface SceneRecord {
  id: string;
  name: string;
  path: string | null;
  points: number | null;
  status: "preparing" | "ready" | "failed";
  progress: number;
  stage: string;
  error: Problem | null;
}

export interface Manifest {
  scene: string;
  n: number;
  coarse: number;
  bounds: [Point3, Point3];
  colours: boolean;
  intensity: { name: string; lower: number; upper: number } | null;
  normals: "file" | "estimated";
  spacing: number;
  tiles: TileHead[];
}

export interface SessionRecord {
  id: string;
  name: string;
  scene: string;
  scene_name: string;
  system: string;
  rev: number;
  created: string | number;
  used: string | number;
  objects: number;
}

export interface Mark {
  /** The event that made the click. */
  id: number;
  point: number | null;
  xyz: Point3;
  sign: 1 | -1;
}

export interface ObjectState {
  number: number;
  name: string;
  accepted: boolean;
  clicks: Mark[];
  mask: string | null;
  on: number;
  score: number | null;
  source: "clicks" | "candidate" | "import";
  /** Prompt and row that it was accepted from. */
  candidate: [number, number] | null;
}

export interface Candidates {
  id: number;
  system: string;
  prompt: PromptJson;
  reply: string;
  rows: { row: number; label: string; score: number; on: number; mask: string }[];
}

export type PromptJson = { type: string; [field: string]: unknown };

export interface Heat {
  rev: number;
  cells: string;
}

/** What every answer says about the history. */
export interface History {
  system: string;
  can_undo: boolean;
  can_redo: boolean;
  undo_of: string | null;
  redo_of: string | null;
}

export interface SessionState extends History {
  session: SessionRecord;
  rev: number;
  objects: ObjectState[];
  background: Mark[];
  candidates: Candidates | null;
  pending: number | null;
  heat: Heat | null;
}

export interface CommandReply extends History {
  cmd: string;
  rev: number;
  t: string;
  objects: ObjectState[];
  removed: number[];
  background?: Mark[];
  candidates?: Candidates | null;
  pending: number | null;
  superseded: boolean;
}

export interface Suggestion {
  xyz: Point3;
  point: number | null;
  object: number;
  sign: 1 | -1;
}

export type Command =
  | { t: "click"; object: number; point: number; sign: 1 | -1 }
  | { t: "remove_click"; click: number }
  | { t: "new_object"; name?: string; object?: number }
  | { t: "rename"; object: number; name: string }
  | { t: "delete_object"; object: number }
  | { t: "accept"; object: number; on?: boolean }
  | { t: "clear"; object?: number }
  | { t: "prompt"; prompt: PromptJson; system?: string }
  | { t: "accept_candidate"; candidate: number; row: number; object?: number; name?: string }
  | { t: "dismiss_candidates" }
  | { t: "set_system"; system: string }
  | { t: "undo" }
  | { t: "redo" };

/** JSON messages of the socket. */
export type ServerMessage =
  | ({ t: "state" } & SessionState)
  | ({ t: "saved"; session: string } & Omit<CommandReply, "t">)
  | { t: "progress"; session: string; share: number; stage: string; what: string }
  | { t: "suggestion"; session: string; suggestion: Suggestion | null }
  | { t: "candidates"; session: string; rev: number; candidates: Candidates | null }
  | { t: "superseded"; session: string; rev: number }
  | ({ t: "scene" } & SceneRecord)
  | { t: "pong" }
  | { t: "error"; session: string | null; cmd: string | null; rev: number | null; error: Problem };

export interface MasksHeader extends History {
  t: "masks";
  session: string;
  rev: number;
  n: number;
  masks: { object: number; row?: number; digest: string; on: number; score: number | null }[];
  cleared: number[];
  objects: ObjectState[];
  heat: Heat | null;
  pending: number | null;
  lens: number[];
}

export interface HeatHeader {
  t: "heat";
  session: string;
  rev: number;
  cells: string;
  m: number;
  lens: number[];
}

export type FrameHeader = MasksHeader | HeatHeader;
