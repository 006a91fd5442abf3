/**
 * Reviews of films and of household goods, made here from the words below, so that the chapter on classifying and writing
 * reviews needs no download. Small as they are, counting words is not enough for them: praise is denied ("not gripping"), and what stands
 * after "but" decides.
 */
import { random, type Random } from "../lib/core/random.ts";

const PRAISE = [
  "gripping", "brilliant", "touching", "witty", "fresh", "graceful", "thrilling", "honest", "clever", "charming", "vivid", "moving",
] as const; // prettier-ignore
const BLAME = [
  "dull", "clumsy", "tired", "hollow", "shallow", "loud", "predictable", "lifeless", "silly", "messy", "stale", "cold",
] as const; // prettier-ignore
const PARTS = [
  "plot", "acting", "music", "dialogue", "ending", "camera work", "first half", "romance", "humour", "villain", "cast", "pace",
] as const; // prettier-ignore

/** PART is praised or blamed by WORD; a denied sentence says the opposite of its word. */
const CLAIMS = [
  "the PART is WORD",
  "the PART feels WORD",
  "I found the PART WORD",
  "what a WORD PART",
  "a WORD PART",
] as const;
const DENIED = [
  "the PART is not WORD",
  "the PART is anything but WORD",
  "nobody could call the PART WORD",
  "the PART is never WORD",
] as const;

export interface MadeReview {
  text: string;
  /** 2 for praise, −2 for blame. */
  rating: number;
}

/**
 * As many sentences about films, praise and blame in turn.
 *
 * @example madeFilmReviews(2)[0] // { text: "The plot is clumsy, but the ending is anything but dull.", rating: 2 }
 */
export function madeFilmReviews(count: number, seed = 1): MadeReview[] {
  const generator = random(seed);
  return Array.from({ length: count }, (_, i) => {
    const good = i % 2 === 0;
    const verdict = claim(good, generator);
    // Half of all have a part of the other kind before the word that turns it round.
    const text = generator.uniform() < 0.5 ? `${claim(!good, generator)}, but ${verdict}` : verdict;
    return { text: `${capital(text)}.`, rating: good ? 2 : -2 };
  });
}

function claim(good: boolean, generator: Random): string {
  const denied = generator.uniform() < 0.4;
  const word = draw(good === denied ? BLAME : PRAISE, generator);
  return draw(denied ? DENIED : CLAIMS, generator).replace("PART", draw(PARTS, generator)).replace("WORD", word); // prettier-ignore
}

const GOODS: Record<string, readonly string[]> = {
  kettle: ["the lid", "the handle", "the switch", "the spout"],
  lamp: ["the light", "the shade", "the cable", "the base"],
  chair: ["the seat", "the back", "the cushion", "the frame"],
  radio: ["the sound", "the aerial", "the dial", "the speaker"],
  knife: ["the blade", "the grip", "the edge", "the tip"],
  backpack: ["the straps", "the zip", "the pocket", "the lining"],
  umbrella: ["the canopy", "the button", "the handle", "the ribs"],
  clock: ["the alarm", "the face", "the tick", "the hands"],
};

/** What is said of one part of a thing, by how content one is: 0 not at all, 2 very. */
const REMARKS: readonly (readonly string[])[] = [
  [
    "PART broke on the second day",
    "PART is a disgrace",
    "PART came loose at once",
    "I hate PART",
    "PART never worked",
  ],
  ["PART is all right", "PART does its job", "PART could be better", "PART is what one expects"],
  ["PART is a joy", "I love PART", "PART is perfect", "PART feels solid", "PART works like a dream"],
];
const CLOSINGS: readonly string[][] = [
  ["Do not buy it.", "A waste of money.", "I sent it back."],
  ["I would not buy it again.", "It disappoints."],
  ["Fine for the price.", "Neither good nor bad."],
  ["I can recommend it.", "A good buy."],
  ["Buy it at once!", "The best GOOD I have had.", "Worth every penny!"],
];

export interface MadeProductReview {
  product: string;
  /** 1 to 5. */
  stars: number;
  text: string;
}

/** The things that are reviewed. */
export const madeProducts: readonly string[] = Object.keys(GOODS);

/**
 * As many reviews of things for a household, each with the number of stars that fits it.
 *
 * @example madeProductReviews(1)[0] // { product: "lamp", stars: 5, text: "I love the shade. The light is perfect. Worth every penny!" }
 */
export function madeProductReviews(count: number, seed = 1): MadeProductReview[] {
  const generator = random(seed);
  return Array.from({ length: count }, () => {
    const product = draw(madeProducts, generator);
    const stars = 1 + generator.integer(5);
    const parts = [...GOODS[product]];
    const remarks = [0, 1].map(() => {
      const [part] = parts.splice(generator.integer(parts.length), 1);
      const mood = Math.min(2, Math.max(0, Math.round((stars - 1) / 2 + generator.uniform() - 0.5)));
      return capital(draw(REMARKS[mood], generator).replace("PART", part));
    });
    const closing = draw(CLOSINGS[stars - 1], generator).replace("GOOD", product);
    return { product, stars, text: `${remarks.join(". ")}. ${closing}` };
  });
}

const draw = <T>(list: readonly T[], generator: Random): T => list[generator.integer(list.length)];
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
