// REST and WebSocket of the server. A lost connection comes back by itself and asks for the whole state.

import { type Frame, parseFrame } from "./frames.ts";
import type { Command, FrameHeader, Problem, ServerMessage } from "./messages.ts";

const BASE = "/api/v1";

export class ApiError extends Error {
  constructor(readonly problem: Problem) {
    super([problem.what, problem.where, problem.cure].filter(Boolean).join(" · "));
  }
}

async function checked(response: Response): Promise<Response> {
  if (response.ok) return response;
  const body = await response.json().catch(() => null);
  throw new ApiError(body?.error ?? {
    code: "internal", what: `The server answered ${response.status}`, where: "",
    cure: response.status === 401 ? "Open the link that the terminal prints again" : "",
  });
}

export async function get<T>(path: string): Promise<T> {
  return (await checked(await fetch(BASE + path))).json();
}

export async function getBytes(path: string, signal?: AbortSignal): Promise<ArrayBuffer> {
  return (await checked(await fetch(BASE + path, { signal }))).arrayBuffer();
}

export async function send<T>(method: "POST" | "PATCH", path: string, body: unknown): Promise<T> {
  const headers = { "Content-Type": "application/json", "X-Lasso3D": "1" };
  return (await checked(await fetch(BASE + path, { method, headers, body: JSON.stringify(body) }))).json();
}

/** Send a file, with progress from 0 to 1 (fetch cannot tell how far an upload is). */
export function upload<T>(path: string, file: File, progress: (share: number) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", BASE + path);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("X-Lasso3D", "1");
    request.responseType = "json";
    request.upload.onprogress = (event) => progress(event.lengthComputable ? event.loaded / event.total : 0);
    request.onerror = () => reject(new Error("The upload broke off"));
    request.onload = () => {
      if (request.status < 300) resolve(request.response);
      else reject(new ApiError(request.response?.error ?? {
        code: "internal", what: `The server answered ${request.status}`, where: file.name, cure: "" }));
    };
    request.send(file);
  });
}

export function newId(): string {
  return crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint32Array(4)), (v) => v.toString(16)).join("-");
}

export interface SocketEvents {
  connected(): void;
  lost(): void;
  message(message: ServerMessage): void;
  frame(frame: Frame<FrameHeader>): void;
}

export class Socket {
  private socket: WebSocket | null = null;
  private attempts = 0;
  private readonly unanswered = new Map<string, string>();

  constructor(private readonly events: SocketEvents) {
    this.connect();
    addEventListener("online", () => this.retryNow());
    document.addEventListener("visibilitychange", () => document.hidden || this.retryNow());
  }

  get open(): boolean {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  say(message: object): void {
    if (this.open) this.socket!.send(JSON.stringify(message));
  }

  /** Send a command; it is repeated after a lost connection until it is answered (its id makes that harmless). */
  command(session: string, command: Command): string {
    const cmd = newId();
    const text = JSON.stringify({ ...command, cmd, session });
    this.unanswered.set(cmd, text);
    if (this.open) this.socket!.send(text);
    return cmd;
  }

  answered(cmd: string | null): void {
    if (cmd) this.unanswered.delete(cmd);
  }

  get waiting(): number {
    return this.unanswered.size;
  }

  /** Call once the session is open again. */
  repeat(): void {
    for (const text of this.unanswered.values()) if (this.open) this.socket!.send(text);
  }

  private retryNow(): void {
    if (this.socket && this.socket.readyState >= WebSocket.CLOSING) this.connect();
  }

  private connect(): void {
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    socket.onopen = () => {
      this.attempts = 0;
      this.events.connected();
    };
    socket.onmessage = (event) => {
      if (typeof event.data === "string") this.events.message(JSON.parse(event.data));
      else this.events.frame(parseFrame<FrameHeader>(event.data));
    };
    socket.onclose = () => {
      if (this.socket !== socket) return;
      this.events.lost();
      const wait = Math.min(5000, 250 * 2 ** this.attempts++);
      setTimeout(() => this.socket === socket && this.connect(), wait);
    };
  }
}
