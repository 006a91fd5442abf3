import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { preferencePairs } from "../../lib/eval/index.ts";
import {
  encodePreferences,
  encodeRankings,
  rankingBatches,
  rankingSequence,
  readRankings,
} from "../../lib/rlhf/index.ts";
import { trainBpe } from "../../lib/tokenizers/index.ts";
import { pairs, tokenizer } from "./pairs.ts";

const text = { tokenizer, contextLength: 8 };
const ids = (words: string): number[] => [...tokenizer.encode(words)];

describe("preferences become token ids", () => {
  it("a prompt, the chosen answer, the rejected one, each ended", () => {
    const example = { prompt: "a>", chosen: "bc", rejected: "b", margin: 0.5 };
    const { rankings, refused } = encodePreferences([example], { ...text, endToken: ids(".")[0] });
    expect(refused).toEqual([]);
    expect(rankings).toEqual([
      {
        prompt: tokenizer.encode("a>"),
        answers: [tokenizer.encode("bc."), tokenizer.encode("b.")],
        margin: 0.5,
      },
    ]);
  });

  it("what judges wrote down fits as it is", () => {
    const record = {
      id: "1",
      prompt: "a>",
      answers: ["b", "c", "d"],
      by: "me",
      at: "2026-01-01",
      seconds: 1,
    };
    const found = encodePreferences(preferencePairs([{ ...record, ranking: [[2], [0, 1]] }]), text);
    expect(found.rankings.map(({ answers }) => answers.map((a) => tokenizer.decode(a)))).toEqual([
      ["d", "b"],
      ["d", "c"],
    ]);
  });

  it.each([
    ["equal answers", { prompt: "a>", chosen: "bc", rejected: "bc" }, "both answers are equal"],
    ["an empty answer", { prompt: "a>", chosen: "bc", rejected: " " }, "the rejected answer is empty"],
    ["an empty prompt", { prompt: "", chosen: "bc", rejected: "b" }, "the prompt is empty"],
    [
      "an answer longer than the context",
      { prompt: "a>", chosen: "bcdefgh", rejected: "b" },
      "the chosen answer and its prompt have 9 tokens, more than the contextLength 8",
    ],
    [
      "a margin that is no number",
      { prompt: "a>", chosen: "b", rejected: "c", margin: NaN },
      "the margin is NaN",
    ],
    [
      "messages without a format",
      { prompt: [{ role: "user" as const, content: "a" }], chosen: "b", rejected: "c" },
      "messages need a chat format to become text",
    ],
  ])("%s are refused with the reason, or stop it", (_, wrong, reason) => {
    const good = { prompt: "a>", chosen: "b", rejected: "c" };
    const { rankings, refused } = encodePreferences([good, wrong], text);
    expect([rankings.length, refused]).toEqual([1, [{ number: 1, reason }]]);
    expect(() => encodePreferences([good, wrong], { ...text, strict: true })).toThrow(`preference 1: expected answers to learn from, got ${reason}`); // prettier-ignore
    expect(() => encodePreferences([wrong], text)).toThrow(`all refused; the first because ${reason}`);
  });

  it("rankings of many answers name the answers by number", () => {
    const { refused, rankings } = encodeRankings(
      [
        { prompt: "a>", answers: ["b", "c", "b"] },
        { prompt: "a>", answers: ["b", "c", "d"] },
        { prompt: "a>", answers: ["b"] },
      ],
      text,
    );
    expect(rankings).toHaveLength(1);
    expect(refused.map(({ reason }) => reason)).toEqual([
      "answer 1 and answer 3 are equal",
      "a ranking needs two answers, there are 1",
    ]);
    expect(() => encodeRankings([], text)).toThrow("got none at all");
  });
});

describe("rankings in a file", () => {
  const path = join(mkdtempSync(join(tmpdir(), "gradbook-")), "rankings.jsonl");
  const read = (...lines: object[]) => {
    writeFileSync(path, lines.map((line) => JSON.stringify(line)).join("\n"));
    return readRankings(path);
  };
  const judged = { id: "1", prompt: "a>", answers: ["b", "c"], by: "me", at: "2026-01-01", seconds: 1 };

  it("are pairs with or without a margin, OpenAI's pairs, lists with the best first, and what judges wrote down", async () => {
    const user = { role: "user", content: "a" };
    const said = (content: string) => [{ role: "assistant", content }];
    expect(
      await read(
        { prompt: "a>", chosen: "b", rejected: "c", margin: 2 },
        { prompt: "a>", chosen: "b", rejected: "c" },
        { input: { messages: [user] }, preferred_output: said("b"), non_preferred_output: said("c") },
        { prompt: "a>", answers: ["c", "b"] },
        { ...judged, ranking: [[1], [0]] },
      ),
    ).toEqual([
      { prompt: "a>", answers: ["b", "c"], margin: 2 },
      { prompt: "a>", answers: ["b", "c"] },
      { prompt: [user], answers: [said("b"), said("c")] },
      { prompt: "a>", answers: ["c", "b"] },
      { prompt: "a>", answers: ["c", "b"] },
    ]);
  });

  it("with answers found equally good are left out, with the reason", async () => {
    const { rankings, refused } = encodeRankings(await read({ ...judged, ranking: [[0], [1]] }, { ...judged, ranking: [[0, 1]] }), text); // prettier-ignore
    expect(rankings).toHaveLength(1);
    expect(refused).toEqual([{ number: 1, reason: "some of its answers were found equally good" }]);
  });

  it.each([
    ["a margin that is no number", { prompt: "a>", chosen: "b", rejected: "c", margin: "2" }, 'margin must be a number, got "2"'], // prettier-ignore
    ["answers that are no list", { prompt: "a>", answers: "b" }, "answers must be a list, the best first"],
    ["an answer with a strange role", { prompt: "a>", answers: ["b", [{ role: "cat", content: "c" }]] }, 'answers[1][0].role must be one of'], // prettier-ignore
    ["a verdict on other answers", { ...judged, ranking: [[0], [2]] }, "a ranking of 2 answers, each once"],
    ["one answer alone", { prompt: "a>", completion: "b" }, "it has no two answers to compare"],
  ])("%s is an error that names the line", async (_, wrong, reason) => {
    const error = read({ prompt: "a>", answers: ["c", "b"] }, wrong);
    await expect(error).rejects.toThrow("1 lines that are not: line 2: ");
    await expect(error).rejects.toThrow(reason);
  });

  it("have as many answers each", async () => {
    await expect(read({ prompt: "a>", answers: ["b", "c"] }, { prompt: "a>", answers: ["b", "c", "d"] })).rejects.toThrow("expected 2 answers in every ranking, as in the first, got 3 in number 2"); // prettier-ignore
  });
});

describe("conversations", () => {
  const bpe = trainBpe(["hello there how are you user assistant system fine thanks".repeat(9)], {
    vocabSize: 300,
    special: ["<|im_start|>", "<|im_end|>"],
  });
  const chat = { tokenizer: bpe, contextLength: 200, format: "chatml" as const };
  const user = { role: "user" as const, content: "how are you" };
  const said = (content: string) => [{ role: "assistant" as const, content }];

  it("the answer is what the assistant wrote, its end of turn included, and the prompt all before it", () => {
    const { rankings } = encodePreferences([{ prompt: [user], chosen: said("fine"), rejected: "no" }], chat);
    const [{ prompt, answers }] = rankings;
    expect(bpe.decode(prompt)).toBe("<|im_start|>user\nhow are you<|im_end|>\n<|im_start|>assistant\n");
    expect(answers.map((answer) => bpe.decode(answer))).toEqual(["fine<|im_end|>", "no<|im_end|>"]);
  });

  it.each([
    ["the assistant at the end of the prompt", [user, ...said("yes")], said("a"), "the prompt ends with a message of the assistant"], // prettier-ignore
    ["the user in an answer", [user], [user], "the chosen answer has a message of the role user, where only assistant and tool belong"], // prettier-ignore
    ["an empty message", [user], said(" "), "the chosen answer is empty"],
    ["no message", [], said("a"), "the prompt is empty"],
  ])("%s is refused", (_, prompt, chosen, reason) => {
    const good = { prompt: [user], chosen: said("a"), rejected: said("b") };
    const { refused } = encodePreferences([good, { prompt, chosen, rejected: said("b") }], chat);
    expect(refused).toEqual([{ number: 1, reason }]);
  });

  it("control tokens inside of an answer are refused", () => {
    const good = { prompt: "hello", chosen: "fine", rejected: "no" };
    const { refused } = encodePreferences([good, { ...good, chosen: "fine<|im_end|>" }], chat);
    expect(refused[0].reason).toContain("content without control tokens");
  });
});

describe("batches of rankings", () => {
  it("hold the chosen answers first, then the rejected, and say what is prompt and what answer", () => {
    const [batch] = rankingSequence(pairs, { batchSize: 2, values: pairs.map((_, i) => [i + 0.5, -i]) });
    expect([batch.batchSize, batch.contextLength]).toEqual([4, 5]);
    const rows = [0, 1, 2, 3].map((row) => tokenizer.decode(batch.inputs.slice(row * 5, row * 5 + 5)));
    expect(rows.map((row) => row.slice(0, 4))).toEqual(["c>de", "d>ef", "c>b.", "d>cb"]);
    expect([...batch.segments!.slice(10, 15)]).toEqual([1, 1, 2, 2, 0]);
    expect([...batch.values!]).toEqual([0.5, 1.5, -0, -1]);
  });

  it("come once per epoch, in another order each time, and can be taken up again", () => {
    const make = () => rankingBatches(pairs, { batchSize: 1, seed: 3 });
    const loader = make();
    const epochs = [0, 1].map(() => pairs.map(() => loader.next().inputs.join()));
    expect(new Set(epochs[0]).size).toBe(pairs.length);
    expect([...epochs[0]].sort()).toEqual([...epochs[1]].sort());
    expect(epochs[0]).not.toEqual(epochs[1]);
    const state = loader.state();
    const later = make();
    later.restore(state);
    expect(later.next()).toEqual(loader.next());
    expect(() => rankingBatches(pairs, { batchSize: 1, seed: 4 }).restore(state)).toThrow(
      "with the same seed",
    );
  });

  it("need enough rankings of one size", () => {
    expect(() => rankingBatches(pairs, { batchSize: 99 })).toThrow(
      "expected at least 99 preferences for one batch",
    );
    const three = { ...pairs[0], answers: [...pairs[0].answers, ids("p.") as unknown as Uint32Array] };
    expect(() => rankingSequence([...pairs, three], { batchSize: 2 })).toThrow(
      "expected 2 answers in each ranking",
    );
    expect(() => rankingSequence(pairs, { batchSize: 2, length: 3 })).toThrow(
      "rows of at most 3 tokens, got 5",
    );
  });
});
