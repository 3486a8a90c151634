// Clicks of the selected object, the sign of the next one, and the suggestion where to click.

import type { Actions } from "../actions.ts";
import { byId, make, svg } from "../dom.ts";
import type { Mark, Suggestion } from "../messages.ts";
import { type State, type Store, changed, title } from "../store.ts";
import type { Viewport } from "../viewport.ts";

export function clickList(store: Store, actions: Actions, view: Viewport): void {
  const signs = document.querySelectorAll<HTMLInputElement>("#sign input");
  for (const input of signs) input.addEventListener("change", () => store.set({ sign: Number(input.value) as 1 | -1 }));
  store.listen((now, before) => {
    if (changed(now, before, "sign")) for (const input of signs) input.checked = Number(input.value) === now.sign;
    if (changed(now, before, "objects", "active", "background")) listClicks(store, actions, view, now);
    if (changed(now, before, "suggestion", "objects")) showSuggestion(store, now.suggestion);
  });
}

function listClicks(store: Store, actions: Actions, view: Viewport, state: State): void {
  const object = store.object(state.active);
  const clicks = [...(object?.clicks ?? []), ...state.background];
  byId("clicks-title").textContent = `Clicks on ${object ? title(object) : `object ${state.active}`}`;
  byId("click-list").replaceChildren(...clicks.map((click, i) => chip(click, i, actions, view)));
}

function chip(click: Mark, at: number, actions: Actions, view: Viewport): HTMLLIElement {
  const sign = click.sign > 0 ? "positive" : "negative";
  const remove = make("button", { title: "Delete this click", attrs: {
    type: "button", "aria-label": `Delete ${sign} click ${at + 1}` } }, make("b", { text: click.sign > 0 ? "+" : "−" }),
    make("span", { text: String(at + 1) }), svg("close"));
  remove.addEventListener("click", () => actions.deleteClick(click.id));
  for (const [event, key] of [["mouseenter", `click${click.id}`], ["mouseleave", null], ["focus", `click${click.id}`],
    ["blur", null]] as const) remove.addEventListener(event, () => view.emphasise(key));
  return make("li", { class: sign }, remove);
}

function showSuggestion(store: Store, suggestion: Suggestion | null): void {
  byId("suggestion").hidden = !suggestion;
  if (!suggestion) return;
  const object = store.object(suggestion.object);
  const name = object ? title(object) : `object ${suggestion.object}`;
  byId("suggestion-text").textContent = suggestion.sign > 0
    ? `Most likely wrong: a place that may belong to ${name}.`
    : `Most likely wrong: a place that may not belong to ${name}.`;
}
