/**
 * How a value shows itself: from any value to a MIME bundle.
 *
 * Order: the value's own `[Symbol.for("Jupyter.display")]()` (the convention that Deno's kernel introduced), a
 * plain object whose keys are all MIME types, an arquero table, and else the text
 * that Node's inspector makes.
 */
import { inspect } from "node:util";
import type { MimeBundle } from "./host.ts";
import { isTable, tableHtml, tableText } from "./table-html.ts";

export const DISPLAY = Symbol.for("Jupyter.display");

/** A value that knows how to show itself. */
export interface Displayable {
  [DISPLAY](): MimeBundle | Promise<MimeBundle>;
}

const MIME_TYPE = /^[\w.+-]+\/[\w.+-]+$/;

/** The representations of a value; a promise only when the value makes them asynchronously. */
export function toBundle(value: unknown): MimeBundle | Promise<MimeBundle> {
  if (isDisplayable(value)) return value[DISPLAY]();
  if (isBundle(value)) return value;
  if (isTable(value)) return { "text/html": tableHtml(value), "text/plain": tableText(value) };
  return { "text/plain": typeof value === "string" ? value : inspect(value) };
}

/** A value of the helpers below: what a cell may end with, or `display` may be given. */
export function displayable(bundle: MimeBundle): Displayable {
  return { [DISPLAY]: () => bundle };
}

function isDisplayable(value: unknown): value is Displayable {
  return typeof (value as Displayable | null | undefined)?.[DISPLAY] === "function";
}

function isBundle(value: unknown): value is MimeBundle {
  if (value === null || typeof value !== "object") return false;
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  const keys = Object.keys(value);
  return keys.length > 0 && keys.every((key) => MIME_TYPE.test(key));
}
