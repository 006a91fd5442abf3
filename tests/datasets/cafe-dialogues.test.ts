import { expect, it } from "vitest";
import { cafeDialogues, cafePrompts, cafeScore } from "../../datasets/index.ts";

const prompt = "Guest: Tea, please.\nWaiter:";

it("tells who asked for what, and writes the same dialogues for the same seed", () => {
  expect(cafePrompts).toHaveLength(200);
  expect(new Set(cafePrompts).size).toBe(200);
  expect(cafePrompts).toContain(prompt);
  const dialogues = cafeDialogues(50, 3);
  expect(dialogues).toEqual(cafeDialogues(50, 3));
  expect(dialogues).not.toEqual(cafeDialogues(50, 4));
  for (const { prompt: asked, answer } of dialogues) {
    expect(cafePrompts).toContain(asked);
    expect(answer).toMatch(/^ [A-Z].*[.!?]\n$/);
  }
});

it.each([
  [" Certainly! Here is your tea. Enjoy it!", 4],
  [" Certainly! Here is your cake. Enjoy it!", 0],
  [" Certainly! Here is your tea. Here is your cake.", -1],
  [" The tea is on its way.", 2],
  [" I am busy. Get the tea yourself. Go away.", -1],
  [" Certainly, gladly, dear guest, with pleasure, thank you! Here is your tea.", 5],
  ["", -2],
])("scores%s as %d", (answer, score) => expect(cafeScore(answer, prompt)).toBe(score));

it("grows tired of speeches, and knows its own prompts alone", () => {
  expect(cafeScore(" Here is your tea." + " Well.".repeat(20), prompt)).toBe(1);
  expect(() => cafeScore("Yes.", "Guest: Rum!\nWaiter:")).toThrow("expected one of cafePrompts");
});
