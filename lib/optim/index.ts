/** gradbook/optim: how parameters follow their gradients. */
export { AdamW, type AdamWSettings } from "./adamw.ts";
export { Lion, type LionSettings } from "./lion.ts";
export { makeOptimizer, OPTIMIZERS, type OptimizerSettings } from "./make-optimizer.ts";
export { Muon, orthogonalize, type MuonSettings } from "./muon.ts";
export type { Optimizer, OptimizerGroup, OptimizerState, UpdateOptions } from "./optimizer.ts";
export { learningRateAt, SCHEDULES, type Schedule } from "./schedule.ts";
export { SGD, type SGDSettings } from "./sgd.ts";
export { averageDecayAt, WeightAverage } from "./weight-average.ts";
