/** What all pictures of games have in common: a title above, words below, SVG. */
import { escapeHtml } from "../../notebook/escape-html.ts";

/** Pixels above and below the drawing. */
export const HEAD = 26;
export const FOOT = 30;

interface Box {
  width: number;
  height: number;
}

/** @param content SVG elements, the drawing's own `HEAD` pixels down */
export function framePicture(content: string, { width, height, title }: Box & { title: string }): string {
  const full = height + HEAD + FOOT;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${full}" viewBox="0 0 ${width} ${full}" ` +
    `font-family="system-ui, sans-serif" font-size="13"><rect width="100%" height="100%" fill="#ffffff"/>` +
    `<text x="${width / 2}" y="17" text-anchor="middle" font-weight="600">${escapeHtml(title)}</text>${content}</svg>`
  );
}

export function wordsBelow(caption: string, { width, height }: Box): string {
  return `<text x="${width / 2}" y="${height + HEAD + FOOT - 8}" text-anchor="middle">${escapeHtml(caption)}</text>`;
}
