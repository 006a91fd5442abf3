/**
 * Judged answers as rankings of two: the answer itself, and one that was given to another prompt, for the estimate of the
 * KL (arXiv 2402.01306, section 4.1). So batches and log-probabilities are made as those of pairs are.
 */
import { fail } from "../../core/errors.ts";
import type { TokenJudgement } from "../data/judgements.ts";
import type { TokenRanking } from "../data/rankings.ts";

/**
 * Each answer with the next one in the list, round its end, that belongs to another prompt; that is cut to the longest
 * row there is without it.
 *
 * @param pool where strange answers are taken from; the list itself by default
 * @throws GradbookError when all answers are to the same prompt
 */
export function ktoRows(judgements: readonly TokenJudgement[], pool = judgements): TokenRanking[] {
  const longest = pool.reduce((most, { prompt, answer }) => Math.max(most, prompt.length + answer.length), 0);
  const prompts = pool.map(({ prompt }) => prompt.join());
  return judgements.map(({ prompt, answer }, i) => {
    const own = prompt.join();
    const steps = pool.findIndex((_, step) => prompts[(i + 1 + step) % pool.length] !== own);
    if (steps < 0)
      fail("trainKto", {
        expected: "answers to at least two prompts, of which the KL is estimated",
        got: `${pool.length} answers to one prompt`,
      });
    const strange = pool[(i + 1 + steps) % pool.length].answer;
    return { prompt, answers: [answer, strange.slice(0, Math.max(1, longest - prompt.length))] };
  });
}

/** The same answers with good and bad ones spread evenly, so that every batch of a sequence has its share of both. */
export function spread(judgements: readonly TokenJudgement[]): TokenJudgement[] {
  const places = [true, false].flatMap((kind) => {
    const those = judgements.filter(({ good }) => good === kind);
    return those.map((judgement, i) => ({ judgement, at: (i + 0.5) / those.length }));
  });
  return places.sort((a, b) => a.at - b.at).map(({ judgement }) => judgement);
}
