// The few helpers that make elements. Text goes in as text, never as markup.

export function byId<T extends HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no element #${id}`);
  return element as T;
}

export interface Parts {
  class?: string;
  text?: string;
  title?: string;
  attrs?: Record<string, string>;
  on?: Partial<Record<keyof HTMLElementEventMap, (event: Event) => void>>;
}

export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K, parts: Parts = {}, ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (parts.class) element.className = parts.class;
  if (parts.text !== undefined) element.textContent = parts.text;
  if (parts.title) element.title = parts.title;
  for (const [name, value] of Object.entries(parts.attrs ?? {})) element.setAttribute(name, value);
  for (const [name, heard] of Object.entries(parts.on ?? {})) element.addEventListener(name, heard!);
  element.append(...children);
  return element;
}

export function iconButton(icon: string, label: string, pressed: (event: Event) => void): HTMLButtonElement {
  const button = make("button", { class: "icon", title: label, attrs: { type: "button", "aria-label": label } }, svg(icon));
  button.addEventListener("click", pressed);
  return button;
}

const ICONS: Record<string, string> = {
  chevron: "M4 6l4 4 4-4",
  undo: "M6 3L3 6l3 3M3 6h6.5a3.5 3.5 0 010 7H6",
  redo: "M10 3l3 3-3 3M13 6H6.5a3.5 3.5 0 000 7H10",
  import: "M8 2.5v7M5 7l3 3 3-3M3 12.5h10",
  export: "M8 10V3M5 5.5l3-3 3 3M3 12.5h10",
  send: "M3 8h9M8.5 4.5L12 8l-3.5 3.5",
  plus: "M8 3.5v9M3.5 8h9",
  close: "M4.5 4.5l7 7M11.5 4.5l-7 7",
  eye: "M1.5 8S4 3.8 8 3.8 14.5 8 14.5 8 12 12.2 8 12.2 1.5 8 1.5 8zM8 6.2a1.8 1.8 0 100 3.6 1.8 1.8 0 000-3.6z",
  hidden: "M2.5 2.5l11 11M6 4.1A6 6 0 018 3.8C12 3.8 14.5 8 14.5 8a12 12 0 01-2 2.4M4 5.4A12 12 0 001.5 8S4 12.2 8 12.2a6 6 0 002.6-.6",
  unlocked: "M4 7.5h8v5.5H4zM5.8 7.5V5a2.3 2.3 0 014.4-.8",
  locked: "M4 7.5h8v5.5H4zM5.7 7.5V5.2a2.3 2.3 0 014.6 0v2.3",
  isolate: "M5.5 2.5h-3v3M10.5 2.5h3v3M5.5 13.5h-3v-3M10.5 13.5h3v-3M8 6a2 2 0 100 4 2 2 0 000-4z",
  trash: "M3 4.5h10M6.3 4.5v-2h3.4v2M4.5 4.5l.6 9h5.8l.6-9",
  heat: "M8 2c.5 2.2 3.7 3.6 3.7 7A3.7 3.7 0 018 13.5 3.7 3.7 0 014.3 9.6C4.3 7.7 5.5 7 5.6 5.2 6.9 5.7 7.2 6.6 7.3 7.4 8.3 6.2 8.5 4 8 2z",
  points: "M4 4h.01M8 4h.01M12 4h.01M4 8h.01M8 8h.01M12 8h.01M4 12h.01M8 12h.01M12 12h.01",
  clip: "M5 1.8V11h9.2M1.8 5H11v9.2",
  whole: "M3 8l5-4.5L13 8M4.5 7v6h7V7",
  top: "M3 3h10v10H3zM8 6.4a1.6 1.6 0 100 3.2 1.6 1.6 0 000-3.2z",
  front: "M3 5h10v8H3zM3 5l2-2.5h6L13 5",
  side: "M3 5.5L9.5 3v10L3 12zM9.5 3L13 5v7l-3.5 1",
  frame: "M2.5 5.5v-3h3M10.5 2.5h3v3M13.5 10.5v3h-3M5.5 13.5h-3v-3M5.5 5.5h5v5h-5z",
  crosshair: "M8 1.8v4M8 10.2v4M1.8 8h4M10.2 8h4",
};

const NS = "http://www.w3.org/2000/svg";

export function svg(icon: string): SVGSVGElement {
  const drawing = document.createElementNS(NS, "svg");
  drawing.setAttribute("viewBox", "0 0 16 16");
  drawing.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(NS, "path");
  path.setAttribute("d", ICONS[icon]);
  drawing.append(path);
  return drawing;
}

/** Put the drawing into every element that names one. */
export function placeIcons(): void {
  for (const element of document.querySelectorAll<HTMLElement>("[data-icon]")) element.prepend(svg(element.dataset.icon!));
}

export function counted(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
}
