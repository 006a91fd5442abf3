/** Answers that people judged, from a JSONL file: OpenAI's preference records, or TRL's. What does not fit is said with its line. */
import { fail } from "../../core/errors.ts";
import { unpair } from "../../data/format/convert.ts";
import {
  isRecord,
  readExamples,
  type Example,
  type Judgement,
  type Parsed,
} from "../../data/format/examples.ts";
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
  const examples = await readAll(path, {
    expected: "a prompt, the chosen and the rejected answer on every line, in OpenAI's or TRL's format",
    wrong: ({ kind }) => kind !== "preference" && `it has no two answers to compare, it is a ${kind}`,
  });
  return examples.flatMap((example) => (example.kind === "preference" ? [example] : []));
}

/**
 * Answers that are good or bad by themselves; of a pair the chosen one is good and the rejected one bad.
 *
 * @throws GradbookError naming the first lines that are neither, and how many there are
 * @example const judgements = await readJudgements("thumbs.jsonl"); // {"prompt": "2+2=", "completion": "4", "label": true}
 */
export async function readJudgements(path: string): Promise<Judgement[]> {
  const examples = await readAll(path, {
    expected: "a prompt, a completion and a label (true or false) on every line, or a pair of answers",
    wrong: ({ kind }) =>
      kind !== "judgement" && kind !== "preference" && `it has no label true or false, it is a ${kind}`,
  });
  return examples.flatMap((example) =>
    example.kind === "judgement" ? [example] : example.kind === "preference" ? unpair(example) : [],
  );
}

async function readAll(
  path: string,
  { expected, wrong }: { expected: string; wrong(example: Example): string | false },
): Promise<Example[]> {
  const { examples, problems } = await readExamples(path, (record): Parsed => {
    const parsed = isRecord(record) && "input" in record ? parseOpenai(record) : parseTrl(record);
    if ("wrong" in parsed) return parsed;
    const reason = wrong(parsed);
    return reason === false ? parsed : { wrong: reason };
  });
  if (problems.length > 0)
    fail(path, {
      expected,
      got: `${problems.length} lines that are not: ${problems.slice(0, NAMED).map(({ where, reason }) => `line ${where.slice(path.length + 1)}: ${reason}`).join(" · ")}`, // prettier-ignore
    });
  if (examples.length === 0) fail(path, { expected: "judged answers, one record on each line", got: "none" });
  return examples;
}
