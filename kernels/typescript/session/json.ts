/** Values of the user's code as JSON, with the kinds that numeric code is full of. */

/**
 * JSON text of a value: typed arrays become arrays of numbers, bigints numbers or decimal strings,
 * NaN and infinities null (JSON has none).
 *
 * @throws TypeError for circular values
 */
export function toJson(value: unknown): string {
  return JSON.stringify(value, replace) ?? "null";
}

function replace(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") {
    return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  }
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(value as Float64Array);
  return value;
}
