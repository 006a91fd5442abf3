/** gradbook/eval: how good a model is. */
export * from "./metrics/index.ts";
