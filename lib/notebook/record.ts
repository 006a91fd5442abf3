/**
 * Results that other programs read from an executed notebook: `gradbook run` prints them, a sweep compares them.
 */
import { notebookHost } from "./host.ts";

export const RECORD_MIME = "application/vnd.gradbook.record+json";

/**
 * Name a result, e.g. `record("validation loss", 1.91)`.
 *
 * In a notebook the cell shows `validation loss = 1.91`, and the pair stands in the saved file under
 * `application/vnd.gradbook.record+json`; elsewhere the line is printed. The line rounds a number to six digits,
 * the pair does not.
 *
 * @param value anything JSON can hold
 */
export function record(name: string, value: unknown): void {
  const line = `${name} = ${valueText(value)}`;
  const host = notebookHost();
  if (host) host.display({ [RECORD_MIME]: { name, value }, "text/plain": line });
  else console.log(line);
}

function valueText(value: unknown): string {
  if (typeof value === "number") return String(Number(value.toPrecision(6)));
  return typeof value === "string" ? value : JSON.stringify(value);
}
