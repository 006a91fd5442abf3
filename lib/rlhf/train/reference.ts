/**
 * The model that preferences are measured against, and its log-probabilities, computed once before training and kept with
 * the run: the reference does not change, so asking it at every step would be half of the work.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeAtomic } from "../../checkpoint/atomic-file.ts";
import { decodeSafetensors, encodeSafetensors } from "../../checkpoint/safetensors.ts";
import { fail } from "../../core/errors.ts";
import { GPT } from "../../models/gpt.ts";
import { loraValues } from "../../nn/lora.ts";
import type { RankingData, TokenRanking } from "../data/rankings.ts";
import { rankingLogProbs, type PolicyModel } from "./answer-log-probs.ts";

const FILE = "reference.safetensors";

/** Log-probabilities by ranking and answer, of the training and of the validation rankings. */
export interface ReferenceLogProbs {
  train: Float32Array[];
  validation: Float32Array[];
}

/**
 * What a policy with an adapter was made from: the same weights with the adapter off; undefined for one without.
 * The caller disposes it.
 */
export function baseOf(policy: PolicyModel): GPT | undefined {
  const values = policy.parameters.read();
  const adapter = loraValues(values);
  if (!(policy instanceof GPT) || Object.keys(adapter).length === 0) return undefined;
  return new GPT(policy.config, {
    weights: Object.fromEntries(Object.entries(values).filter(([name]) => !(name in adapter))),
  });
}

/**
 * Those that a resumed run began with, or computed now and written into its folder: what lies there from another run that did not go
 * on counts for nothing, because its model may have been another one.
 *
 * @param reference the model, or undefined when it is not known any more (a resumed run of all weights)
 * @throws GradbookError when the folder holds those of other preferences, or there are none and no model either
 */
export function referenceLogProbs(
  directory: string,
  data: RankingData,
  reference: PolicyModel | undefined,
  resumed: boolean,
): ReferenceLogProbs {
  const path = join(directory, FILE);
  const wanted = checksum([...data.train, ...data.validation]);
  if (resumed && existsSync(path)) return read(path, wanted, data.train.length);
  if (!reference)
    return fail("learning from preferences", {
      expected: `reference, the model that the run began with, or its log-probabilities in ${path}`,
      got: "neither",
      hint: "resume in the run's own folder (directory), or load the reference and pass it",
    });
  const found = {
    train: rankingLogProbs(reference, data.train),
    validation: data.validation.length === 0 ? [] : rankingLogProbs(reference, data.validation),
  };
  const all = Float32Array.from([...found.train, ...found.validation].flatMap((row) => [...row]));
  mkdirSync(directory, { recursive: true });
  const tensors = new Map([["logps", { shape: [all.length / 2, 2], data: all }]]);
  writeAtomic(path, encodeSafetensors(tensors, { preferences: wanted }));
  return found;
}

/**
 * Those of the model that a run is held to: the one that is given, else the policy without its adapter, else the policy as
 * it is before the first step, which a resumed run finds in its folder.
 */
export function runReference(
  policy: PolicyModel,
  data: RankingData,
  { directory, given, resumed }: { directory: string; given?: PolicyModel; resumed: boolean },
): ReferenceLogProbs {
  const base = given ? undefined : baseOf(policy);
  try {
    return referenceLogProbs(directory, data, given ?? base ?? (resumed ? undefined : policy), resumed);
  } finally {
    base?.dispose();
  }
}

function read(path: string, wanted: string, trained: number): ReferenceLogProbs {
  const { tensors, metadata } = decodeSafetensors(readFileSync(path), path);
  const logps = tensors.get("logps")?.data;
  if (metadata.preferences !== wanted || !(logps instanceof Float32Array))
    return fail(path, {
      expected: "log-probabilities of the preferences that are trained now",
      got: "those of other ones",
      hint: "go on with the run's own preferences, or train in a new folder",
    });
  const rows = Array.from({ length: logps.length / 2 }, (_, i) => logps.slice(2 * i, 2 * i + 2));
  return { train: rows.slice(0, trained), validation: rows.slice(trained) };
}

function checksum(rankings: readonly TokenRanking[]): string {
  const hash = createHash("sha256");
  for (const { prompt, answers } of rankings)
    for (const ids of [prompt, ...answers]) hash.update(`${ids.join()};`);
  return hash.digest("hex");
}
