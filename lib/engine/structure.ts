/** Nested arguments and results: which tensors they hold, and how to put others in the same places. */
import { fail } from "../core/errors.ts";
import { tf } from "./tf.ts";

/** A value with its tensors replaced by their position in a list. */
export type Structure =
  | { readonly kind: "tensor"; readonly index: number }
  | { readonly kind: "fixed"; readonly value: string | boolean | null | undefined }
  | { readonly kind: "array"; readonly items: readonly Structure[] }
  | { readonly kind: "object"; readonly entries: readonly (readonly [string, Structure])[] };

/**
 * Take a nested value apart, appending its tensors to `tensors`.
 * @throws GradbookError on numbers and on objects that are not plain
 */
export function flatten(where: string, value: unknown, tensors: tf.Tensor[]): Structure {
  if (value instanceof tf.Tensor) return { kind: "tensor", index: tensors.push(value) - 1 };
  if (value == null || typeof value === "string" || typeof value === "boolean")
    return { kind: "fixed", value };
  if (Array.isArray(value))
    return { kind: "array", items: value.map((item) => flatten(where, item, tensors)) };
  if (typeof value === "object" && [Object.prototype, null].includes(Object.getPrototypeOf(value)))
    return {
      kind: "object",
      entries: Object.entries(value).map(([key, item]) => [key, flatten(where, item, tensors)] as const),
    };
  return fail(`compile ${where}`, {
    expected: "tensors, or plain objects and arrays of tensors, in and out",
    got: value instanceof Promise ? "a promise" : value,
    hint: typeof value === "number" ? "pass tf.scalar(number)" : "async functions cannot be compiled",
  });
}

/** The value with `tensors` in the places of the ones that were taken out. */
export function unflatten(structure: Structure, tensors: readonly tf.Tensor[]): unknown {
  switch (structure.kind) {
    case "tensor":
      return tensors[structure.index];
    case "fixed":
      return structure.value;
    case "array":
      return structure.items.map((item) => unflatten(item, tensors));
    case "object":
      return Object.fromEntries(structure.entries.map(([key, item]) => [key, unflatten(item, tensors)]));
  }
}

/** A string that is equal for equal structures. */
export function structureKey(structure: Structure): string {
  switch (structure.kind) {
    case "tensor":
      return "t";
    case "fixed":
      return JSON.stringify(structure.value) ?? "undefined";
    case "array":
      return `[${structure.items.map(structureKey)}]`;
    case "object":
      return `{${structure.entries.map(([key, item]) => `${key}:${structureKey(item)}`)}}`;
  }
}
