// The list of keys, which is also where they are changed; and the keys at work.

import type { Actions } from "../actions.ts";
import { byId, make } from "../dom.ts";
import { type Action, BINDINGS, type Binding, ariaChord, bindingFor, chordOf, chordsOf, isTyping, printed } from "../keys.ts";
import type { Store } from "../store.ts";

const KEPT = "lasso3d.keys";

interface Kept {
  single: boolean;
  custom: Record<string, string>;
}

export class Keyboard {
  private kept: Kept = recall();
  private held: { digit: string; before: number; clicked: boolean } | null = null;
  private changing: Binding | null = null;

  constructor(private readonly store: Store, private readonly actions: Actions) {
    addEventListener("keydown", (event) => this.pressed(event), { capture: true });
    addEventListener("keyup", (event) => this.released(event));
    const single = byId<HTMLInputElement>("single-keys");
    single.checked = this.kept.single;
    single.addEventListener("change", () => this.keep({ ...this.kept, single: single.checked }));
    byId("reset-keys").addEventListener("click", () => this.keep({ ...this.kept, custom: {} }));
    for (const button of document.querySelectorAll<HTMLElement>("button[data-action], input[data-action]")) {
      const event = button instanceof HTMLInputElement ? "change" : "click";
      button.addEventListener(event, () => this.run(button.dataset.action as Action));
    }
    this.list();
  }

  /** A click was made: a held digit was meant for this click alone. */
  clicked(): void {
    if (this.held) this.held.clicked = true;
  }

  private run(action: Action): void {
    if (action !== "select") this.actions.table[action]();
  }

  private pressed(event: KeyboardEvent): void {
    if (this.changing) {
      this.change(event);
      return;
    }
    if (event.defaultPrevented || document.querySelector("dialog[open]") || isTyping(event.target)) return;
    const chord = chordOf(event);
    const binding = bindingFor(chord, this.kept.custom);
    if (!binding || (!this.kept.single && /^(Shift\+)?.$/.test(chord))) return;
    const inView = document.activeElement?.id === "view" || document.activeElement === document.body;
    if (binding.inView && !inView) return;
    // Enter on a button presses the button; Tab with one object leaves the view
    if (binding.action === "accept" && event.target instanceof HTMLElement && event.target.matches("button, a, summary")) return;
    if (/^(next|previous)$/.test(binding.action) && (this.store.state.objects.length < 2 || document.activeElement?.id !== "view")) return;
    event.preventDefault();
    if (binding.action === "select") this.digit(chord, event.repeat);
    else this.run(binding.action);
  }

  private digit(digit: string, repeated: boolean): void {
    if (repeated) return;
    this.held = { digit, before: this.store.state.active, clicked: false };
    this.actions.select(Number(digit));
  }

  private released(event: KeyboardEvent): void {
    if (!this.held || chordOf(event) !== this.held.digit) return;
    if (this.held.clicked && this.store.object(this.held.before)) this.actions.select(this.held.before);
    this.held = null;
  }

  // ---- the table

  private list(): void {
    const told = BINDINGS.filter((binding) => binding.says);
    const groups = [...new Set(told.map((binding) => binding.group))];
    byId("help-keys").replaceChildren(...groups.map((group) => make("section", {}, make("h3", { text: group }),
      make("dl", {}, ...told.filter((binding) => binding.group === group)
        .flatMap((binding) => [make("dt", {}, this.keyButton(binding)), make("dd", { text: binding.says })])))));
    for (const button of document.querySelectorAll<HTMLElement>("[data-action]")) this.label(button);
  }

  private keyButton(binding: Binding): HTMLElement {
    const shown = binding.action === "select" ? "1 … 9" : printed(chordsOf(binding, this.kept.custom)[0]);
    if (binding.action === "select" || binding.chords[0].includes("Tab")) return make("kbd", { text: shown });
    const button = make("button", { class: "kbd", text: shown, attrs: { type: "button", "aria-label": `Key for: ${binding.says}: ${shown}` } });
    button.addEventListener("click", () => {
      button.textContent = "press a key";
      this.changing = binding;
    });
    return button;
  }

  private label(button: HTMLElement): void {
    const binding = BINDINGS.find((row) => row.action === button.dataset.action)!;
    const chord = chordsOf(binding, this.kept.custom)[0];
    button.setAttribute("aria-keyshortcuts", ariaChord(chord));
    button.title = `${binding.says} (${printed(chord)})`;
  }

  private change(event: KeyboardEvent): void {
    if (["Shift", "Control", "Meta", "Alt"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    const binding = this.changing!;
    this.changing = null;
    const chord = chordOf(event);
    const taken = bindingFor(chord, this.kept.custom);
    if (!chord || event.key === "Escape" || (taken && taken !== binding)) {
      this.list();
      if (taken && event.key !== "Escape") this.store.set({ status: `${printed(chord)} is taken: ${taken.says}` });
    } else this.keep({ ...this.kept, custom: { ...this.kept.custom, [binding.action]: chord } });
  }

  private keep(kept: Kept): void {
    this.kept = kept;
    localStorage.setItem(KEPT, JSON.stringify(kept));
    this.list();
  }
}

function recall(): Kept {
  try {
    return { single: true, custom: {}, ...JSON.parse(localStorage.getItem(KEPT) ?? "{}") };
  } catch {
    return { single: true, custom: {} };
  }
}
