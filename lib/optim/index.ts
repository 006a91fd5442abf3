/** gradbook/optim: how parameters follow their gradients. */
export { AdamW, type AdamWSettings, type OptimizerState } from "./adamw.ts";
export { learningRateAt, SCHEDULES, type Schedule } from "./schedule.ts";
