// What the words in the prompt box mean, and who can answer them.

import type { PromptJson, SystemInfo } from "./messages.ts";
import type { Point3 } from "./tiles.ts";

export type PromptKind = "ClassNames" | "ReferringExpression" | "Instruction" | "PartNames" | "Box";
/** What the list beside the box offers; "Wholes" are names of which all that fits is one mask. */
export type PromptChoice = PromptKind | "Wholes" | "auto";

export const KIND_WORDS: Record<string, string> = {
  Clicks: "clicks", ClassNames: "names", ReferringExpression: "sentences", Instruction: "instructions",
  PartNames: "part names", Box: "boxes",
};
const SINGULAR: Record<string, string> = { ReferringExpression: "a sentence", Instruction: "an instruction", Box: "a box" };

/** Names are a comma list of short words; "chair: seat, leg" asks for parts; a question or a request is an instruction; the
 * rest describes something. */
export function guessKind(text: string): PromptKind {
  const words = text.trim();
  if (/^[^:?]+:\s*\S/.test(words)) return "PartNames";
  const request = /^(where|what|which|who|how|find|show|give|i\s|i'|can|could|something|somewhere|please|select|mark)\b/i;
  if (words.endsWith("?") || request.test(words)) return "Instruction";
  if (/^(the|that|this|those|a|an)\s/i.test(words)) return "ReferringExpression";
  const names = splitNames(words);
  return names.every((name) => name.split(/\s+/).length <= 2) ? "ClassNames" : "ReferringExpression";
}

export function splitNames(text: string): string[] {
  return text.split(/[,;]/).map((name) => name.trim()).filter(Boolean);
}

export interface ClipBox {
  lower: Point3;
  upper: Point3;
}

/** The prompt as JSON; throws an Error that says what is missing. Where nobody follows instructions, "find the chair" is sent
 * as the sentence that it holds. */
export function buildPrompt(
  text: string, choice: PromptChoice, box: ClipBox | null, systems: readonly SystemInfo[] = [],
): PromptJson {
  const words = text.trim();
  const type = choice === "auto" ? guessKind(words) : choice;
  if (type === "Box") {
    if (!box) throw new Error("Switch the clip box on and set it around the object first (C)");
    return { type, lower: box.lower, upper: box.upper };
  }
  if (!words) throw new Error("Write what to look for");
  if (EVERYTHING.test(words)) return { type: "ClassNames", names: [], kind: "panoptic" };
  if (type === "Wholes") return { type: "ClassNames", names: splitNames(words), kind: "semantic" };
  if (type === "ClassNames") return { type, names: splitNames(words), kind: kindOf(splitNames(words)) };
  if (type === "PartNames") return partNames(words);
  const described = type === "Instruction" && choice === "auto" ? /^(?:please\s+)?(?:find|show|select|mark)\s+(?:me\s+)?(.+?)[.!]?$/i.exec(words)?.[1] : null;
  if (described && !answerers(systems, type).length && answerers(systems, "ReferringExpression").length) {
    return { type: "ReferringExpression", text: described };
  }
  return { type, text: words };
}

/** What is no thing among others: one mask holds all of it. */
const SURFACE = /^(ceiling|floor|ground|pavement|road|road marking|wall)s?$|^grass$/i;

/** No names are all that a system knows. */
const EVERYTHING = /^(everything|all|\*)$/i;

function kindOf(names: readonly string[]): "instance" | "semantic" | "panoptic" {
  const surfaces = names.filter((name) => SURFACE.test(name)).length;
  if (!surfaces) return "instance";
  return surfaces === names.length ? "semantic" : "panoptic";
}

function partNames(words: string): PromptJson {
  const [object, rest = ""] = words.split(/:(.*)/s).map((part) => part.trim());
  const parts = splitNames(rest);
  if (!object || !parts.length) throw new Error("Parts are written as “chair: seat, leg”");
  return { type: "PartNames", object, parts, kind: "semantic" };
}

/** Systems that understand a kind of prompt, the one that answers clicks first. */
export function answerers(systems: readonly SystemInfo[], kind: string, preferred = ""): string[] {
  const able = systems.filter((system) => system.understands?.includes(kind)).map((system) => system.name);
  return able.includes(preferred) ? [preferred, ...able.filter((name) => name !== preferred)] : able;
}

/** A sentence under the box while writing. */
export function promptNote(systems: readonly SystemInfo[], prompt: PromptJson, preferred = ""): string {
  const [able] = answerers(systems, prompt.type, preferred);
  const what = KIND_WORDS[prompt.type] ?? prompt.type;
  if (able) return `Sent as ${SINGULAR[prompt.type] ?? what}${inWords(prompt.kind)} to ${shortName(able)}`;
  if (systems.some((system) => !system.understands && !system.error)) return "The systems are still loading";
  const known = new Set(systems.flatMap((system) => system.understands ?? []));
  const list = [...known].map((type) => KIND_WORDS[type] ?? type).join(", ") || "nothing";
  return `No installed system answers ${what} yet; these understand ${list}.`;
}

function inWords(kind: unknown): string {
  if (kind === "semantic") return ", all of a kind together,";
  return kind === "panoptic" ? ", things one by one and surfaces whole," : "";
}

/** A checkpoint folder by its last part. */
export function shortName(system: string): string {
  return system.split(/[\\/]/).filter(Boolean).at(-1) ?? system;
}
