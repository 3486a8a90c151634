// The list of objects: number and colour, name, size, and what can be done with each.

import type { Actions } from "../actions.ts";
import { byId, counted, iconButton, make, svg } from "../dom.ts";
import type { ObjectState } from "../messages.ts";
import { inkOn, objectColour } from "../palette.ts";
import type { Session } from "../session.ts";
import { type State, type Store, changed } from "../store.ts";

interface Row {
  element: HTMLLIElement;
  update(object: ObjectState, state: State): void;
}

export function objectList(store: Store, session: Session, actions: Actions): void {
  const list = byId("object-list");
  const rows = new Map<number, Row>();
  store.listen((now, before) => {
    if (!changed(now, before, "objects", "active", "hidden", "isolated")) return;
    for (const [number, row] of rows) {
      if (now.objects.some((object) => object.number === number)) continue;
      row.element.remove();
      rows.delete(number);
    }
    now.objects.forEach((object, at) => {
      let row = rows.get(object.number);
      if (!row) rows.set(object.number, (row = makeRow(object.number, session, actions, store)));
      row.update(object, now);
      if (list.children[at] !== row.element) list.insertBefore(row.element, list.children[at] ?? null);
    });
    byId("objects-none").hidden = now.objects.length > 0;
    if (now.active !== before.active) rows.get(now.active)?.element.scrollIntoView({ block: "nearest" });
  });
}

function makeRow(number: number, session: Session, actions: Actions, store: Store): Row {
  const badge = make("button", { class: "badge", text: String(number), attrs: { type: "button" } });
  badge.style.background = objectColour(number);
  badge.style.color = inkOn(objectColour(number));
  badge.addEventListener("click", () => actions.select(number));
  const name = make("input", { class: "quiet", attrs: {
    type: "text", "aria-label": `Name of object ${number}`, placeholder: `Object ${number}`, maxlength: "120", spellcheck: "false",
    autocomplete: "off" } });
  name.addEventListener("focus", () => store.state.active === number || actions.select(number));
  name.addEventListener("change", () => session.command({ t: "rename", object: number, name: name.value.trim() }));
  name.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === "Escape") byId("view").focus();
  });
  const size = make("span", { class: "size" });
  const hide = iconButton("eye", `Hide object ${number}`, () => actions.toggleHidden(number));
  const lock = iconButton("unlocked", `Lock object ${number}`, () => actions.setLocked(number, !store.object(number)?.accepted));
  const alone = iconButton("isolate", `Show object ${number} alone`, () => actions.isolate(number));
  const remove = iconButton("trash", `Delete object ${number}`, () => actions.deleteObject(number));
  const element = make("li", { class: "object" }, badge, make("div", { class: "words" }, name, size), hide, lock, alone, remove);
  element.addEventListener("click", (event) => event.target === element && actions.select(number));
  const update = (object: ObjectState, state: State) => {
    const active = state.active === number;
    element.classList.toggle("active", active);
    element.classList.toggle("accepted", object.accepted);
    badge.setAttribute("aria-pressed", String(active));
    badge.setAttribute("aria-label", `Object ${number}${object.name ? `, ${object.name}` : ""}`);
    if (document.activeElement !== name) name.value = object.name;
    size.textContent = sizeText(object);
    size.title = "Points of the mask; how sure the system was, or the estimated overlap (IoU) with the true object";
    setToggle(hide, state.hidden.has(number), "hidden", "eye");
    setToggle(lock, object.accepted, "locked", "unlocked");
    setToggle(alone, state.isolated === number, "isolate", "isolate");
  };
  return { element, update };
}

function sizeText(object: ObjectState): string {
  const parts = [object.on ? counted(object.on, "point") : "empty"];
  // a candidate's score is how sure the system was, no overlap
  if (object.score !== null && object.on) {
    parts.push(object.source === "candidate" && !object.clicks.length ? `${Math.round(100 * object.score)} % sure` : `IoU ${object.score.toFixed(2)}`);
  }
  return parts.join(" · ");
}

function setToggle(button: HTMLButtonElement, on: boolean, whenOn: string, whenOff: string): void {
  if (button.getAttribute("aria-pressed") === String(on)) return;
  button.setAttribute("aria-pressed", String(on));
  button.replaceChildren(svg(on ? whenOn : whenOff));
}
