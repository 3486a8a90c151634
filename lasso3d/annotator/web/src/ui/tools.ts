// The tools over the picture: how points are coloured, drawn and clipped.

import type { Actions } from "../actions.ts";
import { byId } from "../dom.ts";
import type { ColourMode } from "../renderer.ts";
import type { Session } from "../session.ts";
import { type Clip, type State, type Store, changed } from "../store.ts";
import type { Point3 } from "../tiles.ts";

export function tools(store: Store, session: Session, actions: Actions): void {
  const mode = byId<HTMLSelectElement>("mode");
  mode.addEventListener("change", () => actions.mode(mode.value as ColourMode));
  slider("size", (value) => actions.look({ size: value }));
  slider("tint", (value) => actions.look({ tint: value / 100 }));
  slider("threshold", (value) => actions.look({ threshold: value / 100 }));
  slider("opacity", (value) => store.set({ density: value / 100 }));
  const relief = byId<HTMLInputElement>("relief");
  relief.addEventListener("change", () => actions.look({ relief: relief.checked }));
  clipControls(store, session);
  oneMenuAtATime();
  store.listen((now, before) => {
    if (changed(now, before, "look", "manifest", "density", "marks", "crosshair")) showLook(now);
    if (changed(now, before, "clip", "manifest")) showClip(now);
  });
}

function slider(id: string, moved: (value: number) => void): void {
  const input = byId<HTMLInputElement>(id);
  input.addEventListener("input", () => moved(Number(input.value)));
}

function setSlider(id: string, value: number, says: string): void {
  byId<HTMLInputElement>(id).value = String(value);
  document.querySelector(`output[for=${id}]`)!.textContent = says;
}

function showLook({ look, manifest, density, marks, crosshair }: State): void {
  const mode = byId<HTMLSelectElement>("mode");
  mode.value = look.mode;
  if (manifest) {
    for (const option of mode.options) {
      option.disabled = (option.value === "colour" && !manifest.colours) || (option.value === "intensity" && !manifest.intensity);
    }
  }
  byId("heat").setAttribute("aria-pressed", String(look.mode === "uncertainty"));
  byId("crosshair-button").setAttribute("aria-pressed", String(crosshair));
  setSlider("size", look.size, `×${look.size}`);
  setSlider("tint", Math.round(100 * look.tint), `${Math.round(100 * look.tint)} %`);
  setSlider("opacity", Math.round(100 * density), `${Math.round(100 * density)} %`);
  setSlider("threshold", Math.round(100 * look.threshold), `${Math.round(100 * look.threshold)} %`);
  byId<HTMLInputElement>("relief").checked = look.relief;
  byId<HTMLInputElement>("show-marks").checked = marks;
}

const AXES = ["x", "y", "z"] as const;
const STEPS = 1000;

function clipControls(store: Store, session: Session): void {
  const set = (clip: Partial<Clip>) => store.set({ clip: { ...store.state.clip, on: true, ...clip } });
  AXES.forEach((axis, i) => {
    for (const [end, other] of [["0", "1"], ["1", "0"]]) {
      const input = byId<HTMLInputElement>(`clip-${axis}${end}`);
      input.addEventListener("input", () => {
        const across = byId<HTMLInputElement>(`clip-${axis}${other}`);
        const pushed = end === "0" ? Math.max(Number(across.value), Number(input.value)) : Math.min(Number(across.value), Number(input.value));
        across.value = String(pushed);
        set(readAxis(store.state, i, axis));
      });
    }
  });
  byId("clip-reset").addEventListener("click", () => {
    const { manifest } = store.state;
    if (manifest) set({ on: false, lower: manifest.bounds[0], upper: manifest.bounds[1] });
  });
  byId("clip-ceiling").addEventListener("click", () => {
    const { manifest, clip } = store.state;
    if (!manifest) return;
    const [low, high] = [manifest.bounds[0][2], manifest.bounds[1][2]];
    set({ upper: [clip.upper[0], clip.upper[1], low + 0.8 * (high - low)] });
  });
  byId("clip-object").addEventListener("click", () => {
    const extent = session.extent(store.state.active);
    if (!extent) {
      session.say("The selected object has no mask yet");
      return;
    }
    const room = 0.1 * Math.hypot(...extent.lower.map((v, axis) => extent.upper[axis] - v));
    set({ lower: extent.lower.map((v) => v - room) as Point3, upper: extent.upper.map((v) => v + room) as Point3 });
  });
}

function readAxis(state: State, i: number, axis: string): Partial<Clip> {
  const [low, high] = [state.manifest!.bounds[0][i], state.manifest!.bounds[1][i]];
  const at = (end: string) => low + (Number(byId<HTMLInputElement>(`clip-${axis}${end}`).value) / STEPS) * (high - low);
  const lower = state.clip.lower.with(i, at("0")) as Point3;
  const upper = state.clip.upper.with(i, at("1")) as Point3;
  return { lower, upper };
}

function showClip({ clip, manifest }: State): void {
  byId<HTMLInputElement>("clip-on").checked = clip.on;
  byId("clip").classList.toggle("on", clip.on);
  if (!manifest) return;
  AXES.forEach((axis, i) => {
    const [low, high] = [manifest.bounds[0][i], manifest.bounds[1][i]];
    const share = (v: number) => String(Math.round((STEPS * (v - low)) / Math.max(high - low, 1e-9)));
    byId<HTMLInputElement>(`clip-${axis}0`).value = share(clip.lower[i]);
    byId<HTMLInputElement>(`clip-${axis}1`).value = share(clip.upper[i]);
    byId(`clip-${axis}`).textContent = `${clip.lower[i].toFixed(2)} to ${clip.upper[i].toFixed(2)} m`;
  });
}

/** Menus close when another opens or when something else is clicked. */
function oneMenuAtATime(): void {
  const menus = document.querySelectorAll<HTMLDetailsElement>("details.menu");
  document.addEventListener("pointerdown", (event) => {
    for (const menu of menus) if (!menu.contains(event.target as Node) && menu.id !== "clip") menu.open = false;
  });
  for (const menu of menus) {
    menu.addEventListener("toggle", () => {
      if (menu.open) for (const other of menus) if (other !== menu) other.open = false;
    });
  }
}
