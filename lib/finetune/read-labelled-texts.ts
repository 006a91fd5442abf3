/** Labelled texts out of a JSONL file: {"text": "A dull film.", "label": "negative"} on each line. */
import { fail } from "../core/errors.ts";
import { readJsonLines } from "../data/read/json-lines.ts";
import type { LabelledText } from "./classify.ts";

/** @throws GradbookError naming the first line that does not fit */
export async function readLabelledTexts(path: string): Promise<LabelledText[]> {
  return readJsonLines(path, "a file of labelled texts", (line) => `${path} line ${line}`, labelledOf);
}

function labelledOf(record: unknown, where: string, line: string): LabelledText {
  const { text, label } = (record ?? {}) as Partial<LabelledText>;
  if (
    typeof text !== "string" ||
    text.trim() === "" ||
    (typeof label !== "string" && typeof label !== "number")
  )
    return fail(where, { expected: 'a record {"text": …, "label": …}', got: line.slice(0, 80) });
  return { text, label };
}
