/** A model is trained by one run at a time, also when a run is taken up again by a button while cells are run. */
import { fail } from "../core/errors.ts";
import type { TrainableModel } from "../models/language-model.ts";

/** Models that a run is changing right now. */
const inTraining = new WeakSet<TrainableModel>();

/** Does the work, unless another run is at this model: both would spoil each other's. */
export async function alone<T>(model: TrainableModel, work: () => Promise<T>): Promise<T> {
  if (inTraining.has(model))
    fail("train", {
      expected: "a model that no other run trains at this moment",
      got: "one in the middle of a run",
      hint: "stop that run or wait for its end",
    });
  inTraining.add(model);
  try {
    return await work();
  } finally {
    inTraining.delete(model);
  }
}
