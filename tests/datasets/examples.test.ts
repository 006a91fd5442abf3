/** Data sets as conversations and preferences, from records in the sets' own form. */
import { expect, test } from "vitest";
import { questionOnSense } from "../../datasets/instruction-examples.ts";
import { hhMessages, preferenceOf } from "../../datasets/preference-examples.ts";

const hh = (...turns: string[]) =>
  turns.map((turn, i) => `\n\n${i % 2 === 0 ? "Human" : "Assistant"}: ${turn}`).join("");

test("a pair of conversations becomes a prompt and two answers", () => {
  expect(hhMessages(hh("Hi", "Hello.\n\nHow are you?"))).toEqual([
    { role: "user", content: "Hi" },
    { role: "assistant", content: "Hello.\n\nHow are you?" },
  ]);
  expect(preferenceOf(hh("Hi", "Hello", "Why?", "Because."), hh("Hi", "Hello", "Why?", "Go away."))).toEqual({
    kind: "preference",
    prompt: hhMessages(hh("Hi", "Hello", "Why?")),
    chosen: [{ role: "assistant", content: "Because." }],
    rejected: [{ role: "assistant", content: "Go away." }],
  });
});

test("pairs that are no preference are left out", () => {
  const good = hh("Hi", "Hello");
  for (const other of [good, hh("Hey", "Hello"), hh("Hi", ""), hh("Hi", "Hello", "Why?"), "", hh("Hi")])
    expect(preferenceOf(good, other), other).toBeUndefined();
});

test("a sense of a word becomes a question with its answer, in four forms", () => {
  const gloss = 'a large vessel that sails the sea; "the ship sank"; "they saw a vessel far off"';
  const made = Array.from({ length: 40 }, (_, i) => {
    const { messages } = questionOnSense(`noun:${i}`, gloss, ["ship", "big_boat"], "noun")!;
    return messages.map(({ content }) => content).join(" → ");
  });
  expect(new Set(made)).toEqual(
    new Set([
      'What does the noun "ship" mean? → A large vessel that sails the sea.',
      'Which noun means "a large vessel that sails the sea"? → Ship',
      'Name other words for "ship" (a large vessel that sails the sea). → Big_boat',
      'Use the noun "ship" in a sentence. → The ship sank.',
    ]),
  );
});

test("forms that a sense has nothing for are not asked", () => {
  const made = Array.from({ length: 40 }, (_, i) =>
    questionOnSense(`adj:${i}`, "(of colour) pale", ["wan(a)"], "adjective")!,
  );
  expect(new Set(made.map(({ messages }) => messages[0].content))).toEqual(
    new Set(['What does the adjective "wan" mean?', 'Which adjective means "pale"?']),
  );
  expect(questionOnSense("noun:1", '"only a sentence"', ["x"], "noun")).toBeUndefined();
});
