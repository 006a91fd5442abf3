/** Answers that people judged, from a JSONL file: OpenAI's preference records, or TRL's. What does not fit is said with its line. */
import { fail } from "../../core/errors.ts";
import { unpair } from "../../data/format/convert.ts";
import {
  isRecord,
  readExamples,
  type Judgement,
  type Parsed,
  type Preference,
} from "../../data/format/examples.ts";
import { checkMessages, checkTools, isWrong, type Wrong } from "../../data/format/messages.ts";
import { parseOpenai } from "../../data/format/openai.ts";
import { parseTrl } from "../../data/format/trl.ts";
import { checkRecord } from "../../eval/human/records.ts";
import type { PreferenceExample, RankingExample, Side } from "./rankings.ts";

/** How many wrong lines an error names. */
const NAMED = 5;

/**
 * @throws GradbookError naming the first lines that are no pairs, and how many there are
 * @example const pairs = await readPreferences("pairs.jsonl"); // {"prompt": "2+2=", "chosen": "4", "rejected": "5"}
 */
export async function readPreferences(path: string): Promise<PreferenceExample[]> {
  return readAll(path, {
    expected: "a prompt, the chosen and the rejected answer on every line, in OpenAI's or TRL's format",
    parse: parsePair,
  });
}

/**
 * Answers in their order: pairs as readPreferences takes them, with a `margin` where they have one; `answers` with the best
 * first; and what the ranking widget of gradbook/eval wrote down.
 *
 * @throws GradbookError naming the first lines that are none of these, and how many there are; when not all have as many
 *   answers
 * @example const rankings = await readRankings("rankings.jsonl"); // {"prompt": "2+2=", "answers": ["4", "5", "fish"]}
 */
export async function readRankings(path: string): Promise<RankingExample[]> {
  const rankings = await readAll(path, {
    expected: "a prompt with a chosen and a rejected answer, or with answers in their order, on every line",
    parse: parseRanking,
  });
  const size = rankings[0].answers.length;
  const other = rankings.findIndex(({ answers }) => answers.length !== size);
  if (other >= 0)
    fail(path, {
      expected: `${size} answers in every ranking, as in the first`,
      got: `${rankings[other].answers.length} in number ${other + 1}`,
      hint: "write a file for each size, or pairs",
    });
  return rankings;
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
    parse(record) {
      const parsed = parseEither(record);
      if ("wrong" in parsed || parsed.kind === "judgement" || parsed.kind === "preference") return parsed;
      return { wrong: `it has no label true or false, it is a ${parsed.kind}` };
    },
  });
  return examples.flatMap((example) => (example.kind === "judgement" ? [example] : unpair(example)));
}

const parseEither = (record: unknown): Parsed =>
  isRecord(record) && "input" in record ? parseOpenai(record) : parseTrl(record);

function parsePair(record: unknown): Preference | Wrong {
  const parsed = parseEither(record);
  if ("wrong" in parsed || parsed.kind === "preference") return parsed;
  return { wrong: `it has no two answers to compare, it is a ${parsed.kind}` };
}

function parseRanking(record: unknown): RankingExample | Wrong {
  if (!isRecord(record) || !("answers" in record)) {
    const pair = parsePair(record);
    if ("wrong" in pair) return pair;
    const { kind: _, chosen, rejected, ...rest } = pair;
    const { margin } = record as { margin?: unknown };
    if (margin === undefined) return { ...rest, answers: [chosen, rejected] };
    return typeof margin === "number"
      ? { ...rest, answers: [chosen, rejected], margin }
      : { wrong: `margin must be a number, got ${JSON.stringify(margin)}` };
  }
  if ("ranking" in record) return parseJudged(record);
  const { prompt, answers } = record;
  const tools = checkTools(record);
  if (isWrong(tools)) return tools;
  if (!Array.isArray(answers)) return { wrong: "answers must be a list, the best first" };
  const sides = [prompt, ...(answers as unknown[])].map((side, i) =>
    typeof side === "string" ? side : checkMessages(side, i === 0 ? "prompt" : `answers[${i - 1}]`),
  );
  const wrong = sides.find(isWrong);
  if (wrong) return wrong;
  const [asked, ...ranked] = sides as Side[];
  return { prompt: asked, answers: ranked, ...tools };
}

/** What a person ranked in the widget. */
function parseJudged(record: Record<string, unknown>): RankingExample | Wrong {
  try {
    const { prompt, answers, ranking } = checkRecord("record", record);
    const ties = ranking.some((group) => group.length > 1);
    return { prompt, answers: ranking.flat().map((place) => answers[place]), ...(ties && { ties }) };
  } catch (cause) {
    return { wrong: (cause as Error).message };
  }
}

async function readAll<T extends object>(
  path: string,
  { expected, parse }: { expected: string; parse(record: unknown): T | Wrong },
): Promise<T[]> {
  const { examples, problems } = await readExamples(path, parse);
  if (problems.length > 0)
    fail(path, {
      expected,
      got: `${problems.length} lines that are not: ${problems.slice(0, NAMED).map(({ where, reason }) => `line ${where.slice(path.length + 1)}: ${reason}`).join(" · ")}`, // prettier-ignore
    });
  if (examples.length === 0) fail(path, { expected: "judged answers, one record on each line", got: "none" });
  return examples;
}
