/** Pairs of answers from a JSONL file: OpenAI's preference records, or TRL's. What does not fit is said with its line. */
import { fail } from "../../core/errors.ts";
import { isRecord, readExamples, type Parsed } from "../../data/format/examples.ts";
import { parseOpenai } from "../../data/format/openai.ts";
import { parseTrl } from "../../data/format/trl.ts";
import type { PreferenceExample } from "./rankings.ts";

/** How many wrong lines an error names. */
const NAMED = 5;

/**
 * @throws GradbookError naming the first lines that are no pairs, and how many there are
 * @example const pairs = await readPreferences("pairs.jsonl"); // {"prompt": "2+2=", "chosen": "4", "rejected": "5"}
 */
export async function readPreferences(path: string): Promise<PreferenceExample[]> {
  const { examples, problems } = await readExamples(path, parsePair);
  if (problems.length > 0)
    fail(path, {
      expected: "a prompt, the chosen and the rejected answer on every line, in OpenAI's or TRL's format",
      got: `${problems.length} lines that are not: ${problems.slice(0, NAMED).map(({ where, reason }) => `line ${where.slice(path.length + 1)}: ${reason}`).join(" · ")}`, // prettier-ignore
    });
  if (examples.length === 0) fail(path, { expected: "pairs of answers, one on each line", got: "none" });
  return examples.flatMap((example) => (example.kind === "preference" ? [example] : []));
}

function parsePair(record: unknown): Parsed {
  const parsed = isRecord(record) && "input" in record ? parseOpenai(record) : parseTrl(record);
  if ("wrong" in parsed || parsed.kind === "preference") return parsed;
  return { wrong: `it has no two answers to compare, it is a ${parsed.kind}` };
}
