/** A row of named numbers in HTML, each name small above its value. */
import { escapeHtml } from "../escape-html.ts";

/** Name and value. */
export type Tile = [string, string];

/** Digits have one width, so that changing numbers do not make the row jump. */
export function tiles(entries: Tile[]): string {
  const cells = entries.map(
    ([name, value]) =>
      `<div><div style="font-size:.8em;opacity:.7">${escapeHtml(name)}</div>` +
      `<div style="font-variant-numeric:tabular-nums">${escapeHtml(value)}</div></div>`,
  );
  return `<div style="display:flex;flex-wrap:wrap;gap:2px 28px;line-height:1.35">${cells.join("")}</div>`;
}

/** A number in at most three digits. */
export function roundedText(value: number): string {
  return String(Number(value.toPrecision(3)));
}
