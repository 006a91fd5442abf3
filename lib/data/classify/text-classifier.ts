/**
 * A text classifier that trains in seconds: TF-IDF of hashed word n-grams under logistic regression.
 *
 * What it is for: quality filters after GPT-3 (arXiv 2005.14165, appendix A: good texts against raw crawl), spam,
 * toxicity. Two classes; `positive` names the one whose probability is the score. It saves as one file.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fail } from "../../core/errors.ts";
import { drop, type Document, type Verdict } from "../document.ts";
import type { DocumentStep } from "../pipeline/step.ts";
import { countFeatures, inverseDocumentFrequency, weigh, type FeatureOptions } from "./features.ts";
import {
  predictLogistic,
  trainLogistic,
  type LogisticModel,
  type LogisticOptions,
} from "./logistic-regression.ts";

export interface Labelled {
  text: string;
  label: string;
}

export interface TextClassifier {
  readonly positive: string;
  /** Probability of the positive class, between 0 and 1. */
  score(text: string): number;
  save(path: string): void;
}

interface Parts {
  positive: string;
  features: FeatureOptions;
  idf: Float32Array;
  model: LogisticModel;
}

/**
 * Trains a classifier.
 *
 * @param positive label of the class to be scored; every other label is the other class
 * @throws GradbookError unless both classes are there
 * @example const spam = trainTextClassifier(mails, "spam"); spam.score("Buy now!!!") // 0.98
 */
export function trainTextClassifier(
  examples: readonly Labelled[],
  positive: string,
  options: LogisticOptions & Partial<FeatureOptions> = {},
): TextClassifier {
  const features = { ngrams: options.ngrams ?? 2, places: options.places ?? 2 ** 18 };
  if ((features.places & (features.places - 1)) !== 0)
    fail("trainTextClassifier", { expected: "places: a power of two", got: features.places });
  const counts = examples.map(({ text }) => countFeatures(text, features));
  const idf = inverseDocumentFrequency(counts, features.places);
  const labels = examples.map(({ label }) => (label === positive ? 1 : 0));
  const model = trainLogistic(
    counts.map((count) => weigh(count, idf)),
    labels,
    features.places,
    options,
  );
  return classifier({ positive, features, idf, model });
}

/** @throws GradbookError when the file is not a saved classifier */
export function loadTextClassifier(path: string): TextClassifier {
  const bytes = readFileSync(path);
  const headerEnd = bytes.indexOf(10);
  const header =
    headerEnd > 0 && headerEnd < 1000 ? tryParse(bytes.toString("utf8", 0, headerEnd)) : undefined;
  if (header?.format !== FORMAT || bytes.length !== headerEnd + 1 + 8 * header.features.places)
    fail("loadTextClassifier", { expected: "a whole file written by TextClassifier.save", got: path });
  const { positive, features, bias } = header;
  const numbers = new Float32Array(
    bytes.buffer.slice(bytes.byteOffset + headerEnd + 1, bytes.byteOffset + bytes.length),
  );
  const [idf, weights] = [numbers.slice(0, features.places), numbers.slice(features.places)];
  return classifier({ positive, features, idf, model: { weights, bias } });
}

const FORMAT = "gradbook text classifier 1";

function classifier({ positive, features, idf, model }: Parts): TextClassifier {
  return {
    positive,
    score: (text) => predictLogistic(model, weigh(countFeatures(text, features), idf)),
    save(path) {
      const header = JSON.stringify({ format: FORMAT, positive, features, bias: model.bias });
      writeFileSync(
        path,
        Buffer.concat([
          Buffer.from(`${header}\n`),
          Buffer.from(idf.buffer),
          Buffer.from(model.weights.buffer),
        ]),
      );
    },
  };
}

interface Header {
  format: string;
  positive: string;
  features: FeatureOptions;
  bias: number;
}

function tryParse(line: string): Header | undefined {
  try {
    return JSON.parse(line) as Header;
  } catch {
    return undefined;
  }
}

export interface ClassifierFilterOptions {
  /** File of a saved classifier: a path, so that workers can load it too. */
  model: string;
  /** Documents whose score is above go … */
  dropAbove?: number;
  /** … or those whose score is below. */
  dropBelow?: number;
}

/**
 * Pipeline step: scores every document (metadata `score_<positive>`) and drops by the score.
 *
 * @example classifierFilter({ model: "spam.model", dropAbove: 0.5 })
 */
export function classifierFilter(options: ClassifierFilterOptions): DocumentStep {
  const { dropAbove = Infinity, dropBelow = -Infinity } = options;
  const model = loadTextClassifier(options.model);
  return {
    kind: "document",
    name: "classifierFilter",
    recipe: { module: import.meta.url, factory: "classifierFilter", settings: options },
    apply(document: Document): Verdict {
      const score = model.score(document.text);
      if (score > dropAbove || score < dropBelow) return drop(`classified_${model.positive}`, score);
      const metadata = { ...document.metadata, [`score_${model.positive}`]: Number(score.toFixed(4)) };
      return { ...document, metadata };
    },
  };
}
