/**
 * What our kernel shows, in tslab: values with a Jupyter.display method, tables, MIME bundles.
 *
 * tslab displays one representation at a time, so the richest one that it knows is taken.
 *
 * @example in a tslab cell
 * import { display } from "tslab";
 * const { show } = require("gradbook/tslab");
 * await show(table, display);
 */
import { toBundle } from "../../lib/notebook/bundle.ts";

/** `display` of the module "tslab". */
export interface TslabDisplay {
  raw(type: string, data: string | Uint8Array): void;
}

const RICHEST_FIRST = [
  "text/html",
  "image/svg+xml",
  "image/png",
  "text/markdown",
  "text/latex",
  "text/plain",
];

/** Displays a value in the running cell. */
export async function show(value: unknown, display: TslabDisplay): Promise<void> {
  const bundle = await toBundle(value);
  const type = RICHEST_FIRST.find((known) => known in bundle) ?? Object.keys(bundle)[0];
  const data = bundle[type];
  display.raw(type, typeof data === "string" || data instanceof Uint8Array ? data : JSON.stringify(data));
}
