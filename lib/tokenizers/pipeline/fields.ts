/**
 * Reading the fields of a tokenizer file, with errors that name file and field.
 */
import { fail, shown } from "../../core/errors.ts";

export type Json = Record<string, unknown>;

function complain(where: string, key: string, expected: string, got: unknown): never {
  fail(`${where}.${key}`, { expected, got: got === undefined ? "nothing" : shown(got) });
}

/** The value itself as an object. */
export function asObject(value: unknown, where: string): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    fail(where, { expected: "an object", got: value === undefined ? "nothing" : shown(value) });
  }
  return value as Json;
}

export function objectField(json: Json, key: string, where: string): Json {
  return asObject(json[key], `${where}.${key}`);
}

/** A field that may be missing or null. */
export function optionalObject(json: Json, key: string, where: string): Json | undefined {
  return json[key] == null ? undefined : objectField(json, key, where);
}

export function stringField(json: Json, key: string, where: string, otherwise?: string): string {
  const value = json[key] ?? otherwise;
  return typeof value === "string" ? value : complain(where, key, "a string", value);
}

export function optionalString(json: Json, key: string, where: string): string | undefined {
  return json[key] == null ? undefined : stringField(json, key, where);
}

export function booleanField(json: Json, key: string, where: string, otherwise?: boolean): boolean {
  const value = json[key] ?? otherwise;
  return typeof value === "boolean" ? value : complain(where, key, "true or false", value);
}

export function numberField(json: Json, key: string, where: string, otherwise?: number): number {
  const value = json[key] ?? otherwise;
  return typeof value === "number" ? value : complain(where, key, "a number", value);
}

/** An id: a whole number ≥ 0. */
export function idField(json: Json, key: string, where: string): number {
  const value = json[key];
  return Number.isSafeInteger(value) && (value as number) >= 0
    ? (value as number)
    : complain(where, key, "an id", value);
}

export function arrayField(json: Json, key: string, where: string): unknown[] {
  const value = json[key];
  return Array.isArray(value) ? value : complain(where, key, "a list", value);
}

export function choiceField<Choice extends string>(
  json: Json,
  key: string,
  where: string,
  choices: readonly Choice[],
  otherwise?: Choice,
): Choice {
  const value = json[key] ?? otherwise;
  return choices.includes(value as Choice)
    ? (value as Choice)
    : complain(where, key, choices.join(" | "), value);
}

/** Look up the reader for `json.type`; an unknown type is an error that lists the known ones. */
export function byType<Reader>(json: Json, where: string, readers: Record<string, Reader>): Reader {
  const type = json.type;
  if (typeof type === "string" && Object.hasOwn(readers, type)) return readers[type];
  complain(where, "type", Object.keys(readers).join(" | "), type);
}
