import { describe, expect, it } from "vitest";
import { CharTokenizer, trainCharTokenizer } from "../../lib/tokenizers/char.ts";

describe("the character tokenizer", () => {
  const tokenizer = trainCharTokenizer("hello — 🐋");

  it("numbers the characters in code-point order", () => {
    expect(tokenizer.vocabSize).toBe(7);
    expect([0, 1, 2, 3, 4, 5, 6].map((id) => tokenizer.idToToken(id))).toEqual([
      " ",
      "e",
      "h",
      "l",
      "o",
      "—",
      "🐋",
    ]);
    expect(tokenizer.tokenToId("🐋")).toBe(6);
  });

  it("encodes and decodes without loss", () => {
    expect(tokenizer.encode("hole 🐋")).toEqual(Uint32Array.of(2, 4, 3, 1, 0, 6));
    expect(tokenizer.decode(tokenizer.encode("hole 🐋"))).toBe("hole 🐋");
    expect(tokenizer.encodeBatch(["he", ""])).toEqual([Uint32Array.of(2, 1), new Uint32Array()]);
  });

  it("says where each token stands", () => {
    expect(tokenizer.encodeWithOffsets("h🐋o").offsets).toEqual([
      [0, 1],
      [1, 3],
      [3, 4],
    ]);
  });

  it("names a character it does not know", () => {
    expect(() => tokenizer.encode("hex")).toThrow(
      "CharTokenizer.encode: expected one of the 7 characters of the training text, got 'x'",
    );
  });

  it("writes <unk> for it when told so", () => {
    const lenient = trainCharTokenizer("ab", { unknown: "<unk>" });
    expect(lenient.encode("axb")).toEqual(Uint32Array.of(0, 2, 1));
    expect(lenient.decode([0, 2, 1])).toBe("a<unk>b");
    expect(lenient.decode([0, 2, 1], { skipSpecial: true })).toBe("ab");
  });

  it("survives JSON", () => {
    for (const unknown of [undefined, "<unk>"]) {
      const before = trainCharTokenizer("call me\n0123", { unknown });
      const after = CharTokenizer.fromJSON(JSON.parse(JSON.stringify(before.toJSON())));
      expect(after.encode("me 3\n0")).toEqual(before.encode("me 3\n0"));
      expect(after.special).toEqual(before.special);
    }
  });

  it("refuses ids outside the vocabulary, empty training text and other files", () => {
    expect(() => tokenizer.decode([7])).toThrow("expected ids below 7, got 7");
    expect(() => trainCharTokenizer("")).toThrow("expected a text to take the characters from");
    expect(() => CharTokenizer.fromJSON({ model: { type: "BPE" } })).toThrow("single characters");
    expect(() => CharTokenizer.fromJSON(null)).toThrow("single characters");
  });
});
