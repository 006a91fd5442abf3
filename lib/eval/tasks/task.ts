/**
 * What a model is asked to do, as data: prompts, what is right, how answers are scored. Any model that is `Evaluable`
 * can be put to any task.
 */

/** A number over answers: each is prepared by itself, then all are combined, so that resampling is cheap. */
export interface Metric<Part = unknown> {
  name: string;
  prepare(answer: string, references: readonly string[], example: GenerateExample): Part | Promise<Part>;
  combine(parts: readonly Part[]): number;
}

interface TaskBase {
  name: string;
  description: string;
}

/** How surprised the model is by texts. */
export interface PerplexityTask extends TaskBase {
  kind: "perplexity";
  texts: readonly string[];
}

export interface ChoiceExample {
  prompt: string;
  choices: readonly string[];
  /** Place of the right choice. */
  answer: number;
}

/** Which of several endings the model finds likeliest. */
export interface ChoiceTask extends TaskBase {
  kind: "choice";
  examples: readonly ChoiceExample[];
  /** Solved examples that stand before each prompt. */
  shots?: readonly ChoiceExample[];
}

export interface GenerateExample {
  prompt: string;
  references: readonly string[];
}

/** What the model writes after a prompt. */
export interface GenerateTask extends TaskBase {
  kind: "generate";
  examples: readonly GenerateExample[];
  shots?: readonly GenerateExample[];
  metrics: readonly Metric[];
  maxTokens: number;
  /** Strings that end an answer. */
  stop?: readonly string[];
  /** 0, the default, takes the likeliest token each time. */
  temperature?: number;
}

export type Task = PerplexityTask | ChoiceTask | GenerateTask;

/** The mean of a number for each answer. */
export function meanMetric(
  name: string,
  score: (
    answer: string,
    references: readonly string[],
    example: GenerateExample,
  ) => number | Promise<number>,
): Metric<number> {
  return {
    name,
    prepare: score,
    combine: (parts) => parts.reduce((sum, x) => sum + x, 0) / parts.length,
  };
}
