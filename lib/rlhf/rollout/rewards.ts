/**
 * Asking for rewards: any function of an answer, at once or after a while, alone or for many answers.
 *
 * A reward is foreign code. One that throws, says NaN or does not come back in time is an error that names the reward and
 * the answer, and the run that asked is saved. Time is limited with the watchdog of node:vm, which ends a loop that never
 * gives the event loop a turn; what such a loop does after an `await` of its own it cannot reach.
 */
import { Script } from "node:vm";
import { fail, GradbookError, shown } from "../../core/errors.ts";
import type { Side } from "../data/rankings.ts";
import type { PromptExample } from "./prompts.ts";

export interface AnswerToReward {
  prompt: Side;
  /** The text, without what ends it. */
  answer: string;
  /** Token ids, with what ends it. */
  ids: readonly number[];
  /** Whether it ended by itself; false: it was cut off at maxTokens. */
  ended: boolean;
  /** What the prompt came with. */
  example: PromptExample;
}

/** A number for one answer. */
export type RewardFunction = (answer: AnswerToReward) => number | Promise<number>;

/** Numbers for many answers at once, as `rewardScorer`'s. */
export interface RewardModel {
  score(answers: readonly AnswerToReward[]): ArrayLike<number> | Promise<ArrayLike<number>>;
}

export type Reward = RewardFunction | RewardModel;

/** One reward, or several by name, which are added up. */
export type Rewards = Reward | Readonly<Record<string, Reward>>;

export interface RewardOptions {
  /** Seconds that a call may take. */
  rewardTimeout: number;
  /** What each is multiplied by before they are added up; 1 by default. */
  rewardWeights?: Readonly<Record<string, number>>;
}

/** For each answer the sum, and by name what it is made of. */
export interface GivenReward {
  reward: number;
  parts: Record<string, number>;
}

/** Calls of slow rewards that go on at the same time. */
const AT_ONCE = 4;

/** Rewards by name; a function alone has its own name. */
export function rewardsByName(rewards: Rewards): Record<string, Reward> {
  if (typeof rewards === "function") return { [rewards.name || "reward"]: rewards };
  if (isModel(rewards)) return { reward_model: rewards };
  const entries = Object.entries(rewards);
  if (entries.length === 0) fail("rewards", { expected: "at least one reward", got: "none" });
  for (const [name, reward] of entries)
    if (typeof reward !== "function" && !isModel(reward))
      fail("rewards", { expected: `a function or a reward model for ${name}`, got: reward });
  return Object.fromEntries(entries);
}

const isModel = (value: unknown): value is RewardModel =>
  typeof value === "object" && value !== null && typeof (value as RewardModel).score === "function";

/**
 * @throws GradbookError when a reward throws, is no number, or takes too long, naming it and the answer
 */
export async function askRewards(
  rewards: Readonly<Record<string, Reward>>,
  answers: readonly AnswerToReward[],
  { rewardTimeout, rewardWeights = {} }: RewardOptions,
): Promise<GivenReward[]> {
  const unknown = Object.keys(rewardWeights).find((name) => !Object.hasOwn(rewards, name));
  if (unknown !== undefined)
    fail("rewardWeights", {
      expected: `names of rewards (${Object.keys(rewards).join(", ")})`,
      got: unknown,
    });
  const given = answers.map((): GivenReward => ({ reward: 0, parts: {} }));
  for (const [name, reward] of Object.entries(rewards)) {
    const values = isModel(reward)
      ? await askModel(name, reward, answers, rewardTimeout)
      : await askEach(name, reward, answers, rewardTimeout);
    given.forEach((one, i) => {
      one.parts[name] = values[i];
      one.reward += values[i] * (rewardWeights[name] ?? 1);
    });
  }
  return given;
}

async function askEach(
  name: string,
  reward: RewardFunction,
  answers: readonly AnswerToReward[],
  seconds: number,
): Promise<number[]> {
  const values = new Array<number>(answers.length);
  let next = 0;
  async function lane(): Promise<void> {
    while (next < answers.length) {
      const number = next++;
      const answer = answers[number];
      const about = `for ${shown(answer.answer)} to ${shown(answer.prompt)}`;
      const value = await limited(name, about, seconds, () => reward(answer));
      values[number] = finite(name, about, value);
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return values;
}

async function askModel(
  name: string,
  model: RewardModel,
  answers: readonly AnswerToReward[],
  seconds: number,
): Promise<number[]> {
  const about = `for ${answers.length} answers`;
  const values = await limited(name, about, seconds, () => model.score(answers));
  if (values?.length !== answers.length)
    fail(`reward ${name}`, {
      expected: `${answers.length} numbers, one for each answer`,
      got: values?.length ?? values,
    });
  return Array.from(values, (value, i) => finite(name, `for ${shown(answers[i].answer)}`, value));
}

function finite(name: string, about: string, value: unknown): number {
  if (typeof value !== "number" || !Number.isFinite(value))
    return fail(`reward ${name}`, { expected: `a number ${about}`, got: value });
  return value;
}

/** What the work returns or resolves to, or an error when that takes longer than the seconds. */
async function limited<T>(
  name: string,
  about: string,
  seconds: number,
  work: () => T | Promise<T>,
): Promise<T> {
  const late = (): never =>
    fail(`reward ${name}`, {
      expected: `an answer within ${seconds} s ${about}`,
      got: "none",
      hint: "raise rewardTimeout if it needs longer",
    });
  let timer: NodeJS.Timeout | undefined;
  try {
    const result = watched(seconds, work);
    if (!(result instanceof Promise)) return result;
    const limit = new Promise<"late">((resolve) => (timer = setTimeout(() => resolve("late"), 1000 * seconds))); // prettier-ignore
    const first = await Promise.race([result.then((value) => ({ value })), limit]);
    return first === "late" ? late() : first.value;
  } catch (cause) {
    if ((cause as { code?: unknown }).code === "ERR_SCRIPT_EXECUTION_TIMEOUT") return late();
    if (cause instanceof GradbookError && cause.where === `reward ${name}`) throw cause;
    return fail(`reward ${name}`, { expected: `a number ${about}`, got: `the error ${errorText(cause)}`, cause }); // prettier-ignore
  } finally {
    clearTimeout(timer);
  }
}

const errorText = (cause: unknown): string => (cause instanceof Error ? cause.message : shown(cause));

const WORK = Symbol.for("gradbook.rewardWork");
const script = new Script(`globalThis[Symbol.for("gradbook.rewardWork")]()`);

/** Runs it under the watchdog of node:vm, which works on functions from anywhere in this thread. */
function watched<T>(seconds: number, work: () => T): T {
  const place = globalThis as unknown as Record<symbol, unknown>;
  place[WORK] = work;
  try {
    return script.runInThisContext({ timeout: Math.ceil(1000 * seconds) }) as T;
  } finally {
    delete place[WORK];
  }
}
