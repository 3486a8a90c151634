// What the words in the prompt box mean, and who can answer them.

import type { PromptJson, SystemInfo } from "./messages.ts";
import type { Point3 } from "./tiles.ts";

export type PromptKind = "ClassNames" | "ReferringExpression" | "Instruction" | "PartNames" | "Box";

export const KIND_WORDS: Record<string, string> = {
  Clicks: "clicks", ClassNames: "names", ReferringExpression: "sentences", Instruction: "instructions",
  PartNames: "part names", Box: "boxes",
};

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

/** The prompt as JSON; throws an Error that says what is missing. */
export function buildPrompt(text: string, kind: PromptKind | "auto", box: ClipBox | null): PromptJson {
  const words = text.trim();
  const type = kind === "auto" ? guessKind(words) : kind;
  if (type === "Box") {
    if (!box) throw new Error("Switch the clip box on and set it around the object first (C)");
    return { type, lower: box.lower, upper: box.upper };
  }
  if (!words) throw new Error("Write what to look for");
  if (type === "ClassNames") return { type, names: splitNames(words), kind: "instance" };
  if (type === "PartNames") return partNames(words);
  return { type, text: words };
}

function partNames(words: string): PromptJson {
  const [object, rest = ""] = words.split(/:(.*)/s).map((part) => part.trim());
  const parts = splitNames(rest);
  if (!object || !parts.length) throw new Error("Parts are written as “chair: seat, leg”");
  return { type: "PartNames", object, parts, kind: "semantic" };
}

/** Systems that understand a kind of prompt. */
export function answerers(systems: readonly SystemInfo[], kind: string): string[] {
  return systems.filter((system) => system.understands?.includes(kind)).map((system) => system.name);
}

/** A sentence under the box while writing. */
export function promptNote(systems: readonly SystemInfo[], kind: PromptKind, written: boolean): string {
  const able = answerers(systems, kind);
  if (able.length) return written ? `Sent as ${KIND_WORDS[kind]} to ${able[0]}` : "";
  const known = new Set(systems.flatMap((system) => system.understands ?? []));
  const list = [...known].map((type) => KIND_WORDS[type] ?? type).join(", ") || "clicks";
  return `No installed system answers ${KIND_WORDS[kind]} yet; these understand ${list}.`;
}
