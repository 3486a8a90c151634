import assert from "node:assert/strict";
import { test } from "node:test";
import { BINDINGS, bindingFor, chordOf, printed } from "../src/keys.ts";
import { answerers, buildPrompt, guessKind, promptNote } from "../src/prompts.ts";

const key = (key: string, more = {}) => ({ key, code: "", ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more });

test("no chord means two things", () => {
  const all = BINDINGS.flatMap((binding) => binding.chords);
  assert.equal(new Set(all).size, all.length);
});

test("keys are read the same with either layout of modifiers", () => {
  assert.equal(bindingFor(chordOf(key("z", { ctrlKey: true })))?.action, "undo");
  assert.equal(bindingFor(chordOf(key("z", { metaKey: true })))?.action, "undo");
  assert.equal(bindingFor(chordOf(key("Z", { ctrlKey: true, shiftKey: true })))?.action, "redo");
  assert.equal(bindingFor(chordOf(key("y", { ctrlKey: true })))?.action, "redo");
  assert.equal(bindingFor(chordOf(key("?", { shiftKey: true })))?.action, "help");
  assert.equal(bindingFor(chordOf(key("Tab", { shiftKey: true })))?.action, "previous");
  assert.equal(bindingFor(chordOf(key("N")))?.action, "new");
  assert.equal(bindingFor(chordOf(key("n", { altKey: true }))), undefined);
});

test("digits of the row and of the number pad select objects", () => {
  assert.equal(chordOf(key("3", { code: "Digit3" })), "3");
  assert.equal(chordOf(key("3", { code: "Numpad3" })), "3");
  assert.equal(bindingFor("3")?.action, "select");
});

test("a person's own key replaces the first of the table", () => {
  assert.equal(bindingFor("b", { new: "b" })?.action, "new");
  assert.equal(bindingFor("n", { new: "b" }), undefined);
});

test("keys are printed as they stand on the keyboard", () => {
  assert.equal(printed("Ctrl+Shift+Z"), "Ctrl Shift Z");
  assert.equal(printed("+"), "+");
  assert.equal(printed("Escape"), "Esc");
});

test("the kind of a prompt is read from its words", () => {
  const kinds = { chair: "ClassNames", "chair, office table": "ClassNames", "the lamp by the door": "ReferringExpression",
    "chair that stands closest to the window": "ReferringExpression", "where can I sit?": "Instruction",
    "something to throw garbage into": "Instruction", "chair: seat, legs": "PartNames" };
  for (const [words, kind] of Object.entries(kinds)) assert.equal(guessKind(words), kind, words);
});

test("prompts are written as the core types read them", () => {
  assert.deepEqual(buildPrompt(" chair ,table", "auto", null), { type: "ClassNames", names: ["chair", "table"], kind: "instance" });
  assert.deepEqual(buildPrompt("chair: seat, legs", "auto", null), { type: "PartNames", object: "chair", parts: ["seat", "legs"], kind: "semantic" });
  assert.deepEqual(buildPrompt("sit here", "Instruction", null), { type: "Instruction", text: "sit here" });
  assert.deepEqual(buildPrompt("", "Box", { lower: [0, 0, 0], upper: [1, 1, 1] }), { type: "Box", lower: [0, 0, 0], upper: [1, 1, 1] });
  assert.throws(() => buildPrompt("", "Box", null), /clip box/);
  assert.throws(() => buildPrompt(" ", "auto", null), /what to look for/);
});

test("the box says what cannot be answered yet, and by whom the rest is", () => {
  const systems = [{ name: "npiseg3d", understands: ["Clicks"], error: null }, { name: "late", understands: null, error: null }];
  assert.deepEqual(answerers(systems, "Clicks"), ["npiseg3d"]);
  assert.match(promptNote(systems, "Instruction", true), /No installed system answers instructions yet; these understand clicks/);
  const more = [...systems, { name: "uniseg3d", understands: ["ClassNames"], error: null }];
  assert.equal(promptNote(more, "ClassNames", true), "Sent as names to uniseg3d");
});
