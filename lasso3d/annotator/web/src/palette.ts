// Colours of objects and of values. Never the only carrier of meaning: numbers and glyphs stand beside them.

/** Petroff's ten colours (arXiv 2107.02270) without the two greys, which scans are full of; red and purple are
 * lightened until they reach 3:1 on the page's background. */
export const OBJECT_COLOURS: readonly string[] = [
  "#3f90da", "#ffa90e", "#c02a0d", "#8b3fc0", "#92dadd", "#e76300", "#b9ac70", "#a96b59",
];

/** Cividis and viridis (matplotlib) in ten steps each. */
export const CIVIDIS: readonly string[] = [
  "#00224e", "#123570", "#3b496c", "#575d6d", "#707173", "#8a8678", "#a59c74", "#c3b369", "#e1cc55", "#fee838",
];
export const VIRIDIS: readonly string[] = [
  "#440154", "#482878", "#3e4989", "#31688e", "#26828e", "#1f9e89", "#35b779", "#6ece58", "#b5de2b", "#fde725",
];

export type Rgb = [number, number, number];

export function rgbOf(hex: string): Rgb {
  const value = parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** The colour of object `number` (from 1); colours repeat after eight, numbers never do. */
export function objectColour(number: number): string {
  return OBJECT_COLOURS[(number - 1) % OBJECT_COLOURS.length];
}

/** A ramp of evenly spaced stops, sampled at `size` places, as RGBA bytes. */
export function rampBytes(stops: readonly string[], size: number): Uint8Array {
  const bytes = new Uint8Array(4 * size);
  for (let i = 0; i < size; i++) {
    const at = (i / (size - 1)) * (stops.length - 1);
    const low = Math.min(Math.floor(at), stops.length - 2);
    const [a, b] = [rgbOf(stops[low]), rgbOf(stops[low + 1])];
    for (let c = 0; c < 3; c++) bytes[4 * i + c] = Math.round(a[c] + (at - low) * (b[c] - a[c]));
    bytes[4 * i + 3] = 255;
  }
  return bytes;
}

/** Relative luminance (WCAG 2.2). */
export function luminance(hex: string): number {
  const [r, g, b] = rgbOf(hex).map((byte) => {
    const c = byte / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

/** Black or white, whichever reads better on the colour. */
export function inkOn(hex: string): string {
  return contrast(hex, "#0b0d11") > contrast(hex, "#ffffff") ? "#0b0d11" : "#ffffff";
}
