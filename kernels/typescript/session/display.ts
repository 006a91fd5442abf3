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
import { cutText, messageOf } from "./safely.ts";
import { numbersView } from "./views/numbers.ts";
import { isTensor, tensorView } from "./views/tensor.ts";
import { treeHtml } from "./views/tree.ts";

/** Text of at most so many lines is read at a glance; longer values get a tree. */
const GLANCE_LINES = 12;
/** Many long strings in one value: more than this a front end does not want, in UTF-16 units. */
const MAX_TEXT = 200_000;

/** The bundle of a cell's last value as JSON; undefined when there is nothing to show. Never rejects. */
export async function shownJson(value: unknown): Promise<string | undefined> {
  if (value === undefined) return undefined;
  if (value === null || typeof value !== "object") return bundleJson({ "text/plain": inspectValue(value) });
  try {
    return bundleJson(await viewOf(value));
  } catch (error) {
    // Its own view failed, or is no JSON: say so, and show it all the same.
    const [reason] = messageOf(error).split("\n");
    return bundleJson({ "text/plain": `${inspectValue(value)}\n[its view failed: ${reason}]` });
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
  if (own === null || typeof own !== "object") {
    throw new TypeError(`Jupyter.display: expected an object of MIME types, got ${typeof own}`);
  }
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
    const limits = { depth: 4, maxArrayLength: 100, maxStringLength: 10_000, breakLength: 100 };
    return cutText(inspect(value, limits), MAX_TEXT);
  } catch (error) {
    return `[value that cannot be inspected: ${messageOf(error)}]`;
  }
}
