import { createHash } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isHeldOut, mobyDick } from "../../datasets/index.ts";
import { cleanChapter } from "../../datasets/moby-dick.ts";

const book = mobyDick();

describe("Moby-Dick", () => {
  it("has 135 chapters and the epilogue", () => {
    expect(book.chapters.map(({ number }) => number)).toEqual(Array.from({ length: 136 }, (_, i) => i + 1));
    expect(book.chapters[0]).toMatchObject({ number: 1, title: "Loomings." });
    expect(book.chapters[0].text.slice(0, 16)).toBe("Call me Ishmael.");
    expect(book.chapters[135].text.slice(0, 18)).toBe("The drama's done. ");
  });

  it("holds out every tenth chapter", () => {
    const heldOut = book.chapters.filter(isHeldOut);
    expect(heldOut.map(({ number }) => number)).toEqual([
      10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 130,
    ]);
    expect(book.train.length).toBe(1_082_666);
    expect(book.validation.length).toBe(91_984);
    for (const { text } of heldOut) {
      expect(book.validation).toContain(text);
      expect(book.train).not.toContain(text);
    }
  });

  it("is the same text on every machine", () => {
    const digest = createHash("sha256").update(book.train).update(book.validation).digest("hex");
    expect(digest.slice(0, 16)).toBe("0aca85cf3c73d01b");
  });

  it("has completed titles, and no headings, footnotes or marks in the text", () => {
    expect(book.chapters[72].title).toBe(
      "Stubb and Flask Kill a Right Whale; and Then Have a Talk Over Him.",
    );
    expect(book.chapters[72].text.slice(0, 15)).toBe("It must be born");
    for (const { text } of book.chapters) {
      expect(text).not.toMatch(/^CHAPTER/m);
      expect(text).not.toContain("*");
      expect(text).not.toMatch(/ {3}/);
    }
  });

  it("gives verse its lines back", () => {
    const song = '     "The ribs and terrors in the whale,      Arched over me a dismal gloom,';
    expect(cleanChapter(9, "The Sermon.", song).text).toBe(
      '"The ribs and terrors in the whale,\nArched over me a dismal gloom,',
    );
  });

  it("drops a footnote with its mark", () => {
    expect(cleanChapter(24, "The Advocate.", 'It is "a royal fish." *\n\n*See elsewhere.\n\nEnd.').text).toBe(
      'It is "a royal fish."\n\nEnd.',
    );
  });

  it("says which file is missing and how to get it", () => {
    expect(() => mobyDick("/nowhere")).toThrow(
      /^mobyDick: expected a JSON file with title and text at \/nowhere\/chapter_1\.json, got ENOENT.*npm install/,
    );
  });

  it("says which file is empty", () => {
    const folder = mkdtempSync(join(tmpdir(), "gradbook-"));
    writeFileSync(join(folder, "chapter_1.json"), '{"title":"Loomings.","text":" "}');
    expect(() => mobyDick(folder)).toThrow(
      /expected a title and a text that is not empty in .*chapter_1\.json/,
    );
  });
});
