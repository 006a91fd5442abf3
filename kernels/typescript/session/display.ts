/**
 * A value as a MIME bundle: what an output area, a report or a plain console shows of it.
 *
 * An object says itself how it looks through `[Symbol.for("Jupyter.display")]()` (Deno's convention);
 * everything else gets Node's inspection as text.
 */
import { Buffer } from "node:buffer";
import { inspect } from "node:util";
import type { MimeBundle } from "../../../lib/notebook/host.ts";
import { toJson } from "./json.ts";

const DISPLAY = Symbol.for("Jupyter.display");

/** The bundle of a cell's last value; undefined when there is nothing to show. */
export async function bundleOf(value: unknown): Promise<MimeBundle | undefined> {
  if (value === undefined) return undefined;
  const own = displayMethod(value);
  if (own) return await own.call(value);
  return { "text/plain": inspectValue(value) };
}

/** JSON of a bundle as the protocol wants it: binary representations in base64, the rest as it is. */
export function bundleJson(bundle: MimeBundle): string {
  const parts = Object.entries(bundle).map(([type, data]) => [
    type,
    data instanceof Uint8Array && !/json/.test(type) ? Buffer.from(data).toString("base64") : data,
  ]);
  return toJson(Object.fromEntries(parts));
}

/** Node's `util.inspect`, bounded; a value that throws while it is looked at is described instead. */
export function inspectValue(value: unknown): string {
  try {
    return inspect(value, { depth: 4, maxArrayLength: 100, maxStringLength: 10_000, breakLength: 100 });
  } catch (error) {
    return `[value that cannot be inspected: ${error instanceof Error ? error.message : String(error)}]`;
  }
}

function displayMethod(value: unknown): (() => MimeBundle | Promise<MimeBundle>) | undefined {
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return undefined;
  try {
    const method = (value as { [DISPLAY]?: unknown })[DISPLAY];
    return typeof method === "function" ? (method as () => MimeBundle) : undefined;
  } catch {
    return undefined; // A proxy or getter that refuses.
  }
}
