/**
 * A filter as a list of rules: each measures one thing about a document and says from which value on it fails.
 *
 * The same list serves three ways: the pipeline stops at the first broken rule; a notebook measures all rules
 * once and then judges again for every position of a slider; a table lists what is checked.
 */
import { drop, type Document, type Drop } from "../document.ts";
import type { DocumentStep } from "../pipeline/step.ts";

/** `F` is what is known about a document (its words, lines), `S` the thresholds. */
export interface Rule<F, S> {
  /** Name of the reason in reports; datatrove's where it has the rule. */
  reason: string;
  /** The measured value. NaN means that there is nothing to measure; a rule never fails on it. */
  measure(facts: F, settings: S): number;
  fails(value: number, settings: S): boolean;
}

/** A filter that can be asked about single texts, outside a pipeline. */
export interface TextFilter<S> {
  readonly config: { readonly defaults: Readonly<S>; parse(given?: Partial<S>): S };
  /** Why a text is to go, undefined when it stays. */
  judge(text: string, settings?: Partial<S>): Drop | undefined;
  /** The value of every rule, for charts and for `judgeMeasures`. */
  measure(text: string, settings?: Partial<S>): Record<string, number>;
  /** The verdict from values measured before: cheap enough for a slider over thousands of documents. */
  judgeMeasures(measures: Record<string, number>, settings?: Partial<S>): Drop | undefined;
}

export function textFilter<F, S extends object>(
  config: { defaults: Readonly<S>; parse(given?: Partial<S>): S },
  factsOf: (text: string) => F,
  rules: readonly Rule<F, S>[],
): TextFilter<S> {
  return {
    config,
    judge: (text, settings) => firstBroken(rules, factsOf(text), config.parse(settings)),
    measure(text, settings) {
      const [facts, parsed] = [factsOf(text), config.parse(settings)];
      return Object.fromEntries(rules.map((rule) => [rule.reason, rule.measure(facts, parsed)]));
    },
    judgeMeasures(measures, settings) {
      const parsed = config.parse(settings);
      const broken = rules.find(({ reason, fails }) => fails(measures[reason], parsed));
      return broken && drop(broken.reason, measures[broken.reason]);
    },
  };
}

/** The first rule that fails, as a verdict. */
export function firstBroken<F, S>(rules: readonly Rule<F, S>[], facts: F, settings: S): Drop | undefined {
  for (const rule of rules) {
    const value = rule.measure(facts, settings);
    if (rule.fails(value, settings)) return drop(rule.reason, value);
  }
  return undefined;
}

/** A pipeline step that drops documents; `module` is the file of the factory, for workers. */
export function dropStep(
  name: string,
  module: string,
  settings: object,
  judge: (document: Document) => Drop | undefined,
): DocumentStep {
  return {
    kind: "document",
    name,
    recipe: { module, factory: name, settings },
    apply: (document) => judge(document) ?? document,
  };
}
