// What can be done, by key or by button.

import type { Action } from "./keys.ts";
import { nextOffer, offersOf } from "./candidates.ts";
import { byId } from "./dom.ts";
import type { Candidates, ObjectState } from "./messages.ts";
import type { Picked } from "./pick.ts";
import type { Session } from "./session.ts";
import { type Store, title } from "./store.ts";
import type { Viewport } from "./viewport.ts";

export class Actions {
  constructor(private readonly store: Store, private readonly session: Session, private readonly view: Viewport) {}

  readonly table: Record<Exclude<Action, "select">, () => void> = {
    new: () => this.newObject(),
    next: () => this.cycle(1),
    previous: () => this.cycle(-1),
    accept: () => this.accept(),
    undo: () => this.history("undo"),
    redo: () => this.history("redo"),
    deleteObject: () => this.deleteObject(this.active),
    deleteClick: () => this.deleteLastClick(),
    positive: () => this.store.set({ sign: 1 }),
    negative: () => this.store.set({ sign: -1 }),
    pickHere: () => this.pickHere(false),
    pickHereNegative: () => this.pickHere(true),
    crosshair: () => this.store.set({ crosshair: !this.store.state.crosshair }),
    jump: () => this.jump(),
    placeSuggested: () => this.placeSuggested(),
    prompt: () => byId<HTMLInputElement>("prompt").select(),
    escape: () => this.escape(),
    heat: () => this.mode(this.store.state.look.mode === "uncertainty" ? this.plainMode() : "uncertainty"),
    masks: () => this.look({ tint: this.store.state.look.tint > 0 ? 0 : 0.6 }),
    labels: () => this.store.set({ marks: !this.store.state.marks }),
    hide: () => this.toggleHidden(this.active),
    isolate: () => this.isolate(this.active),
    showAll: () => this.store.set({ hidden: new Set(), isolated: null }),
    clip: () => this.store.set({ clip: { ...this.store.state.clip, on: !this.store.state.clip.on } }),
    frame: () => this.frame(),
    whole: () => this.view.goTo("whole"),
    top: () => this.view.goTo("top"),
    front: () => this.view.goTo("front"),
    side: () => this.view.goTo("side"),
    larger: () => this.look({ size: Math.min(4, this.store.state.look.size + 0.25) }),
    smaller: () => this.look({ size: Math.max(0.25, this.store.state.look.size - 0.25) }),
    help: () => byId<HTMLDialogElement>("help").showModal(),
    left: () => this.view.nudge(-6, 0, "turn"),
    right: () => this.view.nudge(6, 0, "turn"),
    up: () => this.view.nudge(0, 6, "turn"),
    down: () => this.view.nudge(0, -6, "turn"),
    panLeft: () => this.view.nudge(-0.05, 0, "shift"),
    panRight: () => this.view.nudge(0.05, 0, "shift"),
    panUp: () => this.view.nudge(0, 0.05, "shift"),
    panDown: () => this.view.nudge(0, -0.05, "shift"),
    nearer: () => this.view.zoom(0.85),
    farther: () => this.view.zoom(1 / 0.85),
  };

  get active(): number {
    return this.store.state.active;
  }

  // ---- clicks

  click(picked: Picked | null, negative: boolean): void {
    if (!this.store.state.session) return;
    if (!picked) {
      this.session.say("No point there");
      return;
    }
    const sign = negative ? -1 : this.store.state.sign;
    const object = this.active;
    if (sign < 0 && !this.store.object(object)?.on) {
      this.session.say(`Object ${object} has no mask yet: click the object itself first`);
      return;
    }
    this.session.command({ t: "click", object, point: picked.point, sign });
    this.session.say(sign > 0 ? `Object ${object}: click added` : `Object ${object}: this place taken away`);
  }

  pickHere(negative: boolean): void {
    this.store.set({ crosshair: true });
    this.click(this.view.pickMiddle(), negative);
  }

  deleteClick(id: number): void {
    this.session.command({ t: "remove_click", click: id });
    this.session.say("Click deleted");
  }

  private deleteLastClick(): void {
    const last = this.store.object(this.active)?.clicks.at(-1);
    if (last) this.deleteClick(last.id);
    else this.session.say("The object has no clicks");
  }

  private jump(): void {
    const { suggestion, manifest } = this.store.state;
    if (!suggestion || !manifest) {
      this.session.say("No click is suggested");
      return;
    }
    const [lower, upper] = manifest.bounds;
    this.store.set({ crosshair: true, ...(suggestion.object > 0 ? { active: suggestion.object } : {}) });
    this.view.jumpTo(suggestion.xyz, Math.hypot(...lower.map((v, i) => upper[i] - v)) * 0.35);
  }

  private placeSuggested(): void {
    const { suggestion } = this.store.state;
    if (!suggestion || suggestion.point === null) {
      this.session.say("No click is suggested");
      return;
    }
    this.session.command({ t: "click", object: suggestion.object, point: suggestion.point, sign: suggestion.sign });
    this.store.set({ suggestion: null });
  }

  // ---- objects

  select(number: number): void {
    this.store.set({ active: number });
    const object = this.store.object(number);
    this.session.say(object ? `${title(object)} selected` : `Object ${number} is new: click a point of it`);
  }

  newObject(): void {
    this.session.command({ t: "new_object" }, (reply) => reply.objects[0] && this.select(reply.objects[0].number));
  }

  deleteObject(number: number): void {
    const object = this.store.object(number);
    if (!object) return;
    this.session.command({ t: "delete_object", object: number });
    this.session.say(`${title(object)} deleted. Undo brings it back.`);
  }

  accept(): void {
    const { candidates, candidate, objects } = this.store.state;
    if (candidates && isOpen(candidates, candidate, objects)) {
      this.acceptCandidate(candidate);
      return;
    }
    const object = this.store.object(this.active);
    if (!object?.on) {
      this.session.say("Nothing to accept yet");
      return;
    }
    this.session.command({ t: "accept", object: object.number });
    this.session.say(`${title(object)} accepted; its mask stays as it is. N starts the next object.`);
    this.store.set({ active: nextFree(this.store.state.objects.map((other) => other.number)) });
  }

  setLocked(number: number, on: boolean): void {
    this.session.command({ t: "accept", object: number, on });
    this.session.say(on ? `Object ${number} locked` : `Object ${number} open again`);
  }

  acceptCandidate(row: number): void {
    const { candidates } = this.store.state;
    if (!candidates) return;
    const name = candidates.rows.find((candidate) => candidate.row === row)?.label ?? "";
    this.session.command({ t: "accept_candidate", candidate: candidates.id, row, name }, (reply) => {
      if (reply.objects[0]) this.store.set({ active: reply.objects[0].number });
      const { objects, candidates: now } = this.store.state;
      if (now) this.store.set({ candidate: nextOffer(offersOf(now, objects))?.row ?? -1 });
    });
    this.session.say(`Accepted ${name || "the candidate"}; click to refine it`);
  }

  /** All that are likely; each is a step of its own to undo. */
  acceptAll(): void {
    const { candidates, objects } = this.store.state;
    if (!candidates) return;
    for (const { row, taken } of offersOf(candidates, objects).likely) if (taken === null) this.acceptCandidate(row);
  }

  dismiss(): void {
    this.session.command({ t: "dismiss_candidates" });
  }

  toggleHidden(number: number): void {
    const hidden = new Set(this.store.state.hidden);
    if (!hidden.delete(number)) hidden.add(number);
    this.store.set({ hidden, isolated: null });
    this.session.say(hidden.has(number) ? `Object ${number} hidden` : `Object ${number} shown`);
  }

  isolate(number: number): void {
    const isolated = this.store.state.isolated === number ? null : number;
    this.store.set({ isolated });
    this.session.say(isolated === null ? "Everything shown" : `Object ${number} alone`);
  }

  private cycle(step: number): void {
    const numbers = this.store.state.objects.map((object) => object.number);
    if (!numbers.length) return;
    const at = numbers.indexOf(this.active);
    this.select(numbers[(Math.max(at, 0) + (at < 0 ? 0 : step) + numbers.length) % numbers.length]);
  }

  private history(t: "undo" | "redo"): void {
    const { history } = this.store.state;
    const of = t === "undo" ? history.undo_of : history.redo_of;
    if (t === "undo" ? !history.can_undo : !history.can_redo) {
      this.session.say(`Nothing to ${t}`);
      return;
    }
    this.session.command({ t });
    this.session.say(`${t === "undo" ? "Undid" : "Redid"} ${(of ?? "the last step").replaceAll("_", " ")}`);
  }

  // ---- seeing

  look(patch: Partial<Store["state"]["look"]>): void {
    this.store.set({ look: { ...this.store.state.look, ...patch } });
  }

  mode(mode: Store["state"]["look"]["mode"]): void {
    this.look({ mode });
  }

  private plainMode(): Store["state"]["look"]["mode"] {
    return this.store.state.manifest?.colours === false ? "height" : "colour";
  }

  private frame(): void {
    const extent = this.session.candidateExtent() ?? this.session.extent(this.active);
    if (extent) this.view.frame(extent);
    else this.view.goTo("whole");
  }

  private escape(): void {
    const open = document.querySelector<HTMLDetailsElement>("details.menu[open]");
    if (open) {
      open.open = false;
      open.querySelector("summary")?.focus();
    } else if (this.store.state.candidates) this.dismiss();
    else if (this.store.state.crosshair) this.store.set({ crosshair: false });
    else if (document.activeElement?.id === "view") byId("new-object").focus();
    else byId("view").focus();
  }
}

/** Whether a candidate is there and not accepted yet. */
function isOpen(candidates: Candidates, row: number, objects: readonly ObjectState[]): boolean {
  const { likely, others } = offersOf(candidates, objects);
  return [...likely, ...others].some((offer) => offer.row === row && offer.taken === null);
}

function nextFree(numbers: readonly number[]): number {
  return Math.max(0, ...numbers) + 1;
}
