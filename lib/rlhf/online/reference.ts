/** The model that a policy is to stay close to while it learns from its own answers. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { loadCheckpoint } from "../../checkpoint/load.ts";
import { saveCheckpoint } from "../../checkpoint/save.ts";
import { fail } from "../../core/errors.ts";
import { GPT } from "../../models/gpt.ts";
import type { PolicyModel } from "../train/answer-log-probs.ts";
import { baseOf } from "../train/reference.ts";

export interface Reference {
  model: PolicyModel;
  /** Frees it, unless it is the caller's. */
  dispose(): void;
}

/**
 * The one given; with an adapter the policy without it; else a copy of the policy as it is before the first step, which is
 * kept in the run's folder for when the run is resumed.
 *
 * @throws GradbookError when a resumed run's folder has none
 */
export function onlineReference(
  policy: GPT,
  { directory, given, resumed }: { directory: string; given?: PolicyModel; resumed: boolean },
): Reference {
  if (given) return { model: given, dispose: () => undefined };
  const model = baseOf(policy) ?? kept(policy, join(directory, "reference"), resumed);
  return { model, dispose: () => model.dispose() };
}

function kept(policy: GPT, folder: string, resumed: boolean): GPT {
  if (resumed) {
    if (!existsSync(folder))
      fail("reference", {
        expected: `the model that the run began with in ${folder}`,
        got: "nothing",
        hint: "resume in the run's own folder (directory), or load the model and pass it as reference",
      });
    return loadCheckpoint(folder).model;
  }
  const model = new GPT(policy.config, { weights: policy.parameters.read() });
  saveCheckpoint(folder, { model });
  return model;
}
