/**
 * Colours of charts: told apart by colour-blind people, readable on a white and on a dark page.
 *
 * The five have a contrast of at least 3.1 against white and against #111, and every pair is at least 24 apart in
 * CIELAB under normal vision and under simulated protanopia, deuteranopia and tritanopia (Machado et al. 2009).
 */
export const COLORS = ["#0a78c2", "#d05a0b", "#8134f4", "#d671a3", "#ed0c50"] as const;

/** For what stands in the background: raw values behind a smoothed line, marks. */
export const MUTED = "#8a8a8a";

/** Colour of the n-th series; after five the colours repeat, and `dashOf` tells the rounds apart. */
export function colorOf(index: number): string {
  return COLORS[index % COLORS.length];
}

/** Line style of the n-th series. */
export function dashOf(index: number): "solid" | "dash" | "dot" {
  return (["solid", "dash", "dot"] as const)[Math.floor(index / COLORS.length) % 3];
}
