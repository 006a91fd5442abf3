/**
 * What is in a corpus: sizes and their spread, languages, sources, the most frequent words. Collected one document
 * at a time, so it works on streams.
 */
import { escape } from "./pipeline/report-display.ts";
import { countSentences } from "./text/sentences.ts";
import type { Document } from "./document.ts";
import { splitWords } from "./text/words.ts";

export interface Distribution {
  mean: number;
  min: number;
  median: number;
  p90: number;
  max: number;
}

export interface CorpusStats {
  documents: number;
  characters: number;
  words: number;
  sentences: number;
  /** Different words, as written. Counting stops growing at two million. */
  vocabulary: number;
  perDocument: { characters: Distribution; words: Distribution };
  /** Documents by value of metadata keys that have few values: `language`, `source`, `label`, … */
  counts: Record<string, Record<string, number>>;
  topWords: [word: string, count: number][];
}

export interface StatsCollector {
  add(document: Document): void;
  stats(): CorpusStats;
}

const MAX_VOCABULARY = 2_000_000;
const MAX_VALUES = 50;

/**
 * @example
 * const collector = statsCollector();
 * await pipeline(read("clean/"), map("stats", (document) => (collector.add(document), document))).run();
 * collector.stats()
 */
export function statsCollector(): StatsCollector {
  const [characters, words]: number[][] = [[], []];
  let sentences = 0;
  const vocabulary = new Map<string, number>();
  const counts = new Map<string, Map<string, number>>();

  return {
    add({ text, metadata }) {
      const all = splitWords(text);
      characters.push(text.length);
      words.push(all.length);
      sentences += countSentences(text);
      for (const word of all) {
        const count = vocabulary.get(word);
        if (count !== undefined || vocabulary.size < MAX_VOCABULARY) vocabulary.set(word, (count ?? 0) + 1);
      }
      for (const [key, value] of Object.entries(metadata)) {
        if (typeof value !== "string" || value.length > 40) continue;
        let values = counts.get(key);
        if (!values) counts.set(key, (values = new Map()));
        if (values.size <= MAX_VALUES) values.set(value, (values.get(value) ?? 0) + 1);
      }
    },
    stats() {
      const few = [...counts].filter(([, values]) => values.size <= MAX_VALUES);
      return show({
        documents: characters.length,
        characters: sum(characters),
        words: sum(words),
        sentences,
        vocabulary: vocabulary.size,
        perDocument: { characters: distribution(characters), words: distribution(words) },
        counts: Object.fromEntries(few.map(([key, values]) => [key, Object.fromEntries(values)])),
        topWords: [...vocabulary].sort((a, b) => b[1] - a[1]).slice(0, 50),
      });
    },
  };
}

/** The statistics of documents in memory. */
export function corpusStats(documents: Iterable<Document>): CorpusStats {
  const collector = statsCollector();
  for (const document of documents) collector.add(document);
  return collector.stats();
}

/** Mean, extremes and quantiles; all NaN for no values. */
export function distribution(values: readonly number[]): Distribution {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number) =>
    sorted.length === 0 ? NaN : sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return { mean: sum(values) / values.length, min: at(0), median: at(0.5), p90: at(0.9), max: at(1) };
}

function sum(values: readonly number[]): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

function show(stats: CorpusStats): CorpusStats {
  const display = () => {
    const rows: [string, string][] = [
      ["documents", number(stats.documents)],
      ["characters", number(stats.characters)],
      ["words", number(stats.words)],
      ["sentences", number(stats.sentences)],
      ["different words", number(stats.vocabulary)],
      ["characters per document", spread(stats.perDocument.characters)],
      ["words per document", spread(stats.perDocument.words)],
      [
        "most frequent",
        stats.topWords
          .slice(0, 15)
          .map(([word, count]) => `${word} ${number(count)}`)
          .join(" · "),
      ],
    ];
    for (const [key, values] of Object.entries(stats.counts)) {
      const sorted = Object.entries(values).sort((a, b) => b[1] - a[1]);
      rows.push([
        key,
        sorted
          .slice(0, 12)
          .map(([value, count]) => `${value} ${number(count)}`)
          .join(" · "),
      ]);
    }
    const body = rows.map(
      ([name, value]) =>
        `<tr><th style="text-align:left">${escape(name)}</th><td style="text-align:left">${escape(value)}</td></tr>`,
    );
    return {
      "text/html": `<table><tbody>${body.join("")}</tbody></table>`,
      "text/plain": rows.map((row) => row.join(": ")).join("\n"),
    };
  };
  Object.defineProperty(stats, Symbol.for("Jupyter.display"), { value: display });
  return stats;
}

function number(value: number): string {
  return Math.round(value).toLocaleString("en");
}

function spread({ min, median, mean, p90, max }: Distribution): string {
  return `${number(min)} – ${number(max)}, median ${number(median)}, mean ${number(mean)}, nine in ten below ${number(p90)}`;
}
