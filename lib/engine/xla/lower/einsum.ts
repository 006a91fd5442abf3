/**
 * Sums of products named by index letters, in StableHLO: two operands at a time, each pair one product.
 *
 * A letter that is in neither the result nor a later operand is summed: before the product when one operand has
 * it, by the product when both have.
 */
import type { HloModule, Term } from "../module.ts";
import { integers } from "../module.ts";
import type { Rule } from "./rule.ts";

/** An operand and the letter of each of its axes. */
interface Lettered {
  term: Term;
  letters: string[];
}

/** Sum over the axes whose letter is not in `keep`. */
function sumOthers(module: HloModule, { term, letters }: Lettered, keep: ReadonlySet<string>): Lettered {
  const axes = [...letters.keys()].filter((axis) => !keep.has(letters[axis]));
  if (axes.length === 0) return { term, letters };
  return { term: module.reduce("add", term, axes, 0), letters: letters.filter((letter) => keep.has(letter)) };
}

function times(module: HloModule, a: Lettered, b: Lettered, keep: ReadonlySet<string>): Lettered {
  const shared = a.letters.filter((letter) => b.letters.includes(letter));
  const left = sumOthers(module, a, new Set([...keep, ...shared]));
  const right = sumOthers(module, b, new Set([...keep, ...shared]));
  const batch = shared.filter((letter) => keep.has(letter));
  const summed = shared.filter((letter) => !keep.has(letter));
  const free = (x: Lettered): string[] => x.letters.filter((letter) => !shared.includes(letter));
  const letters = [...batch, ...free(left), ...free(right)];
  const places = (x: Lettered, wanted: string[]): number[] => wanted.map((letter) => x.letters.indexOf(letter)); // prettier-ignore
  const [sum, together] = [summed, batch].map((wanted): [number[], number[]] => [places(left, wanted), places(right, wanted)]); // prettier-ignore
  const term = module.dot(left.term, right.term, { sum, together }, true);
  return { term, letters };
}

/** Lowering of `einsum`; no letter stands twice in one operand. */
export const einsum: Rule = (module, node, inputs) => {
  const [left, right] = (node.attributes.equation as string).replaceAll(" ", "").split("->");
  const operands = left.split(",").map((letters, i): Lettered => ({ term: inputs[i], letters: [...letters] })); // prettier-ignore
  const [first, ...others] = operands;
  const product = others.reduce((before, next, i) => {
    const later = others.slice(i + 1).flatMap(({ letters }) => letters);
    return times(module, before, next, new Set([...right, ...later]));
  }, first);
  const { term, letters } = sumOthers(module, product, new Set(right));
  const permutation = [...right].map((letter) => letters.indexOf(letter));
  if (permutation.every((from, to) => from === to)) return term;
  const { shape } = node.outputs[0];
  return module.op("transpose", [term], { shape }, `permutation = ${integers(permutation)}`);
};
