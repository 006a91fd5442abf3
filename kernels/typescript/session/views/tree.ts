/** Big nested values as a tree to open and close, with the inspector's one-line text for each branch. */
import { inspect } from "node:util";
import { escapeHtml } from "../../../../lib/notebook/escape-html.ts";

const MAX_DEPTH = 5;
const MAX_CHILDREN = 100;
const MAX_LINE = 120;

/** HTML of a Map, Set, array, or object; getters are named, not called. */
export function treeHtml(value: object): string {
  return `<div style="font-family: var(--jp-code-font-family, monospace)">${branch("", value, 0, [])}</div>`;
}

function branch(label: string, value: unknown, depth: number, path: unknown[]): string {
  const head = `${label === "" ? "" : `<b>${escapeHtml(label)}</b>: `}${escapeHtml(line(value))}`;
  if (value === null || typeof value !== "object" || depth === MAX_DEPTH || path.includes(value)) {
    return `<div style="padding-left: 1.2em">${head}</div>`;
  }
  const children = entries(value);
  if (children.length === 0) return `<div style="padding-left: 1.2em">${head}</div>`;
  const shown = children.slice(0, MAX_CHILDREN);
  const inner = shown.map(([key, child]) => branch(key, child, depth + 1, [...path, value])).join("");
  const more = children.length - shown.length;
  const rest = more > 0 ? `<div style="padding-left: 1.2em">… ${more} more</div>` : "";
  const open = depth === 0 ? " open" : "";
  return `<details${open} style="padding-left: 1em"><summary>${head}</summary>${inner}${rest}</details>`;
}

function entries(value: object): [string, unknown][] {
  if (value instanceof Map) return [...value].map(([key, child]) => [line(key), child]);
  if (value instanceof Set) return [...value].map((child, i) => [String(i), child]);
  return Object.entries(Object.getOwnPropertyDescriptors(value))
    .filter(([name, { enumerable }]) => enumerable && !(Array.isArray(value) && name === "length"))
    .map(([name, { get, value: child }]) => [name, get ? GETTER : child]);
}

const GETTER = { [inspect.custom]: () => "[Getter]" };

function line(value: unknown): string {
  const text = inspect(value, { depth: 0, compact: true, breakLength: Infinity, maxArrayLength: 8 });
  return text.length <= MAX_LINE ? text : `${text.slice(0, MAX_LINE - 1)}…`;
}
