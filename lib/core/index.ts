/** gradbook/core: hyper-parameters, errors, random numbers, progress. */
export { fail, GradbookError, nearest, shown, type Complaint } from "./errors.ts";
export { boolean, choice, defineConfig, integer, number, text } from "./config.ts";
export type { Config, ConfigValues, Field, FieldKind } from "./config.ts";
export { checkField, fieldRange, labelOf, readField } from "./field.ts";
export { generalizedAdvantages, type Trajectory } from "./advantages.ts";
export { random, type Random, type RandomState } from "./random.ts";
export { formatBytes, formatCount, formatDuration, formatRate, progress, speedometer } from "./progress.ts";
export type { Progress, ProgressOptions, Speedometer } from "./progress.ts";
