import { appendFileSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  appendPreference,
  bradleyTerry,
  collectPreferences,
  eloRatings,
  fleissKappa,
  krippendorffAlpha,
  preferenceAgreement,
  preferencePairs,
  ratingTable,
  readPreferences,
  simulatedLabeller,
  type PreferenceRecord,
} from "../../lib/eval/index.ts";

const record = (id: string, ranking: number[][], by = "anna"): PreferenceRecord => ({
  ...{ id, prompt: "Which?", answers: ["a", "b", "c"], sources: ["A", "B", "C"], ranking, by },
  ...{ at: "2026-11-26T10:00:00.000Z", seconds: 3 },
});
const newFile = (): string => join(mkdtempSync(join(tmpdir(), "gradbook-")), "deep", "preferences.jsonl");

describe("preference records", () => {
  it("are kept line by line and survive a crash in the last one", () => {
    const file = newFile();
    expect(readPreferences(file)).toEqual([]);
    appendPreference(file, record("1", [[0], [1], [2]]));
    appendFileSync(file, '{"id": "2", "pro');
    expect(readPreferences(file).map(({ id }) => id)).toEqual(["1"]);
    appendPreference(file, record("3", [[2], [0, 1]]));
    expect(() => readPreferences(file)).toThrow(/preferences\.jsonl:2: expected JSON/);
    expect(readFileSync(file, "utf8").split("\n").length).toBe(4);
  });

  it("rank each answer once", () => {
    expect(() => appendPreference(newFile(), record("1", [[0], [0], [1]]))).toThrow(
      "expected a ranking of 3 answers, each once, got [[0],[0],[1]]",
    );
  });

  it("give every pair that they decide", () => {
    const pairs = preferencePairs([record("1", [[2], [0, 1]])]);
    expect(pairs.map(({ chosen, rejected, winner, loser }) => [chosen, rejected, winner, loser])).toEqual([
      ["c", "a", "C", "A"],
      ["c", "b", "C", "B"],
    ]);
    expect(preferencePairs([record("1", [[0], [1], [2]])])).toHaveLength(3);
  });
});

describe("ratings", () => {
  const games = (winner: string, loser: string, count: number) =>
    Array.from({ length: count }, () => ({ winner, loser }));

  it("of Elo move by what a game was worth", () => {
    expect(eloRatings([{ winner: "a", loser: "b" }])).toEqual({ a: 1008, b: 992 });
    expect(eloRatings([{ winner: "a", loser: "b", tie: true }])).toEqual({ a: 1000, b: 1000 });
  });

  it("of Bradley and Terry explain the games: three wins of four are 191 points", () => {
    const { a, b } = bradleyTerry([...games("a", "b", 300), ...games("b", "a", 100)]);
    expect(a - b).toBeCloseTo(400 * Math.log10(3), 0);
    expect((a + b) / 2).toBeCloseTo(1000, 6);
    expect(bradleyTerry(games("a", "b", 5)).a).toBeLessThan(2000);
  });

  it("come with intervals, best first", () => {
    const all = [
      ...games("b", "a", 30),
      ...games("a", "b", 10),
      ...games("b", "c", 20),
      ...games("c", "a", 12),
    ];
    const table = ratingTable(all);
    expect(table.map(({ name }) => name)).toEqual(["b", "c", "a"]);
    for (const { rating, low, high } of table) {
      expect(low).toBeLessThan(rating);
      expect(high).toBeGreaterThan(rating);
    }
    expect(table[0].games).toBe(60);
  });
});

describe("agreement", () => {
  it("is Fleiss' own example: 14 judges, 10 items, kappa 0.210", () => {
    const counts = [
      [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
      [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
    ]; // prettier-ignore
    expect(fleissKappa(counts)).toBeCloseTo(0.21, 3);
  });

  it("is Krippendorff's own example: alpha 0.743 with missing values", () => {
    // "Computing Krippendorff's Alpha-Reliability" (2011), C: four observers, twelve units, nominal data.
    const observers = [
      "1 2 3 3 2 1 4 1 2 . . .",
      "1 2 3 3 2 2 4 1 2 5 . 3",
      ". 3 3 3 2 3 4 2 2 5 1 .",
      "1 2 3 3 2 4 4 1 2 5 1 .",
    ];
    const units = Array.from({ length: 12 }, (_, unit) =>
      observers.map((row) => row.split(" ")[unit]).filter((value) => value !== "."),
    );
    expect(krippendorffAlpha(units)).toBeCloseTo(0.743, 3);
  });

  it("of rankings counts pairs", () => {
    const records = [record("1", [[0], [1], [2]], "anna"), record("1", [[0], [2], [1]], "ben")];
    expect(preferenceAgreement(records)).toMatchObject({ pairs: 3, agree: 2 / 3 });
  });
});

describe("a simulated labeller", () => {
  const question = { id: "1", prompt: "p", answers: ["bb", "a", "dddd", "ccc"] };

  it("ranks by its score, and says that it is simulated", () => {
    const judge = simulatedLabeller((answer) => answer.length);
    expect(judge(question)).toMatchObject({ ranking: [[2], [3], [0], [1]], by: "simulated" });
  });

  it("errs as often as it is told", () => {
    const judge = simulatedLabeller((answer) => answer.length, { noise: 0.1, seed: 1 });
    const pair = { id: "1", prompt: "p", answers: ["a", "bb"] };
    const right = Array.from({ length: 2000 }, () => judge(pair)).filter(
      ({ ranking }) => ranking[0][0] === 1,
    ).length;
    expect(right / 2000).toBeCloseTo(0.9, 1);
    expect(() => simulatedLabeller(() => NaN)(question)).toThrow("got NaN for answer 1 of 1");
  });
});

it("collecting goes on where it was left, for each judge", () => {
  const file = newFile();
  const questions = ["1", "2", "3"].map((id) => ({ id, prompt: "Which?", answers: ["a", "b", "c"] }));
  appendPreference(file, record("2", [[0], [1], [2]], "anna"));
  expect(collectPreferences(questions, { file, by: "anna" }).remaining).toBe(2);
  expect(collectPreferences(questions, { file, by: "ben" }).remaining).toBe(3);
});
