// Puts the page together.

import { Actions } from "./actions.ts";
import { get } from "./api.ts";
import { byId, placeIcons } from "./dom.ts";
import type { SceneRecord, ServerInfo, SessionRecord } from "./messages.ts";
import { objectColour, rgbOf } from "./palette.ts";
import { Session } from "./session.ts";
import { type State, Store, changed } from "./store.ts";
import { bars } from "./ui/bars.ts";
import { clickList } from "./ui/clicks.ts";
import { Keyboard } from "./ui/help.ts";
import { legend } from "./ui/legend.ts";
import { objectList } from "./ui/objects.ts";
import { promptBox } from "./ui/prompt.ts";
import { SessionsDialog } from "./ui/sessions.ts";
import { tools } from "./ui/tools.ts";
import { type Mark3, Viewport } from "./viewport.ts";
import { EVERYTHING } from "./visible.ts";

placeIcons();
const store = new Store();
const view = new Viewport(byId<HTMLCanvasElement>("view"), byId("marks"), EVERYTHING);
const session = new Session(store, view);
const actions = new Actions(store, session, view);
bars(store, session);
objectList(store, session, actions);
clickList(store, actions, view);
promptBox(store, session, actions);
tools(store, session, actions);
legend(store);
const sessions = new SessionsDialog(store, session);
const keyboard = new Keyboard(store, actions);

view.onClick = (picked, negative) => {
  keyboard.clicked();
  actions.click(picked, negative);
};
view.renderer.onIdle = (idle) => store.set({ idle });
view.renderer.onFirstPaint = () => (document.documentElement.dataset.firstPaint = performance.now().toFixed(0));

store.listen((now, before) => {
  if (changed(now, before, "look")) lookChanged(now, before);
  // where it is lost again, the next connection asks anew
  if (changed(now, before, "connection") && now.connection === "open") learnSystems().catch(() => undefined);
  if (changed(now, before, "hidden", "isolated", "density", "clip", "objects", "active")) showWhat(now, before);
  if (changed(now, before, "objects", "active", "background", "suggestion", "marks", "loaded")) view.setMarks(marksOf(now));
  if (changed(now, before, "crosshair")) byId("crosshair").hidden = !now.crosshair;
  if (changed(now, before, "session", "connection")) byId("welcome").hidden = now.session !== null || now.connection === "connecting";
  describe(now);
});

function lookChanged(now: State, before: State): void {
  view.renderer.setLook(now.look);
  if (now.look.mode === before.look.mode) return;
  session.wantHeat(now.look.mode === "uncertainty");
  if (now.look.mode === "normals") void session.wantNormals();
}

/** Hidden, isolated, clipped: the shader and the picking are told the same. */
function showWhat(now: State, before: State): void {
  const hidden = new Set(now.hidden);
  const numbers = now.objects.map((object) => object.number);
  if (now.isolated !== null) for (const number of [0, ...numbers]) if (number !== now.isolated) hidden.add(number);
  view.renderer.setLabel(0, [0, 0, 0], hidden.has(0) ? 2 : 0);
  for (const number of numbers) view.renderer.setLabel(number, rgbOf(objectColour(number)), 1 | (hidden.has(number) ? 2 : 0));
  const { lower, upper } = now.clip.on ? now.clip : EVERYTHING;
  const shown = view.visibility.hidden;
  const same = hidden.size === shown.size && [...hidden].every((label) => shown.has(label));
  // a new colour alone needs no new picture: its points come with a mask, and are drawn then
  if (!same || changed(now, before, "density", "clip")) view.setVisibility({ lower, upper, hidden, density: now.density });
}

function marksOf(now: State): Mark3[] {
  if (!now.marks) return [];
  const marks: Mark3[] = [];
  for (const object of now.objects) {
    const extent = object.on ? session.extent(object.number) : null;
    if (extent) {
      marks.push({ key: `name${object.number}`, kind: "name", object: object.number, text: `${object.number} ${object.name}`.trim(),
        xyz: [extent.middle[0], extent.middle[1], extent.top] });
    }
  }
  const active = now.objects.find((object) => object.number === now.active);
  for (const click of [...(active?.clicks ?? []), ...now.background]) {
    marks.push({ key: `click${click.id}`, kind: click.sign > 0 ? "add" : "away", object: click.sign > 0 ? now.active : 0,
      text: click.sign > 0 ? "+" : "−", xyz: click.xyz });
  }
  if (now.suggestion) marks.push({ key: "suggested", kind: "suggested", object: now.suggestion.object, text: "?", xyz: now.suggestion.xyz });
  return marks;
}

/** Read-only, for tests and for those who script the page. */
function describe(now: State): void {
  const active = now.objects.find((object) => object.number === now.active);
  const settled = now.loaded === (now.manifest?.n ?? -1) && !now.pending && !now.unsaved && !now.work && now.idle;
  Object.assign(document.documentElement.dataset, {
    connection: now.connection, session: now.session?.id ?? "", rev: String(now.rev), points: String(now.loaded),
    objects: String(now.objects.length), active: String(now.active), on: String(active?.on ?? 0), mode: now.look.mode,
    sign: String(now.sign), saved: String(now.unsaved === 0), pending: String(now.pending !== null), idle: String(settled),
    candidates: String(now.candidates?.rows.length ?? 0),
  });
}

for (const button of document.querySelectorAll<HTMLElement>("[data-close]")) {
  button.addEventListener("click", () => button.closest("dialog")!.close());
}

async function begin(): Promise<void> {
  const [server, all, scenes] = await Promise.all([
    get<ServerInfo>("/server"), get<SessionRecord[]>("/sessions"), get<SceneRecord[]>("/scenes"),
  ]);
  store.set({ server, status: "Ready" });
  const asked = new URLSearchParams(location.hash.slice(1)).get("session");
  const latest = scenes[0] ? all.find((record) => record.scene === scenes[0].id) : all[0];
  const resume = all.find((record) => record.id === asked) ?? latest;
  if (resume) await session.open(resume.id);
  else if (scenes[0]) await session.start(scenes[0].id);
}

/** Systems load one after the other: ask until it is known of each what it understands. */
async function learnSystems(): Promise<void> {
  for (;;) {
    const server = await get<ServerInfo>("/server");
    if (JSON.stringify(server) !== JSON.stringify(store.state.server)) store.set({ server });
    if (server.systems.every((system) => system.understands || system.error)) return;
    await new Promise((later) => setTimeout(later, 700));
  }
}

void sessions.attempt(begin);
