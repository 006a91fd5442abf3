/**
 * A value as a MIME bundle: what an output area, a report or a plain console shows of it.
 *
 * An object says itself how it looks through `[Symbol.for("Jupyter.display")]()` (Deno's convention). Tables,
 * tensors and typed arrays have views of their own; big nested values a tree; everything else is Node's
 * inspection as text.
 */
import { Buffer } from "node:buffer";
import { inspect, types } from "node:util";
import { toBundle } from "../../../lib/notebook/bundle.ts";
import type { MimeBundle } from "../../../lib/notebook/host.ts";
import { toJson } from "./json.ts";
import { numbersView } from "./views/numbers.ts";
import { isTensor, tensorView } from "./views/tensor.ts";
import { treeHtml } from "./views/tree.ts";

/** Text of at most so many lines is read at a glance; longer values get a tree. */
const GLANCE_LINES = 12;

/** The bundle of a cell's last value; undefined when there is nothing to show. */
export async function bundleOf(value: unknown): Promise<MimeBundle | undefined> {
  if (value === undefined) return undefined;
  if (value === null || typeof value !== "object") return { "text/plain": inspectValue(value) };
  try {
    return await viewOf(value);
  } catch (error) {
    // Its own view failed: say so, and show it all the same.
    return { "text/plain": `${inspectValue(value)}\n[its view failed: ${messageOf(error)}]` };
  }
}

async function viewOf(value: object): Promise<MimeBundle> {
  if (types.isProxy(value) || types.isPromise(value) || types.isNativeError(value)) {
    return { "text/plain": inspectValue(value) };
  }
  if (isTensor(value) && !hasDisplay(value)) return tensorView(value);
  if (types.isTypedArray(value) && !types.isBigInt64Array(value) && !types.isBigUint64Array(value)) {
    return numbersView(`${value.constructor.name}(${value.length})`, value);
  }
  const text = inspectValue(value);
  const own = await toBundle(value);
  if (Object.keys(own).some((type) => type !== "text/plain") || hasDisplay(value)) return own;
  if (text.split("\n").length <= GLANCE_LINES) return { "text/plain": text };
  return { "text/plain": text, "text/html": treeHtml(value) };
}

const hasDisplay = (value: object) => Symbol.for("Jupyter.display") in value;

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
    return `[value that cannot be inspected: ${messageOf(error)}]`;
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
