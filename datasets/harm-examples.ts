/**
 * Labelled examples for a filter of harmful requests: what people wrote to draw harm out of an assistant (the first
 * turns of hh-harmless) against instructions, school problems and product reviews.
 *
 * The labels are weak: a few of the first turns are harmless. `xstest` is the hard test: questions that only sound
 * harmful beside ones that are.
 */
import { hashFraction } from "../lib/data/hash.ts";
import type { Labelled } from "../lib/data/classify/text-classifier.ts";
import { amazonReviews } from "./amazon-reviews.ts";
import { gsm8k } from "./gsm8k.ts";
import { hhHarmless } from "./hh-harmless.ts";
import { selfInstructSeeds } from "./self-instruct-seeds.ts";

export interface HarmExample extends Labelled {
  id: string;
  label: "harmful" | "harmless";
}

/** About 2,300 of each. @throws GradbookError when a set is not here and cannot be fetched */
export async function harmExamples(): Promise<HarmExample[]> {
  const examples: HarmExample[] = [];
  for await (const { id, text } of hhHarmless.documents()) {
    const request = firstTurn(text);
    if (request !== "") examples.push({ id, text: request, label: "harmful" });
  }
  const harmless = [
    { set: selfInstructSeeds, share: 1 },
    { set: gsm8k, share: 0.1 },
    { set: amazonReviews, share: 0.3 },
  ];
  for (const { set, share } of harmless)
    for await (const { id, text } of set.documents())
      if (hashFraction(id) < share) examples.push({ id, text, label: "harmless" });
  return examples;
}

/** What the person says first in a conversation of hh-rlhf. */
function firstTurn(conversation: string): string {
  return conversation.split("\n\nHuman: ")[1]?.split("\n\nAssistant:")[0].trim() ?? "";
}
