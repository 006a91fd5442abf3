/** Labelled texts out of a JSONL file: {"text": "A dull film.", "label": "negative"} on each line. */
import { readFile } from "node:fs/promises";
import { fail } from "../core/errors.ts";
import type { LabelledText } from "./classify.ts";

/** @throws GradbookError naming the first line that does not fit */
export async function readLabelledTexts(path: string): Promise<LabelledText[]> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    return fail(path, { expected: "a file of labelled texts", got: (cause as Error).message, cause });
  }
  return text.split("\n").flatMap((line, i) => {
    if (line.trim() === "") return [];
    let record: Partial<LabelledText> | null;
    try {
      record = JSON.parse(line);
    } catch (cause) {
      return fail(`${path} line ${i + 1}`, { expected: "JSON", got: (cause as Error).message, cause });
    }
    const { text, label } = record ?? {};
    if (
      typeof text !== "string" ||
      text.trim() === "" ||
      (typeof label !== "string" && typeof label !== "number")
    )
      fail(`${path} line ${i + 1}`, { expected: 'a record {"text": …, "label": …}', got: line.slice(0, 80) });
    return [{ text, label } as LabelledText];
  });
}
