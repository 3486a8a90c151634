// The bars above and below: names, saved state, history, import and export, status, work in progress.

import { ApiError, upload } from "../api.ts";
import { byId, make } from "../dom.ts";
import type { CommandReply } from "../messages.ts";
import { shortName } from "../prompts.ts";
import type { Session } from "../session.ts";
import { type State, type Store, changed } from "../store.ts";

export function bars(store: Store, session: Session): void {
  const name = byId<HTMLInputElement>("session-name");
  name.addEventListener("change", () => void session.rename(name.value.trim()));
  name.addEventListener("keydown", (event) => event.key === "Enter" && name.blur());
  byId("cancel").addEventListener("click", () => session.cancel());
  byId("export-journal").addEventListener("change", () => listExports(store.state));
  systems(store, session);
  importer(store, session);
  store.listen((now, before) => {
    if (changed(now, before, "session", "scene")) showNames(now, name);
    if (changed(now, before, "server", "session")) listExports(now);
    if (changed(now, before, "unsaved", "connection", "session", "rev")) showSaved(now);
    if (changed(now, before, "history")) showHistory(now);
    if (changed(now, before, "work", "pending")) showWork(now);
    if (changed(now, before, "status")) byId("status").textContent = now.status;
  });
}

function showNames({ session, scene }: State, name: HTMLInputElement): void {
  byId("scan-name").textContent = scene?.name ?? session?.scene_name ?? "No scan";
  name.disabled = !session;
  if (document.activeElement !== name) name.value = session?.name ?? "";
  document.title = session ? `${session.name} · Lasso3D` : "Lasso3D annotator";
}

function showSaved({ unsaved, connection, session, rev }: State): void {
  const text = !session ? "" : connection !== "open" ? (unsaved ? `${unsaved} not saved yet` : "Saved") : unsaved ? "Saving" : "Saved";
  const saved = byId("saved");
  saved.textContent = text;
  saved.title = session ? `Every step is written to disk before it is answered (step ${rev})` : "";
  saved.classList.toggle("waiting", unsaved > 0);
  const line = byId("connection");
  line.textContent = { open: "connected", lost: "reconnecting", connecting: "connecting" }[connection];
  line.className = `connection ${connection}`;
}

function showHistory({ history }: State): void {
  const words = (of: string | null) => (of ? ` ${of.replaceAll("_", " ")}` : "");
  for (const [id, can, of] of [["undo", history.can_undo, history.undo_of], ["redo", history.can_redo, history.redo_of]] as const) {
    const button = byId<HTMLButtonElement>(id);
    // stays focusable: a disabled button would drop the keyboard's place
    button.setAttribute("aria-disabled", String(!can));
    button.title = `${id === "undo" ? "Undo" : "Redo"}${words(of)} (${id === "undo" ? "Ctrl Z" : "Ctrl Shift Z"})`;
  }
}

function showWork({ work, pending }: State): void {
  byId("work").hidden = !work;
  byId("stage").classList.toggle("pending", pending !== null);
  if (!work) return;
  byId("work-text").textContent = work.text;
  const bar = byId<HTMLProgressElement>("work-bar");
  if (work.share === null) bar.removeAttribute("value");
  else bar.value = work.share;
  byId("cancel").hidden = !work.cancellable;
}

function systems(store: Store, session: Session): void {
  const select = byId<HTMLSelectElement>("system");
  select.addEventListener("change", () => session.command({ t: "set_system", system: select.value }));
  store.listen((now, before) => {
    if (!changed(now, before, "server", "history", "session")) return;
    const known = now.server?.systems ?? [];
    select.replaceChildren(...known.map((system) => make("option", { text: shortName(system.name), title: system.name, attrs: {
      value: system.name, ...(answersClicks(system.understands) && !system.error ? {} : { disabled: "" }) } })));
    select.value = now.history.system || now.session?.system || now.server?.default_system || "";
    byId("system-note").textContent = known.find((system) => system.name === select.value)?.error ?? "";
  });
}

function answersClicks(understands: string[] | null): boolean {
  return understands === null || understands.includes("Clicks");
}

const FORMATS: Record<string, string> = {
  ".ply": "opens coloured in CloudCompare and MeshLab", ".las": "with extra dimensions", ".laz": "the same, compressed",
  ".npz": "arrays for NumPy", ".pcd": "for PCL and Open3D", ".csv": "a table", ".json": "masks and names",
  ".label": "SemanticKITTI", ".txt": "one line a point", ".xyz": "one line a point", ".npy": "one array", ".obj": "coloured vertices",
};

function listExports({ server, session }: State): void {
  const journal = byId<HTMLInputElement>("export-journal").checked;
  const base = `/api/v1/sessions/${session?.id}`;
  byId("export-formats").replaceChildren(...(session ? (server?.formats ?? []) : []).map((format) => {
    const query = new URLSearchParams({ format: format.replace(".", ""), journal: String(journal) });
    const link = make("a", { class: "row-link", attrs: { href: `${base}/export?${query}`, download: "" } },
      make("b", { text: format }), make("small", { text: FORMATS[format] ?? "" }));
    return make("li", {}, link);
  }));
  byId("journal-only").setAttribute("href", `${base}/journal`);
  byId("export").classList.toggle("off", !session);
}

function importer(store: Store, session: Session): void {
  const file = byId<HTMLInputElement>("import-file");
  byId("import").addEventListener("click", () => store.state.session && file.click());
  file.addEventListener("change", async () => {
    const chosen = file.files?.[0];
    file.value = "";
    if (!chosen || !store.state.session) return;
    try {
      const path = `/sessions/${store.state.session.id}/import/${encodeURIComponent(chosen.name)}`;
      await upload<CommandReply>(path, chosen, (share) => store.set({ work: { text: `Importing ${chosen.name}`, share, cancellable: false } }));
      session.say(`Labels of ${chosen.name} imported. Undo takes them back.`);
    } catch (error) {
      session.say(error instanceof ApiError ? error.message : String(error));
    }
    store.set({ work: null });
  });
}
