// What a prompt was answered with, as people read it: the likely first, the rest at hand, and what was not found.

import type { Candidates, ObjectState } from "./messages.ts";

/** From this score on a candidate is shown at once; chosen by eye. */
const LIKELY = 0.25;
/** Where none is that likely, this many are. */
const GUESSES = 3;

export interface Offer {
  row: number;
  /** Its label, numbered where several have the same. */
  title: string;
  label: string;
  score: number;
  on: number;
  /** Digest. */
  mask: string;
  /** The object it was accepted as. */
  taken: number | null;
}

export interface Offers {
  likely: Offer[];
  others: Offer[];
  /** Whether there is more than guesses. */
  sure: boolean;
  /** One line about all of it. */
  line: string;
}

export function offersOf(candidates: Candidates, objects: readonly ObjectState[]): Offers {
  const asked = namesOf(candidates);
  const place = (label: string) => (asked.includes(label) ? asked.indexOf(label) : asked.length);
  const rows = [...candidates.rows].sort((a, b) => b.score - a.score);
  const sure = rows.filter((row) => row.score >= LIKELY);
  const first = new Set(sure.length ? sure : rows.slice(0, GUESSES));
  const counts = new Map<string, number>();
  const offers = rows.sort((a, b) => place(a.label) - place(b.label) || b.score - a.score).map((row) => {
    const nth = (counts.get(row.label) ?? 0) + 1;
    counts.set(row.label, nth);
    const several = rows.filter((other) => other.label === row.label).length > 1;
    const label = row.label || "candidate";
    const taken = objects.find((o) => o.candidate?.[0] === candidates.id && o.candidate[1] === row.row)?.number ?? null;
    return { ...row, title: several || !row.label ? `${label} ${nth}` : label, taken, likely: first.has(row) };
  });
  return {
    likely: offers.filter((offer) => offer.likely), others: offers.filter((offer) => !offer.likely),
    sure: sure.length > 0, line: lineOf(candidates, asked, sure.length > 0),
  };
}

/** The one to choose next: the first of the likely that is not accepted. */
export function nextOffer({ likely }: Offers): Offer | undefined {
  return likely.find((offer) => offer.taken === null);
}

function lineOf(candidates: Candidates, asked: readonly string[], sure: boolean): string {
  const missing = asked.filter((name) => !candidates.rows.some((row) => row.label === name));
  if (!candidates.rows.length) return candidates.reply || `Nothing in the scan fits ${quoted(missing.length ? missing : [textOf(candidates)])}.`;
  const rest = missing.length ? ` Nothing fits ${quoted(missing)}.` : "";
  if (candidates.reply) return candidates.reply + rest;
  if (!sure) return `Nothing fits for sure; these are the best guesses.${rest}`;
  const likely = new Set(candidates.rows.filter((row) => row.score >= LIKELY).map((row) => row.label));
  const weak = asked.filter((name) => !missing.includes(name) && !likely.has(name));
  return `Accept what fits; clicks refine it afterwards.${rest}${weak.length ? ` ${quoted(weak, "and")}: less likely ones only.` : ""}`;
}

function namesOf({ prompt }: Candidates): string[] {
  const names = prompt.names ?? prompt.parts;
  return Array.isArray(names) ? names.map(String) : [];
}

function textOf({ prompt }: Candidates): string {
  return typeof prompt.text === "string" ? prompt.text : "";
}

function quoted(words: readonly string[], joint: "or" | "and" = "or"): string {
  return words.filter(Boolean).map((word) => `“${word}”`).join(` ${joint} `) || "that";
}
