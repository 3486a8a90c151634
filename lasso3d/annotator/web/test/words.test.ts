import assert from "node:assert/strict";
import { test } from "node:test";
import { BINDINGS, bindingFor, chordOf, printed } from "../src/keys.ts";
import { nextOffer, offersOf } from "../src/candidates.ts";
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
  const instruction = buildPrompt("where can I sit?", "auto", null);
  assert.equal(promptNote(systems, instruction), "The systems are still loading");
  const loaded = [systems[0], { name: "late", understands: null, error: "no weights" }];
  assert.match(promptNote(loaded, instruction), /No installed system answers instructions yet; these understand clicks/);
  const more = [...loaded, { name: "uniseg3d", understands: ["ClassNames"], error: null }, { name: "runs/mine", understands: ["ClassNames"], error: null }];
  const chairs = buildPrompt("chair", "auto", null);
  assert.equal(promptNote(more, chairs), "Sent as names to uniseg3d");
  assert.equal(promptNote(more, chairs, "runs/mine"), "Sent as names to mine");
});

test("surfaces are asked for as wholes, things one by one, and both together", () => {
  const kind = (words: string, choice: "auto" | "Wholes" = "auto") => buildPrompt(words, choice, null).kind;
  assert.deepEqual([kind("chair, bin"), kind("floor, walls"), kind("chair, floor"), kind("chair", "Wholes")],
    ["instance", "semantic", "panoptic", "semantic"]);
  assert.deepEqual(buildPrompt("Everything", "auto", null), { type: "ClassNames", names: [], kind: "panoptic" });
});

test("a request is a sentence where nobody follows instructions", () => {
  const says = (...understands: string[]) => buildPrompt("find me the lamp by the door!", "auto", null, [{ name: "s", understands, error: null }]);
  assert.deepEqual(says("ReferringExpression"), { type: "ReferringExpression", text: "the lamp by the door" });
  assert.equal(says("ReferringExpression", "Instruction").type, "Instruction");
  assert.equal(says("Clicks").type, "Instruction");
});

const found = (names: string[], ...rows: [string, number][]) => ({
  id: 7, system: "s", reply: "", prompt: { type: "ClassNames", names },
  rows: rows.map(([label, score], row) => ({ row, label, score, on: 10, mask: String(row) })),
});
const accepted = (row: number) => ({
  number: 4, name: "", accepted: true, clicks: [], mask: "", on: 1, score: 1, source: "candidate" as const, candidate: [7, row] as [number, number] });

test("candidates are listed as asked, the likely first, each with a name of its own", () => {
  const offers = offersOf(found(["bin", "chair", "table"], ["table", 0.5], ["chair", 0.9], ["table", 0.02], ["table", 0.6]), [accepted(1)]);
  assert.deepEqual(offers.likely.map((offer) => offer.title), ["chair", "table 1", "table 2"]);
  assert.deepEqual(offers.likely.map((offer) => offer.taken), [4, null, null]);
  assert.deepEqual(offers.others.map((offer) => offer.title), ["table 3"]);
  assert.equal(offers.line, "Accept what fits; clicks refine it afterwards. Nothing fits “bin”.");
  assert.equal(nextOffer(offers)?.row, 3);
  const weak = offersOf(found(["chair", "rug"], ["chair", 0.9], ["rug", 0.1]), []);
  assert.equal(weak.line, "Accept what fits; clicks refine it afterwards. “rug”: less likely ones only.");
});

test("what fits badly or not at all is said in one line", () => {
  assert.equal(offersOf(found(["chair", "bin"]), []).line, "Nothing in the scan fits “chair” or “bin”.");
  const weak = offersOf(found(["chair"], ["chair", 0.1], ["chair", 0.2], ["chair", 0.05], ["chair", 0.01]), []);
  assert.equal(weak.likely.length, 3);
  assert.match(weak.line, /^Nothing fits for sure/);
  const sentence = { ...found([]), prompt: { type: "ReferringExpression", text: "the red lamp" } };
  assert.equal(offersOf(sentence, []).line, "Nothing in the scan fits “the red lamp”.");
});
