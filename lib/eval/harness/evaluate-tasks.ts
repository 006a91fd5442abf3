/** Puts a model to tasks: every number with its confidence interval, every answer kept. */
import { setImmediate } from "node:timers/promises";
import { fail } from "../../core/errors.ts";
import { random } from "../../core/random.ts";
import { surprise, type Surprise } from "../metrics/perplexity.ts";
import { bootstrap } from "../metrics/significance.ts";
import type { ChoiceTask, GenerateTask, PerplexityTask, Task } from "../tasks/task.ts";
import type { Evaluable } from "./evaluable.ts";
import { EvaluationReport } from "./report.ts";
import type { Answer, MetricResult, TaskResult } from "./result.ts";

export interface EvaluateOptions {
  /** Examples of each task, drawn by the seed; all by default. */
  limit?: number;
  /** Solved examples before each prompt; 0 by default. */
  shots?: number;
  seed?: number;
  /** Resamples for the intervals; default 1000. */
  samples?: number;
  onProgress?: (task: string, done: number, total: number) => void;
}

/**
 * @throws GradbookError on an option out of range
 * @example (await evaluateTasks(evaluable(model, tokenizer), [nextWordTask(passages)])).metric("next-word", "accuracy")
 */
export async function evaluateTasks(
  model: Evaluable,
  tasks: readonly Task[],
  options: EvaluateOptions = {},
): Promise<EvaluationReport> {
  const { limit, shots = 0, seed = 0, samples = 1000, onProgress } = options;
  for (const [name, value] of Object.entries({ limit, shots, samples }))
    if (value !== undefined && !(Number.isInteger(value) && value >= (name === "shots" ? 0 : 1)))
      fail("evaluateTasks", { expected: `${name} as a whole number`, got: value });
  const results: TaskResult[] = [];
  for (const task of tasks) {
    const started = performance.now();
    const progress = (done: number, total: number): void => onProgress?.(task.name, done, total);
    const context = { limit, shots, seed, samples, progress };
    const result = await runTask(model, task, context);
    results.push({ ...result, seconds: (performance.now() - started) / 1000 });
  }
  return new EvaluationReport(model.name, results, { limit, shots, seed, samples });
}

interface Context {
  limit?: number;
  shots: number;
  seed: number;
  samples: number;
  progress(done: number, total: number): void;
}

type Result = Omit<TaskResult, "seconds">;

function runTask(model: Evaluable, task: Task, context: Context): Promise<Result> {
  switch (task.kind) {
    case "perplexity":
      return runPerplexity(model, task, context);
    case "choice":
      return runChoice(model, task, context);
    case "generate":
      return runGenerate(model, task, context);
  }
}

async function runPerplexity(model: Evaluable, task: PerplexityTask, context: Context): Promise<Result> {
  const texts = drawn(task.texts, context);
  const all: (Surprise & { text: string })[] = [];
  for (const [i, text] of texts.entries()) {
    const logs = await model.text(text);
    if (logs.length > 0) all.push({ text, ...surprise(text, logs) });
    context.progress(i + 1, texts.length);
    await setImmediate();
  }
  if (all.length === 0) fail(task.name, { expected: "texts of at least two tokens", got: "none" });
  const per = (unit: "tokens" | "bytes") => (list: readonly Surprise[]) => {
    const nats = list.reduce((sum, { loss, tokens }) => sum + loss * tokens, 0);
    return nats / list.reduce((sum, entry) => sum + entry[unit], 0);
  };
  const measured = (name: string, metric: (list: readonly Surprise[]) => number): MetricResult => ({
    name,
    ...bootstrap(all, metric, context),
  });
  return {
    ...{ task: task.name, kind: task.kind, examples: all.length },
    metrics: [
      { ...measured("loss", per("tokens")), parts: all.map(({ loss }) => loss) },
      measured("perplexity", (list) => Math.exp(per("tokens")(list))),
      measured("bits per byte", (list) => per("bytes")(list) / Math.LN2),
    ],
    answers: all.map(({ text, loss }) => ({ input: text, output: "", expected: "", scores: { loss } })),
  };
}

async function runChoice(model: Evaluable, task: ChoiceTask, context: Context): Promise<Result> {
  const before = shotsBefore(task, context, ({ prompt, choices, answer }) => prompt + choices[answer]);
  const examples = drawn(task.examples, context);
  const answers: Answer[] = [];
  for (const [i, { prompt, choices, answer }] of examples.entries()) {
    const sums: number[] = [];
    for (const choice of choices)
      sums.push((await model.continuation(before + prompt, choice)).reduce((sum, log) => sum + log, 0));
    const perByte = sums.map((sum, k) => sum / Math.max(1, Buffer.byteLength(choices[k])));
    const likeliest = indexOfMax(sums);
    answers.push({
      ...{ input: prompt, output: choices[likeliest], expected: choices[answer] },
      scores: {
        accuracy: Number(likeliest === answer),
        "accuracy per byte": Number(indexOfMax(perByte) === answer),
      },
    });
    context.progress(i + 1, examples.length);
    await setImmediate();
  }
  const names = ["accuracy", "accuracy per byte"];
  return {
    ...{ task: task.name, kind: task.kind, examples: examples.length },
    metrics: names.map((name) => meanResult(name, answers.map(({ scores }) => scores[name]), context)), // prettier-ignore
    answers,
  };
}

async function runGenerate(model: Evaluable, task: GenerateTask, context: Context): Promise<Result> {
  const before = shotsBefore(task, context, ({ prompt, references }) => `${prompt}${references[0]}\n\n`);
  const examples = drawn(task.examples, context);
  const answers: Answer[] = [];
  const parts = task.metrics.map((): unknown[] => []);
  const { maxTokens, stop, temperature } = task;
  for (const [i, example] of examples.entries()) {
    const writing = { maxTokens, stop, temperature, seed: context.seed + i };
    const output = await model.write(before + example.prompt, writing);
    const scores: Record<string, number> = {};
    for (const [m, metric] of task.metrics.entries()) {
      const part = await metric.prepare(output, example.references, example);
      parts[m].push(part);
      if (typeof part === "number") scores[metric.name] = part;
    }
    answers.push({ input: example.prompt, output, expected: example.references.join(" | "), scores });
    context.progress(i + 1, examples.length);
    await setImmediate();
  }
  return {
    ...{ task: task.name, kind: task.kind, examples: examples.length },
    metrics: task.metrics.map(({ name, combine }, m) => {
      const own = parts[m];
      const numbers = own.every((part) => typeof part === "number") ? { parts: own } : {};
      return { name, ...bootstrap(own, combine, context), ...numbers };
    }),
    answers,
  };
}

function meanResult(name: string, parts: number[], context: Context): MetricResult {
  const mean = (list: readonly number[]): number => list.reduce((sum, x) => sum + x, 0) / list.length;
  return { name, ...bootstrap(parts, mean, context), parts };
}

/** The first `limit` examples of a seeded order, in the task's own order. */
function drawn<T>(examples: readonly T[], { limit, seed }: Context): readonly T[] {
  if (limit === undefined || limit >= examples.length) return examples;
  const order = random(seed).shuffle(examples.map((_, i) => i));
  return order
    .slice(0, limit)
    .sort((a, b) => a - b)
    .map((i) => examples[i]);
}

function shotsBefore<T>(
  task: { name: string; shots?: readonly T[] },
  { shots, seed }: Context,
  show: (shot: T) => string,
): string {
  if (shots === 0) return "";
  const pool = task.shots ?? [];
  if (pool.length < shots)
    fail(task.name, { expected: `at least ${shots} solved examples`, got: pool.length, hint: "fewer shots" });
  const order = random(seed + 1).shuffle(pool.map((_, i) => i));
  return order
    .slice(0, shots)
    .map((i) => show(pool[i]))
    .join("");
}

function indexOfMax(numbers: readonly number[]): number {
  return numbers.reduce((best, x, i) => (x > numbers[best] ? i : best), 0);
}
