/** An optimizer by its name. */
import { AdamW } from "./adamw.ts";
import { Lion } from "./lion.ts";
import { Muon } from "./muon.ts";
import type { Optimizer, OptimizerGroup } from "./optimizer.ts";
import { SGD } from "./sgd.ts";

export const OPTIMIZERS = ["adamw", "sgd", "lion", "muon"] as const;

export interface OptimizerSettings {
  optimizer: (typeof OPTIMIZERS)[number];
  /** AdamW, Muon's AdamW, Lion. */
  beta1: number;
  beta2: number;
  /** AdamW, Muon's AdamW. */
  epsilon: number;
  /** SGD, Muon. */
  momentum: number;
  /** SGD: look ahead along the momentum. */
  nesterov: boolean;
}

export function makeOptimizer(groups: readonly OptimizerGroup[], settings: OptimizerSettings): Optimizer {
  switch (settings.optimizer) {
    case "adamw":
      return new AdamW(groups, settings);
    case "sgd":
      return new SGD(groups, settings);
    case "lion":
      return new Lion(groups, settings);
    case "muon":
      return new Muon(groups, settings);
  }
}
