/**
 * Rewards that can be checked instead of judged (Lambert et al., arXiv 2411.15124, call them verifiable): the result of a
 * calculation, the form of an answer, code that passes its tests. Each is 1 or 0, or a share of tests.
 */
import { randomUUID } from "node:crypto";
import { fail } from "../../core/errors.ts";
import { runSandboxed, type SandboxOptions } from "../../eval/sandbox/run.ts";
import type { AnswerToReward, RewardFunction } from "./rewards.ts";

export interface ArithmeticOptions {
  /** Field of the prompt's example with the right number. Default "answer". */
  field?: string;
  /** Whether the whole answer has to be the number, or the last number in it counts. Default "whole". */
  part?: "whole" | "last";
}

/**
 * 1 when the answer is the right number.
 *
 * @example trainGroup(model, [{ prompt: "2+2=", answer: 4 }], …, { rewards: arithmeticReward() })
 */
export function arithmeticReward({
  field = "answer",
  part = "whole",
}: ArithmeticOptions = {}): RewardFunction {
  return function arithmetic({ answer, example }) {
    const wanted = numberIn(String(example[field] ?? ""), "whole");
    if (wanted === undefined)
      return fail("arithmeticReward", {
        expected: `a number as ${field} of the prompt`,
        got: example[field],
      });
    return numberIn(answer, part) === wanted ? 1 : 0;
  };
}

const NUMBER = String.raw`[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?`;

function numberIn(text: string, part: "whole" | "last"): number | undefined {
  const pattern = new RegExp(part === "whole" ? `^\\s*(?:${NUMBER})\\s*$` : NUMBER, "g");
  const found = text.match(pattern)?.at(-1);
  return found === undefined ? undefined : Number(found.replaceAll(",", ""));
}

/** 1 when the pattern is found in the answer; with ^ and $ the whole answer has to have the form. */
export function formatReward(pattern: RegExp): RewardFunction {
  // A pattern with g or y remembers where it was.
  const fresh = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ""));
  return function format({ answer }) {
    return fresh.test(answer) ? 1 : 0;
  };
}

export interface CodeOptions extends SandboxOptions {
  /** Field of the prompt's example with the tests: JavaScript that throws where something is wrong. Default "tests". */
  field?: string;
  /** The program that an answer makes; by default prompt and answer one after the other. */
  program?: (answer: AnswerToReward) => string;
}

/**
 * Share of tests that the code passes, each in a process of its own without files and network (`runSandboxed`): one text is
 * one test, a list of texts several. Code that never ends, or takes too much memory, fails.
 *
 * Left out: protection of the tests from code that changes what they use (JSON, Array.prototype). Look at the answers.
 *
 * @example codeReward({ timeout: 500 }) // for { prompt: "function add(a, b) {", tests: "if (add(2, 3) !== 5) throw 0" }
 */
export function codeReward({
  field = "tests",
  program = ({ prompt, answer }) => `${typeof prompt === "string" ? prompt : ""}${answer}`,
  ...limits
}: CodeOptions = {}): RewardFunction {
  return async function code(given) {
    const named = given.example[field];
    const tests = (Array.isArray(named) ? named : [named]) as unknown[];
    if (tests.length === 0 || tests.some((test) => typeof test !== "string"))
      fail("codeReward", { expected: `JavaScript as ${field} of the prompt`, got: named });
    let passed = 0;
    for (const test of tests) {
      // The last value is the proof that the tests were reached and not, say, swallowed by a string left open.
      const proof = randomUUID();
      const { ok, value } = await runSandboxed(`${program(given)}\n;${String(test)}\n;"${proof}"`, limits);
      if (ok && value === proof) passed++;
    }
    return passed / tests.length;
  };
}
