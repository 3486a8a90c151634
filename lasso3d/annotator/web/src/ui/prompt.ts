// The prompt box: words, sentences, instructions, parts or the clip box; and the candidates that come back.

import type { Actions } from "../actions.ts";
import { byId, counted, make } from "../dom.ts";
import type { Candidates } from "../messages.ts";
import { type PromptKind, answerers, buildPrompt, guessKind, promptNote } from "../prompts.ts";
import type { Session } from "../session.ts";
import { type Store, changed } from "../store.ts";

export function promptBox(store: Store, session: Session, actions: Actions): void {
  const text = byId<HTMLInputElement>("prompt");
  const kind = byId<HTMLSelectElement>("prompt-kind");
  const meant = () => (kind.value === "auto" ? guessKind(text.value) : kind.value) as PromptKind;
  const note = () => {
    const written = text.value.trim().length > 0 || kind.value === "Box";
    byId("prompt-note").textContent = written || kind.value !== "auto"
      ? promptNote(store.state.server?.systems ?? [], meant(), written) : quietNote(store);
  };
  text.addEventListener("input", note);
  kind.addEventListener("change", note);
  text.addEventListener("keydown", (event) => event.key === "Escape" && byId("view").focus());
  byId("prompt-form").addEventListener("submit", (event) => {
    event.preventDefault();
    ask(store, session, text.value, kind.value as PromptKind | "auto");
  });
  byId("dismiss").addEventListener("click", () => actions.dismiss());
  store.listen((now, before) => {
    if (changed(now, before, "server", "clip")) note();
    if (changed(now, before, "candidates", "candidate")) {
      listCandidates(now.candidates, now.candidate, store, actions);
      session.preview();
    }
    if (now.candidates && now.candidates !== before.candidates && now.loaded === now.manifest?.n && !now.pending) {
      void session.fetchCandidates();
    }
  });
}

function ask(store: Store, session: Session, words: string, kind: PromptKind | "auto"): void {
  const { clip, server } = store.state;
  try {
    const prompt = buildPrompt(words, kind, clip.on ? clip : null);
    const able = answerers(server?.systems ?? [], prompt.type);
    session.command({ t: "prompt", prompt, ...(able.length ? { system: able[0] } : {}) });
    session.say("Looking for it");
    byId("view").focus();
  } catch (error) {
    session.say((error as Error).message);
    byId("prompt-note").textContent = (error as Error).message;
  }
}

function quietNote(store: Store): string {
  const systems = store.state.server?.systems ?? [];
  const kinds: PromptKind[] = ["ClassNames", "ReferringExpression", "Instruction", "PartNames", "Box"];
  const able = kinds.some((kind) => answerers(systems, kind).length);
  return able || !systems.length ? "" : "The installed systems answer clicks; words follow with systems that understand them.";
}

function listCandidates(candidates: Candidates | null, chosen: number, store: Store, actions: Actions): void {
  byId("candidates").hidden = !candidates;
  if (!candidates) return;
  byId("reply").textContent = candidates.reply || (candidates.rows.length ? "Accept one, or click to refine it afterwards."
    : "Nothing in the scan fits.");
  byId("candidate-list").replaceChildren(...candidates.rows.map((row) => {
    const see = make("button", { class: "candidate", attrs: { type: "button", "aria-pressed": String(row.row === chosen) } },
      make("b", { text: row.label || `candidate ${row.row + 1}` }),
      make("small", { text: `${counted(row.on, "point")} · ${Math.round(100 * row.score)} %` }));
    see.addEventListener("click", () => store.set({ candidate: row.row }));
    const take = make("button", { class: "small", text: "Accept", attrs: {
      type: "button", "aria-label": `Accept ${row.label || `candidate ${row.row + 1}`}` } });
    take.addEventListener("click", () => actions.acceptCandidate(row.row));
    return make("li", { class: row.row === chosen ? "active" : "" }, see, take);
  }));
}
