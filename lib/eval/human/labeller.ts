/**
 * A judge that is a function, for runs without people: it prefers the answer with the higher score and errs as often
 * as it is told. What it says is marked as simulated.
 */
import { fail } from "../../core/errors.ts";
import { random } from "../../core/random.ts";
import type { PreferenceRecord } from "./records.ts";

export interface Question {
  id: string;
  prompt: string;
  answers: readonly string[];
  sources?: readonly string[];
}

export interface LabellerOptions {
  /** Share of pairwise verdicts that are turned around; 0 to 0.5. */
  noise?: number;
  seed?: number;
  /** Default "simulated". */
  by?: string;
}

/** Ranks the answers of each question by score, each adjacent comparison wrong with probability `noise`. */
export function simulatedLabeller(
  score: (answer: string, prompt: string) => number,
  { noise = 0, seed = 0, by = "simulated" }: LabellerOptions = {},
): (question: Question) => PreferenceRecord {
  if (!(noise >= 0 && noise <= 0.5))
    fail("simulatedLabeller", { expected: "noise from 0 to 0.5", got: noise });
  const generator = random(seed);
  return ({ id, prompt, answers, sources }) => {
    const scores = answers.map((answer) => score(answer, prompt));
    const wrong = scores.findIndex((value) => Number.isNaN(value));
    if (wrong >= 0)
      fail("simulatedLabeller", {
        expected: "a score for each answer",
        got: `NaN for answer ${wrong + 1} of ${id}`,
      });
    // Insertion sort with a judge that errs: each comparison is one verdict.
    const order: number[] = [];
    answers.forEach((_, answer) => {
      let place = order.length;
      while (place > 0) {
        const better = scores[answer] > scores[order[place - 1]];
        const mistaken = generator.uniform() < noise;
        if (better === mistaken) break;
        place--;
      }
      order.splice(place, 0, answer);
    });
    return {
      ...{ id, prompt, answers: [...answers], ...(sources && { sources: [...sources] }) },
      ranking: order.map((answer) => [answer]),
      ...{ by, at: new Date().toISOString(), seconds: 0 },
    };
  };
}
