/**
 * `-p name=value` words → runs: `-p learningRate=1e-3,3e-3` means one run per value, two such options mean
 * every combination.
 */
import { UsageError } from "./options.ts";

export interface PlannedRun {
  parameters: Record<string, string>;
  /** Only the swept parameters, for file names and legends; empty when nothing is swept. */
  label: string;
}

/**
 * All runs that the words ask for; one when nothing is swept.
 *
 * A comma separates values. JSON lists and objects are one value (`-p sizes=[1,2]`), and so is a JSON string
 * (`-p prompt="Call me, Ishmael"` in shell quotes).
 * @throws UsageError for a word without a name, and for a name given twice
 */
export function planRuns(words: string[]): PlannedRun[] {
  let runs: PlannedRun[] = [{ parameters: {}, label: "" }];
  const seen = new Set<string>();
  for (const word of words) {
    const at = word.indexOf("=");
    if (at < 1) throw new UsageError(`-p expects name=value, got ${word}`);
    const name = word.slice(0, at);
    if (seen.has(name))
      throw new UsageError(`-p ${name} was given twice; for several values write ${name}=A,B`);
    seen.add(name);
    const values = readValues(word.slice(at + 1));
    runs = runs.flatMap(({ parameters, label }) =>
      values.map((value) => ({
        parameters: { ...parameters, [name]: value },
        label: values.length === 1 ? label : [label, `${name}=${value}`].filter(Boolean).join(" "),
      })),
    );
  }
  return runs;
}

function readValues(text: string): string[] {
  if (/^[[{]/.test(text)) return [text];
  if (text.startsWith('"')) {
    try {
      return [JSON.parse(text) as string];
    } catch {
      return [text]; // A text that happens to begin with a quote.
    }
  }
  const values = text.split(",").map((value) => value.trim());
  // "Call me, Ishmael" and "a," are texts; a sweep's values are single words.
  return values.length > 1 && values.every((value) => /^\S+$/.test(value)) ? values : [text];
}
