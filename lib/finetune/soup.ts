/**
 * One model out of several that were fine-tuned from the same start with other seeds: the mean of their weights (model soup, Wortsman et al.,
 * arXiv 2203.05482). It is about as good as asking all of them and costs as much as one. From different starts it is worth nothing.
 */
import { fail } from "../core/errors.ts";
import type { TrainableModel } from "../models/language-model.ts";
import type { ParameterValues } from "../nn/parameters.ts";

/**
 * The mean of each weight.
 *
 * @throws GradbookError when there is no model, or they have not the same parameters
 * @example models[0].parameters.write(meanWeights(models));
 */
export function meanWeights(models: readonly Pick<TrainableModel, "parameters">[]): ParameterValues {
  if (models.length === 0) fail("meanWeights", { expected: "at least one model", got: "none" });
  const [first, ...rest] = models.map(({ parameters }) => parameters.read());
  const sums = Object.fromEntries(
    Object.entries(first).map(([name, data]) => [name, Float64Array.from(data)]),
  );
  rest.forEach((values, i) => {
    const wrong = [...Object.keys(first), ...Object.keys(values)].find((name) => values[name]?.length !== first[name]?.length); // prettier-ignore
    if (wrong !== undefined)
      fail(`meanWeights, model ${i + 1}`, {
        expected: `${first[wrong]?.length ?? "no"} numbers for ${wrong}, as in model 0`,
        got: values[wrong]?.length ?? "none",
        hint: "a mean needs models that were fine-tuned from the same start",
      });
    for (const [name, data] of Object.entries(values)) data.forEach((value, k) => (sums[name][k] += value));
  });
  return Object.fromEntries(
    Object.entries(sums).map(([name, sum]) => [
      name,
      Float32Array.from(sum, (value) => value / models.length),
    ]),
  );
}
