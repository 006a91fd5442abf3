import { describe, expect, it } from "vitest";
import { decodeHtml, decodeText } from "../../lib/data/text/decode.ts";
import { characterCount, splitLines } from "../../lib/data/text/lines.ts";
import { foldText, normalizeText, unescapeReferences } from "../../lib/data/text/normalize.ts";
import { repairEncoding } from "../../lib/data/text/repair.ts";
import { countSentences, splitSentences } from "../../lib/data/text/sentences.ts";
import { splitWords } from "../../lib/data/text/words.ts";
import { htmlToText, html } from "../../lib/data/html/html.ts";

describe("words", () => {
  // Expected: spaCy 3.8.18, spacy.blank("en"), which datatrove counts with.
  it.each([
    ["Don't stop, e.g. here.", "Do n't stop , e.g. here ."],
    ["“I'd've gone—to U.S.A. (well-known)”", "“ I 'd 've gone — to U.S.A. ( well - known ) ”"],
    ["at 5pm, 3.5km; it's fine...", "at 5 pm , 3.5 km ; it 's fine ..."],
    ["see https://a.b.com/x?y=1.", "see https://a.b.com/x?y=1 ."],
    ["its Hell were cannot gonna", "its Hell were can not gon na"],
    ["$10,000 50% C++ :-)", "$ 10,000 50 % C++ :-)"],
  ])("%s", (text, words) => {
    expect(splitWords(text).join(" ")).toBe(words);
  });

  it("sentences end at marks, not at abbreviations", () => {
    expect(countSentences("It was e.g. 3.5 m. Mr. Smith left! Really?! Yes")).toBe(3);
    expect(countSentences("")).toBe(0);
    expect(splitSentences("Dr. Who came. He left.\nBye")).toEqual(["Dr. Who came.", "He left.", "Bye"]);
  });

  it("lines are Python's, lengths are code points", () => {
    expect(splitLines("a\r\nb\u2028c\n\nd\n")).toEqual(["a", "b", "c", "", "d"]);
    expect(splitLines("")).toEqual([]);
    expect(characterCount("a🙂é")).toBe(3);
  });
});

describe("spelling", () => {
  it.each([
    ["dâ€™Ã©tÃ©", "d’été"],
    ["Ð¿Ñ€Ð¸Ð²ÐµÑ‚", "привет"],
    ["ÃƒÂ© twice", "é twice"],
    ["L\u0092été", "L’été"],
    ["CAFÉ\u00a0!", "CAFÉ\u00a0!"],
    ["naïve façade, Škoda, 日本", "naïve façade, Škoda, 日本"],
  ])("repairs %j", (damaged, repaired) => expect(repairEncoding(damaged)).toBe(repaired));

  it("normalises line ends, invisible characters and spaces, and nothing else", () => {
    expect(normalizeText("a\r\nb\0\u200b\u00ad  \n\n\n\nc e\u0301\u00a0x\ud800")).toBe("a\nb\n\nc é x\ufffd");
    expect(normalizeText("“a”", { straightQuotes: true })).toBe('"a"');
    expect(unescapeReferences("R&amp;D &#8364; &#x20AC; &unknown;")).toBe("R&D € € &unknown;");
    expect(foldText("Héllo, WORLD 3.14!")).toBe("hello world 0");
  });

  it("decodes by mark, declaration and content", () => {
    expect(decodeText(Buffer.from("\ufeffa", "utf16le"))).toEqual({ text: "a", charset: "utf-16le" });
    expect(decodeText(Buffer.from("é"), "iso-8859-1").text).toBe("é");
    expect(decodeText(Buffer.from("\xe9", "latin1"), "utf-8").text).toBe("é");
    expect(
      decodeHtml(Buffer.from([...Buffer.from('<meta charset="shift_jis">'), 0x93, 0xfa])).text,
    ).toContain("日");
    expect(decodeText(Buffer.from("x"), "no-such-charset").charset).toBe("utf-8");
  });
});

describe("html", () => {
  const article =
    "A long enough sentence about the sea, the ship, and the whale that the captain wanted. ".repeat(4);
  const page = `<html lang="en"><head><title>The  Whale</title><style>p{}</style></head><body>
    <nav><a href="/">Home</a> <a href="/x">News</a></nav>
    <div class="share-buttons">Share this</div>
    <main><article><h1>The Whale</h1><p>${article}</p><p>Fish &amp; chips, he said.<br>And <b>left</b>.</p>
    <ul><li>one, for the road</li><li>two, for the sea</li></ul><script>var x = "<p>no</p>"</script></article></main>
    <div id="comments"><p>First! ${article}</p></div><footer>© 2020</footer></body></html>`;

  it("takes the article and leaves the frame", () => {
    expect(htmlToText(page)).toBe(
      `${article.trim()}\n\nFish & chips, he said.\nAnd left.\n\n- one, for the road\n- two, for the sea`,
    );
  });

  it("takes everything visible on demand", () => {
    const all = htmlToText(page, { keep: "all" });
    expect(all).toContain("Home News");
    expect(all).toContain("First!");
    expect(all).not.toContain("var x");
  });

  it("as a step keeps the title and leaves other documents alone", () => {
    const step = html();
    const made = step.apply({ id: "1", text: page, metadata: { contentType: "text/html" } });
    expect(made).toMatchObject({
      metadata: { title: "The Whale", htmlLanguage: "en", contentType: "text/plain" },
    });
    const plain = { id: "2", text: "<b>not a page</b>", metadata: {} };
    expect(step.apply(plain)).toBe(plain);
    expect(step.apply({ id: "3", text: "<html></html>", metadata: { contentType: "text/html" } })).toEqual({
      dropped: "no_text",
    });
  });

  it("survives broken pages", () => {
    for (const broken of [
      "",
      "<",
      "<p",
      "<p>a<div>b</p></span>c",
      "<table><tr><td>x",
      "<!--",
      "<script>never closed",
      "\0<p>\0a\0</p>",
      "<title>t<p>x",
      "&#99999999;&;",
    ])
      expect(typeof htmlToText(broken), broken).toBe("string");
    expect(htmlToText("<div>".repeat(20_000) + "deep" + "</div>".repeat(20_000))).toBe("deep");
    expect(htmlToText("<head><meta><body><p>a head that never closed, and its text</p>")).toBe(
      "a head that never closed, and its text",
    );
  });
});
