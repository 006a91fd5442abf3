/**
 * How surprising a text is to a small language model: word salad and tables are, prose like the training text is
 * not. CCNet (arXiv 1911.00359) sorts the web by it; here it is a filter with bounds.
 *
 * The model is an n-gram model of characters with interpolation, p(c | h) = λ·count(hc)/count(h) + (1 − λ)·p(c | h'),
 * where h' drops the oldest character and λ = count(h) / (count(h) + distinct continuations of h) (Witten and Bell
 * 1991). Orders 0 to 5 catch spelling and word order enough; CCNet's 5-gram of words needs a corpus of its own.
 * Perplexity here is per character: 2^(bits per character), about 4 for clean English, 30 and more for noise.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { deserialize, serialize } from "node:v8";
import { fail } from "../../core/errors.ts";
import { drop, type Document, type Verdict } from "../document.ts";
import { mix32 } from "../hash.ts";
import type { DocumentStep } from "../pipeline/step.ts";

export interface NgramModelOptions {
  /** Characters of context. Default 5. */
  order?: number;
  /** Places of the count table, a power of two. Default 2²² (32 MB). */
  places?: number;
}

const SYMBOLS = 256;

interface State {
  format: string;
  order: number;
  /** Occurrences of context + character, by hash. */
  counts: Uint32Array;
  /** Occurrences and distinct continuations of a context, by hash. */
  contexts: Uint32Array;
  kinds: Uint32Array;
}

const FORMAT = "gradbook n-gram model 1";

/** A character n-gram model, trained by `add`, asked by `perplexity`. Works on UTF-8 bytes, so on any language. */
export class NgramModel {
  readonly order: number;
  readonly #mask: number;
  readonly #counts: Uint32Array;
  readonly #contexts: Uint32Array;
  readonly #kinds: Uint32Array;

  constructor({ order = 5, places = 2 ** 22 }: NgramModelOptions = {}, state?: State) {
    if ((places & (places - 1)) !== 0)
      fail("NgramModel", { expected: "places: a power of two", got: places });
    this.order = state?.order ?? order;
    this.#counts = state?.counts ?? new Uint32Array(places);
    this.#contexts = state?.contexts ?? new Uint32Array(places >> 1);
    this.#kinds = state?.kinds ?? new Uint32Array(places >> 1);
    this.#mask = this.#counts.length - 1;
  }

  add(text: string): void {
    this.#visit(text, (context, gram) => {
      if (this.#counts[gram & this.#mask]++ === 0) this.#kinds[context & (this.#mask >> 1)]++;
      this.#contexts[context & (this.#mask >> 1)]++;
    });
  }

  /** 2^(mean bits per byte); NaN for an empty text. */
  perplexity(text: string): number {
    let bits = 0;
    let probability = 1 / SYMBOLS;
    let bytes = 0;
    this.#visit(text, (context, gram, newByte) => {
      if (newByte) {
        if (bytes > 0) bits -= Math.log2(probability);
        bytes++;
        probability = 1 / SYMBOLS;
      }
      const seen = this.#contexts[context & (this.#mask >> 1)];
      if (seen > 0) {
        // Where contexts collide, a new one may find its continuations counted already.
        const kinds = Math.max(1, this.#kinds[context & (this.#mask >> 1)]);
        // Hash collisions can make a count larger than its context's.
        const count = Math.min(seen, this.#counts[gram & this.#mask]);
        probability = (count + kinds * probability) / (seen + kinds);
      }
    });
    if (bytes > 0) bits -= Math.log2(probability);
    return bytes === 0 ? NaN : 2 ** (bits / bytes);
  }

  save(path: string): void {
    const state: State = {
      format: FORMAT,
      order: this.order,
      counts: this.#counts,
      contexts: this.#contexts,
      kinds: this.#kinds,
    };
    writeFileSync(path, serialize(state));
  }

  /** @throws GradbookError when the file is no saved model */
  static load(path: string): NgramModel {
    let state: State | undefined;
    try {
      state = deserialize(readFileSync(path)) as State;
    } catch (error) {
      fail("NgramModel.load", {
        expected: `a model written by NgramModel.save in ${path}`,
        got: (error as Error).message,
      });
    }
    if (state?.format !== FORMAT) fail("NgramModel.load", { expected: "a saved n-gram model", got: path });
    return new NgramModel({}, state);
  }

  /** Every byte with each of its contexts, shortest first, as hashes. */
  #visit(text: string, each: (context: number, gram: number, newByte: boolean) => void): void {
    const bytes = Buffer.from(text, "utf8");
    for (let i = 0; i < bytes.length; i++) {
      let context = 0x811c9dc5;
      for (let length = 0; length <= this.order && length <= i; length++) {
        if (length > 0) context = mix32(Math.imul(context, 0x01000193) ^ (bytes[i - length] + 1));
        each(context, mix32(context ^ Math.imul(bytes[i] + 1, 0x9e3779b1)), length === 0);
      }
    }
  }
}

export interface PerplexityOptions {
  /** File of a saved model. */
  model: string;
  max?: number;
  min?: number;
}

/** Pipeline step: drops texts outside the bounds; the others get metadata `perplexity`. */
export function perplexity(options: PerplexityOptions): DocumentStep {
  const model = NgramModel.load(options.model);
  return {
    kind: "document",
    name: "perplexity",
    recipe: { module: import.meta.url, factory: "perplexity", settings: options },
    apply(document: Document): Verdict {
      const value = model.perplexity(document.text);
      if (value > (options.max ?? Infinity)) return drop("too_surprising", value);
      if (value < (options.min ?? 0)) return drop("too_predictable", value);
      return { ...document, metadata: { ...document.metadata, perplexity: Number(value.toFixed(2)) } };
    },
  };
}
