/**
 * Exact repeated passages: cuts every stretch of at least `minLength` characters that an earlier text had already.
 *
 * Source of the task: Lee et al., "Deduplicating Training Data Makes Language Models Better" (arXiv 2107.06499),
 * who use a suffix array over the whole corpus. Here instead, as in rsync: earlier texts are cut into blocks of
 * half the length, whose hashes are kept; a rolling hash slides over the new text; where it meets a known block,
 * both texts are compared character by character in both directions. A repeated stretch of 2·block − 1 characters
 * always covers one whole block, so none is missed, in one pass and in document order.
 * Memory: all texts that are kept stay in memory (one or two bytes a character).
 */
import { fail } from "../../core/errors.ts";
import { drop, type Document, type Verdict } from "../document.ts";
import type { CorpusStep } from "../pipeline/step.ts";
import { mix32 } from "../hash.ts";
import { NumberTable, type NumberTableState } from "./number-table.ts";

export interface SubstringDedupOptions {
  /** Shortest stretch that is cut, in UTF-16 units. Default 200, about the 50 tokens of the paper. */
  minLength?: number;
  /** A document that is left with fewer characters goes. Default 100. */
  minCharacters?: number;
}

interface State {
  table: NumberTableState;
  texts: string[];
  blocks: { text: Int32Array; at: Int32Array; next: Int32Array };
}

const FACTORS = [0x01000193, 0x2c1b3c6d] as const;
/** Blocks with the same content that are compared: more of them is "=====" or the like. */
const MAX_ALIKE = 64;

/** The texts seen and the blocks in them. */
export class PassageIndex {
  readonly #minLength: number;
  readonly #block: number;
  /** What the character that leaves the window weighs in the two rolling hashes. */
  readonly #leads: readonly [number, number];
  /** Hash → first block that has it. */
  readonly #table: NumberTable;
  readonly #texts: string[];
  /** For each block: the text it is in, where, and the next block with the same hash (-1: none). */
  readonly #blockText: number[];
  readonly #blockAt: number[];
  readonly #next: number[];

  constructor(minLength: number, state?: State) {
    if (!Number.isInteger(minLength) || minLength < 16)
      fail("PassageIndex", {
        expected: "minLength: a whole number of at least 16 characters",
        got: minLength,
      });
    this.#minLength = minLength;
    this.#block = (minLength + 1) >> 1;
    this.#table = new NumberTable(state?.table);
    this.#texts = state?.texts ?? [];
    this.#blockText = Array.from(state?.blocks.text ?? []);
    this.#blockAt = Array.from(state?.blocks.at ?? []);
    this.#next = Array.from(state?.blocks.next ?? []);
    const power = (factor: number) => {
      let product = 1;
      for (let i = 0; i < this.#block; i++) product = Math.imul(product, factor);
      return product;
    };
    this.#leads = [power(FACTORS[0]), power(FACTORS[1])];
  }

  /** Stretches of a text that earlier texts have, in order, without overlap: `[start, end)` pairs. */
  find(text: string): [number, number][] {
    const spans: [number, number][] = [];
    this.#roll(text, (start, hash) => {
      // Inside a span that has been found there is nothing new.
      if (spans.length > 0 && start + this.#block <= spans.at(-1)![1]) return;
      let longest: [number, number] | undefined;
      let block = this.#table.get(hash) ?? -1;
      for (let tries = 0; block >= 0 && tries < MAX_ALIKE; tries++, block = this.#next[block]) {
        const span = this.#extend(text, start, this.#texts[this.#blockText[block]], this.#blockAt[block]);
        if (!longest || span[1] - span[0] > longest[1] - longest[0]) longest = span;
      }
      if (!longest || longest[1] - longest[0] < this.#minLength) return;
      const last = spans.at(-1);
      if (last && longest[0] < last[1]) last[1] = Math.max(last[1], longest[1]);
      else spans.push(longest);
    });
    return spans;
  }

  add(text: string): void {
    const number = this.#texts.push(text) - 1;
    this.#roll(text, (start, hash) => {
      if (start % this.#block !== 0) return;
      const block = this.#blockAt.push(start) - 1;
      this.#blockText.push(number);
      const first = this.#table.setIfAbsent(hash, block);
      this.#next.push(first === undefined ? -1 : this.#next[first]);
      if (first !== undefined) this.#next[first] = block;
    });
  }

  state(): State {
    const blocks = {
      text: Int32Array.from(this.#blockText),
      at: Int32Array.from(this.#blockAt),
      next: Int32Array.from(this.#next),
    };
    return { table: this.#table.state(), texts: this.#texts, blocks };
  }

  #roll(text: string, visit: (start: number, hash: number) => void): void {
    const block = this.#block;
    const [leadA, leadB] = this.#leads;
    const [factorA, factorB] = FACTORS;
    let [a, b] = [0, 0];
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i) + 1;
      a = (Math.imul(a, factorA) + unit) | 0;
      b = (Math.imul(b, factorB) + unit) | 0;
      if (i >= block) {
        const gone = text.charCodeAt(i - block) + 1;
        a = (a - Math.imul(leadA, gone)) | 0;
        b = (b - Math.imul(leadB, gone)) | 0;
      }
      if (i >= block - 1) visit(i - block + 1, (mix32(b) >>> 11) * 2 ** 32 + (mix32(a) >>> 0));
    }
  }

  /** The longest common stretch around two places, empty when the hashes lied. */
  #extend(text: string, start: number, other: string, at: number): [number, number] {
    let [from, to, back] = [start, start, at];
    let forward = at;
    while (to < text.length && forward < other.length && text.charCodeAt(to) === other.charCodeAt(forward)) {
      to++;
      forward++;
    }
    while (from > 0 && back > 0 && text.charCodeAt(from - 1) === other.charCodeAt(back - 1)) {
      from--;
      back--;
    }
    return [from, to];
  }
}

/** Pipeline step: cuts passages that came before. */
export function substringDedup(options: SubstringDedupOptions = {}): CorpusStep<undefined> {
  const { minLength = 200, minCharacters = 100 } = options;
  let index = new PassageIndex(minLength);

  function apply(document: Document): Verdict {
    const spans = index.find(document.text);
    let text = "";
    let end = 0;
    for (const [from, to] of spans) {
      text += document.text.slice(end, from);
      end = to;
    }
    text += document.text.slice(end);
    if (spans.length > 0) text = text.trim();
    if (spans.length > 0 && text.length < minCharacters) return drop("repeated_passages", text.length);
    index.add(text);
    return spans.length === 0 ? document : { ...document, text };
  }

  return {
    kind: "corpus",
    name: "substringDedup",
    recipe: { module: import.meta.url, factory: "substringDedup", settings: options },
    prepare: () => undefined,
    apply,
    save: () => index.state(),
    restore(state: unknown) {
      index = new PassageIndex(minLength, state as State);
    },
  };
}
