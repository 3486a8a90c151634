// What the colours of values mean, and from where on uncertainty is shown.

import { byId } from "../dom.ts";
import { CIVIDIS, VIRIDIS, rampBytes } from "../palette.ts";
import { type State, type Store, changed } from "../store.ts";

const GREYS = ["#141414", "#ffffff"];

export function legend(store: Store): void {
  store.listen((now, before) => {
    if (changed(now, before, "look", "manifest", "history")) show(now);
  });
}

function show({ look, manifest }: State): void {
  const says = manifest && words(look.mode, manifest);
  byId("legend").hidden = !says;
  if (!says) return;
  byId("legend-title").textContent = says.title;
  byId("legend-low").textContent = says.low;
  byId("legend-high").textContent = says.high;
  byId("threshold-row").hidden = look.mode !== "uncertainty";
  paint(byId<HTMLCanvasElement>("legend-ramp"), says.ramp);
}

function words(mode: string, manifest: NonNullable<State["manifest"]>):
  { title: string; low: string; high: string; ramp: readonly string[] } | null {
  if (mode === "uncertainty") return { title: "Probability of a wrong label", low: "certain 0", high: "1 uncertain", ramp: CIVIDIS };
  if (mode === "height") {
    const [low, high] = [manifest.bounds[0][2], manifest.bounds[1][2]];
    return { title: "Height", low: `${low.toFixed(2)} m`, high: `${high.toFixed(2)} m`, ramp: VIRIDIS };
  }
  if (mode === "intensity" && manifest.intensity) {
    const { name, lower, upper } = manifest.intensity;
    return { title: name, low: String(+lower.toPrecision(4)), high: String(+upper.toPrecision(4)), ramp: GREYS };
  }
  return null;
}

function paint(canvas: HTMLCanvasElement, ramp: readonly string[]): void {
  const context = canvas.getContext("2d")!;
  const image = context.createImageData(canvas.width, canvas.height);
  const row = rampBytes(ramp, canvas.width);
  for (let y = 0; y < canvas.height; y++) image.data.set(row, 4 * y * canvas.width);
  context.putImageData(image, 0, 0);
}
