import { expect, it } from "vitest";
import { trainTextClassifier } from "../../lib/data/index.ts";
import { madeFilmReviews, madeProductReviews, madeProducts } from "../../datasets/index.ts";

it("film reviews are praise and blame in turn, the same for the same seed, and counting words does not do", () => {
  const reviews = madeFilmReviews(1200);
  expect(madeFilmReviews(1200)).toEqual(reviews);
  expect(madeFilmReviews(3, 2)).not.toEqual(reviews.slice(0, 3));
  expect(reviews.filter(({ rating }) => rating === 2)).toHaveLength(600);
  for (const { text } of reviews) expect(text).toMatch(/^[A-Z][a-z, I]+\.$/);
  const labelled = reviews.map(({ text, rating }) => ({ text, label: String(rating) }));
  const classifier = trainTextClassifier(labelled.slice(0, 1000), "2");
  const right = labelled.slice(1000).filter(({ text, label }) => classifier.score(text) > 0.5 === (label === "2")).length / 200; // prettier-ignore
  expect(right).toBeGreaterThan(0.55);
  expect(right).toBeLessThan(0.9);
});

it("product reviews have stars that fit what is said", () => {
  const reviews = madeProductReviews(500, 3);
  expect(new Set(reviews.map(({ product }) => product))).toEqual(new Set(madeProducts));
  const share = (stars: number, words: RegExp): number => {
    const those = reviews.filter((review) => review.stars === stars);
    return those.filter(({ text }) => words.test(text)).length / those.length;
  };
  expect(share(5, /love|joy|perfect|solid|dream/i)).toBe(1);
  expect(share(1, /broke|disgrace|loose|hate|never worked/i)).toBe(1);
  expect(share(1, /love|joy|perfect|solid|dream/i)).toBe(0);
});
