// Sessions to resume, scans to start on, folders of the server, files of this computer.

import { get, send, upload } from "../api.ts";
import { byId, counted, make } from "../dom.ts";
import type { SceneRecord, SessionRecord } from "../messages.ts";
import type { Session } from "../session.ts";
import { type Store } from "../store.ts";

interface Entry {
  name: string;
  path: string;
  kind: "folder" | "scan";
  bytes: number | null;
}

export class SessionsDialog {
  private readonly dialog = byId<HTMLDialogElement>("sessions");

  constructor(private readonly store: Store, private readonly session: Session) {
    for (const id of ["open-sessions", "welcome-open"]) byId(id).addEventListener("click", () => void this.show());
    byId<HTMLInputElement>("upload").addEventListener("change", (event) => {
      const input = event.target as HTMLInputElement;
      if (input.files?.[0]) void this.attempt(() => this.uploaded(input.files![0]));
    });
    byId("invite").addEventListener("click", () => void this.attempt(() => this.invite()));
    this.takeDrops();
  }

  async show(): Promise<void> {
    byId("invite-link").hidden = true;
    this.dialog.showModal();
    await this.attempt(async () => {
      const [sessions, scenes] = await Promise.all([get<SessionRecord[]>("/sessions"), get<SceneRecord[]>("/scenes")]);
      this.listSessions(sessions);
      this.listScenes(scenes);
      await this.browse("");
    });
  }

  /** Run a step; a failure is told in the dialog, or in the status line where that is closed. */
  async attempt(step: () => Promise<void>): Promise<void> {
    const problem = byId("sessions-problem");
    problem.textContent = "";
    try {
      await step();
    } catch (error) {
      this.store.set({ work: null });
      const text = error instanceof Error ? error.message : String(error);
      if (this.dialog.open) problem.textContent = text;
      this.session.say(text);
    }
  }

  private async invite(): Promise<void> {
    const { url } = await send<{ url: string }>("POST", "/invitations", {});
    const shown = byId<HTMLInputElement>("invite-link");
    shown.value = url;
    shown.hidden = false;
    shown.select();
  }

  private choose(step: () => Promise<void>): void {
    this.dialog.close();
    void this.attempt(step);
  }

  private listSessions(sessions: SessionRecord[]): void {
    byId("session-none").hidden = sessions.length > 0;
    byId("session-list").replaceChildren(...sessions.map((record) => {
      const open = make("button", { class: "row-link", attrs: { type: "button" } }, make("b", { text: record.name }),
        make("small", { text: `${record.scene_name} · ${counted(record.objects, "object")} · ${ago(record.used)}` }));
      open.addEventListener("click", () => this.choose(() => this.session.open(record.id)));
      return make("li", { class: record.id === this.store.state.session?.id ? "active" : "" }, open, this.renamer(record));
    }));
  }

  private renamer(record: SessionRecord): HTMLButtonElement {
    const button = make("button", { class: "small", text: "Rename", attrs: { type: "button", "aria-label": `Rename ${record.name}` } });
    button.addEventListener("click", () => {
      const input = make("input", { attrs: { type: "text", value: record.name, "aria-label": `New name of ${record.name}`, maxlength: "120" } });
      const finish = () => this.attempt(async () => {
        const name = input.value.trim();
        if (name && name !== record.name) {
          const renamed = await send<SessionRecord>("PATCH", `/sessions/${record.id}`, { name });
          if (record.id === this.store.state.session?.id) this.store.set({ session: renamed });
        }
        this.listSessions(await get<SessionRecord[]>("/sessions"));
      });
      input.addEventListener("keydown", (event) => {
        if (event.key === "Enter") input.blur();
        event.stopPropagation();
      });
      input.addEventListener("blur", () => void finish());
      button.previousElementSibling!.replaceWith(input);
      button.hidden = true;
      input.select();
    });
    return button;
  }

  private listScenes(scenes: SceneRecord[]): void {
    byId("scene-list").replaceChildren(...scenes.map((scene) => {
      const size = scene.points ? counted(scene.points, "point") : scene.status;
      const start = make("button", { class: "row-link", attrs: { type: "button" } }, make("b", { text: scene.name }), make("small", { text: size }));
      start.addEventListener("click", () => this.choose(() => this.session.start(scene.id)));
      return make("li", {}, start);
    }));
  }

  private async browse(path: string): Promise<void> {
    const { entries } = await get<{ path: string; entries: Entry[] }>(`/files?path=${encodeURIComponent(path)}`);
    const parts = path.split("/").filter(Boolean);
    const crumbs = ["", ...parts].map((name, i) => {
      const crumb = make("button", { class: "crumb", text: name || "Folders", attrs: { type: "button" } });
      crumb.addEventListener("click", () => void this.attempt(() => this.browse(parts.slice(0, i).join("/"))));
      return crumb;
    });
    byId("crumbs").replaceChildren(...crumbs);
    byId("file-list").replaceChildren(...entries.map((entry) => this.entry(entry)));
    if (!entries.length) byId("file-list").append(make("li", { class: "note", text: path ? "No scans here." : "The server was started without folders." }));
  }

  private entry(entry: Entry): HTMLLIElement {
    const detail = entry.kind === "folder" ? "folder" : megabytes(entry.bytes);
    const button = make("button", { class: "row-link", attrs: { type: "button" } }, make("b", { text: entry.name }), make("small", { text: detail }));
    button.addEventListener("click", () => {
      if (entry.kind === "folder") void this.attempt(() => this.browse(entry.path));
      else this.choose(async () => {
        const scene = await send<SceneRecord>("POST", "/scenes", { path: entry.path, ...axes() });
        await this.session.start(scene.id);
      });
    });
    return make("li", {}, button);
  }

  private async uploaded(file: File): Promise<void> {
    if (this.dialog.open) this.dialog.close();
    const { up, unit } = axes();
    const query = new URLSearchParams({ up, unit: String(unit) });
    const scene = await upload<SceneRecord>(`/uploads/${encodeURIComponent(file.name)}?${query}`, file,
      (share) => this.store.set({ work: { text: `Uploading ${file.name}`, share, cancellable: false } }));
    await this.session.start(scene.id);
  }

  private takeDrops(): void {
    document.addEventListener("dragover", (event) => event.preventDefault());
    document.addEventListener("drop", (event) => {
      event.preventDefault();
      const file = event.dataTransfer?.files[0];
      if (file) void this.attempt(() => this.uploaded(file));
    });
  }
}

function axes(): { up: string; unit: number } {
  return { up: byId<HTMLSelectElement>("up").value, unit: Number(byId<HTMLSelectElement>("unit").value) };
}

function megabytes(bytes: number | null): string {
  if (bytes === null) return "";
  return bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** "12 minutes ago", from seconds since 1970 or an ISO date. */
function ago(when: string | number): string {
  const then = typeof when === "number" ? when * 1000 : Date.parse(when);
  const minutes = Math.round((Date.now() - then) / 60_000);
  const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  if (minutes < 60) return words.format(-minutes, "minute");
  return minutes < 60 * 24 ? words.format(-Math.round(minutes / 60), "hour") : words.format(-Math.round(minutes / 1440), "day");
}
