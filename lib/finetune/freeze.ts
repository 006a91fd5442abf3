/** Parts of a model that stay as they are, by name: the first blocks, the embeddings, all but the head. */
import { fail } from "../core/errors.ts";
import { flattenSpecs, isSpec, type ParameterTree } from "../nn/parameter.ts";

/**
 * The tree with every parameter frozen whose name fits a pattern (`*` stands for anything).
 *
 * @throws GradbookError for a pattern that fits nothing, or when nothing is left to train
 * @example new GPT(config, { weights, adapt: (tree) => freeze(tree, ["wte.*", "h.0.*"]) })
 */
export function freeze<T extends ParameterTree>(tree: T, patterns: readonly string[]): T {
  const fits = patterns.map((pattern) => {
    const parts = pattern.split("*").map((part) => part.replace(/[.\\+?^${}()|[\]]/g, "\\$&"));
    return new RegExp(`^${parts.join(".*")}$`);
  });
  const names = flattenSpecs(tree).map(([name]) => name);
  const useless = patterns.find((_, i) => !names.some((name) => fits[i].test(name)));
  if (useless !== undefined)
    fail("freeze", {
      expected: `a pattern that fits a weight: ${names.slice(0, 3).join(", ")}, … ${names.at(-1)}`,
      got: useless,
    });
  const frozen = (name: string): boolean => fits.some((fit) => fit.test(name));
  if (flattenSpecs(tree).every(([name, { trainable = true }]) => !trainable || frozen(name)))
    fail("freeze", { expected: "something left to train", got: patterns.join(", ") });
  const walk = (node: unknown, name: string): unknown => {
    if (node === undefined) return undefined;
    if (isSpec(node)) return frozen(name) ? { ...node, trainable: false } : node;
    if (Array.isArray(node)) return node.map((child: unknown, i) => walk(child, `${name}.${i}`));
    const parts = Object.entries(node as object);
    return Object.fromEntries(
      parts.map(([key, child]) => [key, walk(child, name === "" ? key : `${name}.${key}`)]),
    );
  };
  return walk(tree, "") as T;
}
