/**
 * What a normalizer is: text in, text out, and on request where every part of the new text came from.
 */
import type { Rewriting } from "./aligned-text.ts";

export interface Normalizer {
  /** The new text. */
  plain(text: string): string;
  /** The new text with its sources, one step at a time; a step that changes nothing is left out. */
  steps(text: string): Rewriting[];
}

/** Normalizers one after another. */
export function inSequence(normalizers: readonly Normalizer[]): Normalizer {
  return {
    plain: (text) => normalizers.reduce((current, normalizer) => normalizer.plain(current), text),
    steps(text) {
      const steps: Rewriting[] = [];
      for (const normalizer of normalizers) steps.push(...normalizer.steps(steps.at(-1)?.text ?? text));
      return steps;
    },
  };
}

/** A normalizer made of a function that gives the text with its sources; `plain` can be a quicker way. */
export function fromRewriting(
  rewrite: (text: string) => Rewriting | undefined,
  plain = (text: string) => rewrite(text)?.text ?? text,
): Normalizer {
  return {
    plain,
    steps(text) {
      const rewriting = rewrite(text);
      return rewriting === undefined ? [] : [rewriting];
    },
  };
}
