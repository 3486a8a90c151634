// The prompt box: words, sentences, instructions, parts or the clip box; and the candidates that come back.

import type { Actions } from "../actions.ts";
import { type Offer, type Offers, offersOf } from "../candidates.ts";
import { byId, counted, make } from "../dom.ts";
import type { Candidates, PromptJson } from "../messages.ts";
import { type PromptChoice, type PromptKind, answerers, buildPrompt, promptNote } from "../prompts.ts";
import type { Session } from "../session.ts";
import { type State, type Store, changed } from "../store.ts";

export function promptBox(store: Store, session: Session, actions: Actions): void {
  const text = byId<HTMLInputElement>("prompt");
  const choice = byId<HTMLSelectElement>("prompt-kind");
  const note = () => (byId("prompt-note").textContent = noteOf(store.state, text.value, choice.value as PromptChoice));
  text.addEventListener("input", note);
  choice.addEventListener("change", note);
  text.addEventListener("keydown", (event) => event.key === "Escape" && byId("view").focus());
  byId("prompt-form").addEventListener("submit", (event) => {
    event.preventDefault();
    ask(store, session, text.value, choice.value as PromptChoice);
  });
  byId("dismiss").addEventListener("click", () => actions.dismiss());
  byId("accept-all").addEventListener("click", () => actions.acceptAll());
  store.listen((now, before) => {
    if (changed(now, before, "server", "clip", "history")) note();
    if (changed(now, before, "candidates", "candidate", "objects")) {
      showCandidates(now, store, actions);
      session.preview();
    }
    if (now.candidates && now.candidates !== before.candidates && now.loaded === now.manifest?.n && !now.pending) {
      void session.fetchCandidates();
    }
  });
}

/** The prompt itself, or what is missing for one. */
function promptOf({ clip, server }: State, words: string, choice: PromptChoice): PromptJson | string {
  try {
    return buildPrompt(words, choice, clip.on ? clip : null, server?.systems ?? []);
  } catch (error) {
    return (error as Error).message;
  }
}

function noteOf(state: State, words: string, choice: PromptChoice): string {
  if (!words.trim() && choice === "auto") return quietNote(state);
  const prompt = promptOf(state, words, choice);
  return typeof prompt === "string" ? prompt : promptNote(state.server?.systems ?? [], prompt, state.history.system);
}

function ask(store: Store, session: Session, words: string, choice: PromptChoice): void {
  const prompt = promptOf(store.state, words, choice);
  const systems = store.state.server?.systems ?? [];
  if (typeof prompt === "string") session.say(prompt);
  else {
    const [able] = answerers(systems, prompt.type, store.state.history.system);
    const known = systems.every((system) => system.understands || system.error);
    if (able || !known) session.ask(prompt, able);
    else session.say(promptNote(systems, prompt));
    byId("view").focus();
  }
}

function quietNote({ server }: State): string {
  const systems = server?.systems ?? [];
  const kinds: PromptKind[] = ["ClassNames", "ReferringExpression", "Instruction", "PartNames", "Box"];
  if (systems.some((system) => !system.understands && !system.error) || !systems.length) return "";
  return kinds.some((kind) => answerers(systems, kind).length) ? "" : "The installed systems answer clicks; words follow with systems that understand them.";
}

function showCandidates({ candidates, candidate, objects }: State, store: Store, actions: Actions): void {
  byId("candidates").hidden = !candidates;
  if (!candidates) return;
  const offers = offersOf(candidates, objects);
  byId("reply").textContent = offers.line;
  byId("accept-all").hidden = !offers.sure || offers.likely.filter((offer) => offer.taken === null).length < 2;
  const listed = (offer: Offer) => offerRow(offer, offer.row === candidate, store, actions);
  byId("candidate-list").replaceChildren(...offers.likely.map(listed));
  byId("candidate-others").replaceChildren(...offers.others.map(listed));
  showOthers(candidates, offers, candidate);
}

function showOthers({ id }: Candidates, { others }: Offers, candidate: number): void {
  const more = byId<HTMLDetailsElement>("more-candidates");
  more.hidden = !others.length;
  byId("more-title").textContent = `${others.length} less likely`;
  // a new answer begins folded
  if (more.dataset.of !== String(id)) more.open = false;
  if (others.some((offer) => offer.row === candidate)) more.open = true;
  more.dataset.of = String(id);
}

function offerRow(offer: Offer, chosen: boolean, store: Store, actions: Actions): HTMLLIElement {
  const facts = make("small", { text: `${counted(offer.on, "point")} · ${Math.round(100 * offer.score)} %`,
    title: "Points of the mask; how sure the system is that it is one and fits" });
  const see = make("button", { class: "candidate", attrs: { type: "button", "aria-pressed": String(chosen) } },
    make("b", { text: offer.title }), facts);
  see.addEventListener("click", () => store.set({ candidate: offer.row }));
  if (offer.taken !== null) {
    const number = offer.taken;
    const went = make("button", { class: "small taken", text: `✓ ${number}`, attrs: { type: "button", "aria-label": `${offer.title} is object ${number}` } });
    went.addEventListener("click", () => actions.select(number));
    return make("li", { class: "taken" }, see, went);
  }
  const take = make("button", { class: "small", text: "Accept", attrs: { type: "button", "aria-label": `Accept ${offer.title}` } });
  take.addEventListener("click", () => actions.acceptCandidate(offer.row));
  return make("li", { class: chosen ? "active" : "" }, see, take);
}

