/**
 * One stream from several sources by weight: each next document comes from source i with probability
 * w_i / Σ w, drawn with a seed, so the mixture is the same in every run and even along the stream.
 *
 * A weight counts documents, not characters. `temperature` flattens weights as w^(1/t), as for rare languages
 * (mT5, arXiv 2010.11934).
 */
import { fail } from "../core/errors.ts";
import { random } from "../core/random.ts";
import type { Document, Problem } from "./document.ts";
import type { Chunk, Source } from "./pipeline/step.ts";

export interface Ingredient {
  source: Source;
  weight: number;
  /** How often the source may be read. Default 1. */
  epochs?: number;
}

export interface MixOptions {
  seed?: number;
  temperature?: number;
  /** End when the first source is used up (`"first"`, keeps the proportions) or the last (`"all"`). Default `"all"`. */
  until?: "first" | "all";
}

const CHUNK_DOCUMENTS = 256;

/** A source that mixes sources. Each document gets metadata `source`: the name of the one it came from. */
export function mix(
  ingredients: readonly Ingredient[],
  { seed = 1, temperature = 1, until = "all" }: MixOptions = {},
): Source {
  if (ingredients.length === 0 || ingredients.some(({ weight }) => !(weight > 0)))
    fail("mix", { expected: "sources with weights above 0", got: ingredients.map(({ weight }) => weight) });
  if (!(temperature > 0)) fail("mix", { expected: "a temperature above 0", got: temperature });
  const weights = ingredients.map(({ weight }) => weight ** (1 / temperature));

  async function* chunks(): AsyncGenerator<Chunk> {
    const generator = random(seed);
    const problems: Problem[] = [];
    const streams = ingredients.map((ingredient) => documentsOf(ingredient, problems));
    const open = weights.map(() => true);
    let documents: Document[] = [];
    while (open.includes(true)) {
      const index = draw(weights, open, generator.uniform());
      const next = await streams[index].next();
      if (next.done) {
        open[index] = false;
        if (until === "first") break;
        continue;
      }
      documents.push(next.value);
      if (documents.length < CHUNK_DOCUMENTS) continue;
      yield { documents, problems: problems.splice(0) };
      documents = [];
    }
    yield { documents, problems: problems.splice(0) };
  }

  const settings = {
    sources: ingredients.map(({ source, weight }) => [source.name, source.recipe?.settings, weight]),
    seed,
    temperature,
    until,
  };
  return {
    kind: "source",
    name: "mix",
    recipe: { module: import.meta.url, factory: "mix", settings },
    chunks,
  };
}

function draw(weights: readonly number[], open: readonly boolean[], uniform: number): number {
  const total = weights.reduce((sum, weight, i) => sum + (open[i] ? weight : 0), 0);
  let left = uniform * total;
  for (let i = 0; i < weights.length; i++) {
    if (!open[i]) continue;
    left -= weights[i];
    if (left < 0) return i;
  }
  return open.lastIndexOf(true);
}

async function* documentsOf(
  { source, epochs = 1 }: Ingredient,
  problems: Problem[],
): AsyncGenerator<Document> {
  await source.load?.();
  for (let epoch = 0; epoch < epochs; epoch++) {
    for await (const chunk of source.chunks()) {
      const parsed =
        chunk.raw === undefined
          ? { documents: chunk.documents ?? [], problems: [] }
          : source.parse!(chunk.raw);
      // What cannot be read is reported once, however often the source is.
      if (epoch === 0) problems.push(...(chunk.problems ?? []), ...parsed.problems);
      for (const document of parsed.documents) {
        const id = epoch === 0 ? document.id : `${document.id}~${epoch + 1}`;
        yield {
          ...document,
          id,
          metadata: { ...document.metadata, source: document.metadata.source ?? source.name },
        };
      }
    }
  }
}
