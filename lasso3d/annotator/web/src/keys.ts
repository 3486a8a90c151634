// The key table: one row per action, the same row for the keyboard, the help list and the buttons' aria-keyshortcuts.

export type Action =
  | "select" | "new" | "next" | "previous" | "accept" | "undo" | "redo" | "deleteObject" | "deleteClick" | "positive"
  | "negative" | "pickHere" | "pickHereNegative" | "crosshair" | "jump" | "placeSuggested" | "prompt" | "escape" | "heat"
  | "masks" | "labels" | "hide" | "isolate" | "showAll" | "clip" | "frame" | "whole" | "top" | "front" | "side"
  | "larger" | "smaller" | "help" | "left" | "right" | "up" | "down" | "panLeft" | "panRight" | "panUp" | "panDown"
  | "nearer" | "farther";

export interface Binding {
  action: Action;
  /** Chords as in `chordOf`; the first is shown. */
  chords: string[];
  says: string;
  group: "Objects" | "Clicks" | "History" | "Seeing" | "Moving" | "Other";
  /** Only while the view has the focus. */
  inView?: boolean;
}

export const BINDINGS: readonly Binding[] = [
  { action: "select", chords: ["1", "2", "3", "4", "5", "6", "7", "8", "9"], group: "Objects",
    says: "Select object 1 to 9; hold the digit and click for one click on that object" },
  { action: "new", chords: ["n"], group: "Objects", says: "New object" },
  { action: "next", chords: ["Tab"], group: "Objects", says: "Next object (Escape leaves the view)", inView: true },
  { action: "previous", chords: ["Shift+Tab"], group: "Objects", says: "Previous object", inView: true },
  { action: "accept", chords: ["Enter"], group: "Objects", says: "Accept the object, or the chosen candidate" },
  { action: "deleteObject", chords: ["Delete"], group: "Objects", says: "Delete the object" },
  { action: "hide", chords: ["v"], group: "Objects", says: "Hide or show the object" },
  { action: "isolate", chords: ["i"], group: "Objects", says: "Show the object alone, or everything" },
  { action: "showAll", chords: ["Shift+V"], group: "Objects", says: "Show every object" },
  { action: "positive", chords: ["a"], group: "Clicks", says: "Clicks add (until D)" },
  { action: "negative", chords: ["d"], group: "Clicks", says: "Clicks take away (until A)" },
  { action: "deleteClick", chords: ["Backspace"], group: "Clicks", says: "Delete the object's last click" },
  { action: "jump", chords: ["g"], group: "Clicks", says: "Go to the suggested click" },
  { action: "placeSuggested", chords: ["Shift+G"], group: "Clicks", says: "Make the suggested click" },
  { action: "crosshair", chords: ["x"], group: "Clicks", says: "Crosshair for clicking without a mouse" },
  { action: "pickHere", chords: ["Space"], group: "Clicks", says: "Click at the crosshair", inView: true },
  { action: "pickHereNegative", chords: ["Shift+Space"], group: "Clicks", says: "Negative click at the crosshair", inView: true },
  { action: "undo", chords: ["Ctrl+z"], group: "History", says: "Undo" },
  { action: "redo", chords: ["Ctrl+Shift+Z", "Ctrl+y"], group: "History", says: "Redo" },
  { action: "heat", chords: ["h"], group: "Seeing", says: "Uncertainty heat map on or off" },
  { action: "masks", chords: ["o"], group: "Seeing", says: "Object colours on or off" },
  { action: "labels", chords: ["l"], group: "Seeing", says: "Numbers and click marks on or off" },
  { action: "clip", chords: ["c"], group: "Seeing", says: "Clip box on or off" },
  { action: "smaller", chords: ["["], group: "Seeing", says: "Smaller points" },
  { action: "larger", chords: ["]"], group: "Seeing", says: "Larger points" },
  { action: "frame", chords: ["f"], group: "Moving", says: "Frame the object" },
  { action: "whole", chords: ["Home"], group: "Moving", says: "Whole scan" },
  { action: "top", chords: ["t"], group: "Moving", says: "View from the top" },
  { action: "front", chords: ["w"], group: "Moving", says: "View from the front" },
  { action: "side", chords: ["s"], group: "Moving", says: "View from the side" },
  { action: "left", chords: ["ArrowLeft"], group: "Moving", says: "Turn left (Shift: move)", inView: true },
  { action: "right", chords: ["ArrowRight"], group: "Moving", says: "Turn right (Shift: move)", inView: true },
  { action: "up", chords: ["ArrowUp"], group: "Moving", says: "Turn up (Shift: move)", inView: true },
  { action: "down", chords: ["ArrowDown"], group: "Moving", says: "Turn down (Shift: move)", inView: true },
  { action: "panLeft", chords: ["Shift+ArrowLeft"], group: "Moving", says: "", inView: true },
  { action: "panRight", chords: ["Shift+ArrowRight"], group: "Moving", says: "", inView: true },
  { action: "panUp", chords: ["Shift+ArrowUp"], group: "Moving", says: "", inView: true },
  { action: "panDown", chords: ["Shift+ArrowDown"], group: "Moving", says: "", inView: true },
  { action: "nearer", chords: ["+", "="], group: "Moving", says: "Nearer", inView: true },
  { action: "farther", chords: ["-"], group: "Moving", says: "Farther", inView: true },
  { action: "prompt", chords: ["/"], group: "Other", says: "Write a prompt" },
  { action: "escape", chords: ["Escape"], group: "Other", says: "Leave the box or the view; drop the candidates" },
  { action: "help", chords: ["?"], group: "Other", says: "This list" },
];

export interface KeyLike {
  key: string;
  code?: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

/** "Ctrl+Shift+Z", "Shift+Tab", "?", "n": Command counts as Ctrl; the digits of the row and of the number pad are one. */
export function chordOf(event: KeyLike): string {
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code ?? "");
  const control = event.ctrlKey || event.metaKey ? "Ctrl+" : "";
  if (event.altKey) return "";
  if (digit && !event.shiftKey) return control + digit[1];
  const key = event.key === " " ? "Space" : event.key;
  // printed signs such as ? and + already hold their Shift
  const printed = key.length === 1 && key.toLowerCase() === key.toUpperCase();
  if (printed) return control + key;
  if (key.length === 1) return control + (event.shiftKey ? `Shift+${key.toUpperCase()}` : key.toLowerCase());
  return control + (event.shiftKey ? "Shift+" : "") + key;
}

export function bindingFor(chord: string, custom: Readonly<Record<string, string>> = {}): Binding | undefined {
  return BINDINGS.find((binding) => chordsOf(binding, custom).includes(chord));
}

/** A person's own chord replaces the first of the table. */
export function chordsOf(binding: Binding, custom: Readonly<Record<string, string>>): string[] {
  const own = custom[binding.action];
  return own ? [own] : binding.chords;
}

/** True where keys are text: then no shortcut may fire. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.matches("textarea, select")) return true;
  return target.matches("input") && !target.matches("[type=checkbox], [type=radio], [type=range], [type=button], [type=file]");
}

const SIGNS: Record<string, string> = {
  ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Escape: "Esc", Delete: "Del",
};

/** As printed on the key. */
export function printed(chord: string): string {
  if (chord.length === 1) return chord.toUpperCase();
  return chord.split("+").map((part) => SIGNS[part] ?? (part.length === 1 ? part.toUpperCase() : part)).join(" ");
}

/** The form that aria-keyshortcuts wants. */
export function ariaChord(chord: string): string {
  return chord === "+" ? "Plus" : chord.replace("Ctrl+", "Control+");
}
