/**
 * Guests order, waiters answer: kind ones, curt ones, and some who bring something else. A world small enough for a model of
 * 100,000 parameters, in which anyone can see which of two answers is better. Made here from the words below, so that
 * the chapters on human feedback need no download; only the score (`cafeScore`) knows the difference, no text is marked.
 */
import { fail } from "../lib/core/errors.ts";
import { random, type Random } from "../lib/core/random.ts";

const DISHES = [
  "tea", "coffee", "soup", "toast", "cake", "water", "juice", "salad", "bread", "milk", "pie", "rice", "fish", "ice cream", "cocoa",
  "eggs", "cheese", "pasta", "fruit", "honey",
] as const; // prettier-ignore

const REQUESTS = [
  "I would like DISH.", "DISH, please.", "Can I have DISH?", "Do you have DISH?", "Bring me DISH.", "One more DISH.", "Is there any DISH left?",
  "We take DISH today.", "I am waiting for DISH.", "How about DISH?",
] as const; // prettier-ignore

/** What an answer is made of, by the waiter's mood; DISH is what he thinks was ordered. */
const ANSWERS: Record<string, readonly (readonly string[])[]> = {
  kind: [
    ["Certainly!", "With pleasure.", "Of course, dear guest.", "Gladly!", "Thank you for asking."],
    ["Here is your DISH.", "Your DISH comes at once.", "I bring you the DISH.", "Our DISH is lovely today."],
    ["Enjoy it!", "You are welcome.", "I hope you like it.", "Thank you for waiting.", "Have a lovely day."],
  ],
  plain: [
    ["Yes.", "All right.", "One moment.", "I see."],
    ["DISH, one time.", "The DISH is on its way.", "There is your DISH.", "That is DISH then."],
    ["", "Anything else?", "The bill is there."],
  ],
  rude: [
    ["What again?", "Not now.", "I am busy.", "So what.", "Stop shouting."],
    [
      "Get the DISH yourself.",
      "The DISH is cold anyway.",
      "Nobody eats our DISH.",
      "Take the DISH or leave.",
    ],
    ["Be quiet.", "Go away.", "I do not care.", ""],
  ],
};

const KIND = /\b(certainly|pleasure|of course|dear|gladly|thank|lovely|enjoy|welcome|hope you like)\b/gi;
const RUDE =
  /\b(again|not now|busy|so what|shouting|yourself|anyway|nobody|leave|quiet|go away|not care)\b/gi;

const MOODS = Object.keys(ANSWERS);
/** How many kind or rude words count, and how many words an answer may have before it becomes a speech. */
const [ENOUGH, WORDS] = [3, 20];

export interface CafeDialogue {
  /** `Guest: …\nWaiter:`, to which the answer is written. */
  prompt: string;
  /** With a space before it and the end of the line after it. */
  answer: string;
}

/** All prompts there are, in an order that follows from nothing but the words: 200. */
export const cafePrompts: readonly string[] = DISHES.flatMap((dish) =>
  REQUESTS.map((request) => `Guest: ${capital(request.replace("DISH", dish))}\nWaiter:`),
);

/**
 * As many dialogues, each with a waiter of his own mood who keeps to it in two of three sentences.
 *
 * @example const text = cafeDialogues(5000).map(({ prompt, answer }) => prompt + answer).join("");
 */
export function cafeDialogues(count: number, seed = 1): CafeDialogue[] {
  const generator = random(seed);
  return Array.from({ length: count }, () => {
    const prompt = draw(cafePrompts, generator);
    const dish = generator.uniform() < 0.75 ? orderedDish(prompt) : draw(DISHES, generator);
    const mood = draw(MOODS, generator);
    const sentences = [0, 1, 2].map((part) => {
      const own = generator.uniform() < 2 / 3 ? mood : draw(MOODS, generator);
      return capital(draw(ANSWERS[own][part], generator).replace("DISH", dish));
    });
    return { prompt, answer: ` ${sentences.filter((sentence) => sentence !== "").join(" ")}\n` };
  });
}

/**
 * How good an answer is: kind words less rude ones, up to three of each, and two for bringing what was ordered (less two for
 * not naming it, or for naming something else, too). Beyond twenty words each costs a quarter.
 *
 * @throws GradbookError when the prompt is none of `cafePrompts`
 */
export function cafeScore(answer: string, prompt: string): number {
  const count = (words: RegExp): number => Math.min(ENOUGH, answer.match(words)?.length ?? 0);
  const named = DISHES.filter((dish) => new RegExp(`\\b${dish}\\b`, "i").test(answer));
  const ordered = orderedDish(prompt);
  const right = named.length === 1 && named[0] === ordered;
  const extra = Math.max(0, answer.trim().split(/\s+/).length - WORDS);
  return count(KIND) - count(RUDE) + (right ? 2 : -2) - extra / 4;
}

function orderedDish(prompt: string): string {
  const place = cafePrompts.indexOf(prompt);
  if (place < 0) fail("cafeScore", { expected: "one of cafePrompts", got: prompt });
  return DISHES[Math.floor(place / REQUESTS.length)];
}

const draw = <T>(list: readonly T[], generator: Random): T => list[generator.integer(list.length)];
function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
