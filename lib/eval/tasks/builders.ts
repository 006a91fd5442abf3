/**
 * Tasks made from data: next words, questions, summaries, translations, essays, code.
 *
 * Where the data come from is the caller's business (gradbook/datasets, a file, a notebook).
 */
import { fail } from "../../core/errors.ts";
import { addBleuCounts, bleuCounts, bleuFromCounts, type BleuCounts } from "../metrics/bleu.ts";
import { sentenceChrf } from "../metrics/chrf.ts";
import { distinctN } from "../metrics/diversity.ts";
import { answerScore } from "../metrics/question-answering.ts";
import { rouge, type RougeKind } from "../metrics/rouge.ts";
import { runSandboxed, type SandboxOptions } from "../sandbox/run.ts";
import { meanMetric } from "./task.ts";
import type {
  ChoiceExample,
  ChoiceTask,
  GenerateExample,
  GenerateTask,
  Metric,
  PerplexityTask,
} from "./task.ts";

/** How surprised the model is: perplexity, bits per byte. */
export function perplexityTask(texts: readonly string[], name = "perplexity"): PerplexityTask {
  checkAny(name, texts);
  return { kind: "perplexity", name, description: "how surprised the model is by texts", texts };
}

/** Name the last word of each passage, as LAMBADA asks (Paperno et al., arXiv 1606.06031). */
export function nextWordTask(passages: readonly string[], name = "next-word"): GenerateTask {
  const examples = passages.flatMap((passage): GenerateExample[] => {
    const match = /^(.*\S)\s+([\p{L}\p{N}'’-]+)[^\p{L}\p{N}]*$/su.exec(passage);
    return match ? [{ prompt: `${match[1]} `, references: [match[2]] }] : [];
  });
  checkAny(name, examples);
  const firstWord = (answer: string): string => /^[\s]*([\p{L}\p{N}'’-]*)/u.exec(answer)![1];
  return {
    ...{ kind: "generate", name, description: "name the last word of a passage", examples },
    maxTokens: Math.max(...examples.map(({ references: [word] }) => word.length)) + 2,
    metrics: [meanMetric("accuracy", (answer, [word]) => Number(firstWord(answer) === word))],
  };
}

/** Choose the right ending. */
export function choiceTask(
  name: string,
  examples: readonly ChoiceExample[],
  shots?: readonly ChoiceExample[],
): ChoiceTask {
  checkAny(name, examples);
  for (const { choices, answer } of [...examples, ...(shots ?? [])])
    if (!(Number.isInteger(answer) && answer >= 0 && answer < choices.length))
      fail(name, { expected: `an answer among ${choices.length} choices`, got: answer });
  return { kind: "choice", name, description: "choose the right ending", examples, shots };
}

export interface Pair {
  prompt: string;
  references: readonly string[];
}

interface GenerateOptions {
  name?: string;
  shots?: readonly Pair[];
  maxTokens?: number;
  stop?: readonly string[];
}

/** Answer questions: exact match and F1 of SQuAD. */
export function answeringTask(examples: readonly Pair[], options: GenerateOptions = {}): GenerateTask {
  const metrics = [
    meanMetric("exact match", (answer, references) => answerScore([answer], [references]).exactMatch),
    meanMetric("f1", (answer, references) => answerScore([answer], [references]).f1),
  ];
  return generateTask("answering", "answer questions", examples, metrics, { stop: ["\n"], ...options });
}

/** Summarize texts: ROUGE. */
export function summarizingTask(examples: readonly Pair[], options: GenerateOptions = {}): GenerateTask {
  const kinds: RougeKind[] = ["rouge1", "rouge2", "rougeL"];
  const metrics = kinds.map((kind) =>
    meanMetric(kind, (answer, references) =>
      Math.max(...references.map((reference) => rouge(answer, reference, { stem: true })[kind].fmeasure)),
    ),
  );
  return generateTask("summarizing", "summarize texts", examples, metrics, options);
}

/** Translate: BLEU and chrF. */
export function translatingTask(examples: readonly Pair[], options: GenerateOptions = {}): GenerateTask {
  const bleu: Metric<BleuCounts> = {
    name: "bleu",
    prepare: (answer, references) => bleuCounts(answer, references, {}),
    combine: (parts) => bleuFromCounts(addBleuCounts(parts), { effectiveOrder: false, references: 1 }).score,
  };
  const chrf = meanMetric("chrf", (answer, references) => sentenceChrf(answer, references));
  const metrics = [bleu as Metric, chrf];
  return generateTask("translating", "translate", examples, metrics, { stop: ["\n"], ...options });
}

/** Write on: how varied the texts are, and how much is said twice in a row. There is no one right essay. */
export function essayTask(prompts: readonly string[], options: GenerateOptions = {}): GenerateTask {
  const varied: Metric<string> = {
    name: "distinct-2",
    prepare: (answer) => answer,
    combine: (answers) => distinctN(answers, 2),
  };
  const metrics = [
    varied as Metric,
    meanMetric("repeated 4-grams", (answer) => 1 - (distinctN([answer], 4) || 1)),
    meanMetric("words", (answer) => answer.split(/\s+/).filter(Boolean).length),
  ];
  const examples = prompts.map((prompt) => ({ prompt, references: [] }));
  return {
    ...generateTask("essay", "write on", examples, metrics, { maxTokens: 200, ...options }),
    temperature: 0.8,
  };
}

export interface CodeExample {
  /** Beginning of a program. */
  prompt: string;
  /** Code that throws unless the completed program is right. */
  tests: string;
}

/** Complete programs in JavaScript; they are run against tests in a sandbox. */
export function codeTask(
  examples: readonly CodeExample[],
  { sandbox, ...options }: GenerateOptions & { sandbox?: SandboxOptions } = {},
): GenerateTask {
  const passed = meanMetric("pass@1", async (answer, [tests], { prompt }) => {
    const { ok } = await runSandboxed(`${prompt}${answer}\n;${tests}`, sandbox);
    return Number(ok);
  });
  const pairs = examples.map(({ prompt, tests }) => ({ prompt, references: [tests] }));
  return generateTask("code", "complete programs", pairs, [passed], {
    stop: ["\nfunction ", "\nconst ", "\n//"],
    maxTokens: 200,
    ...options,
  });
}

function generateTask(
  kind: string,
  description: string,
  examples: readonly Pair[],
  metrics: readonly Metric[],
  { name = kind, shots, maxTokens = 64, stop }: GenerateOptions,
): GenerateTask {
  checkAny(name, examples);
  return { kind: "generate", name, description, examples, shots, metrics, maxTokens, stop };
}

function checkAny(name: string, examples: readonly unknown[]): void {
  if (examples.length === 0) fail(name, { expected: "at least one example", got: "none" });
}
