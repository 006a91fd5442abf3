import { describe, expect, test } from "vitest";
import { ansiToHtml, stripAnsi } from "../../../studio/report/ansi.ts";

describe("colours of terminals become HTML:", () => {
  test.each([
    ["plain text is escaped", "<a> & b", "&lt;a&gt; &amp; b"],
    ["a named colour", "\u001b[31mred\u001b[0m no", '<span class="ansi-red">red</span> no'],
    ["a bright colour is the same name", "\u001b[92mok\u001b[39m", '<span class="ansi-green">ok</span>'],
    [
      "bold and colour together",
      "\u001b[1;34mx\u001b[22my",
      '<span class="ansi-bold ansi-blue">x</span><span class="ansi-blue">y</span>',
    ],
    ["a colour of the 256", "\u001b[38;5;208mx", '<span style="color:rgb(255,135,0)">x</span>'],
    ["a grey of the 256", "\u001b[38;5;240mx", '<span style="color:rgb(88,88,88)">x</span>'],
    ["a colour of all", "\u001b[48;2;1;2;3mx", '<span style="background:rgb(1,2,3)">x</span>'],
    ["an empty sequence resets", "\u001b[31ma\u001b[mb", '<span class="ansi-red">a</span>b'],
    ["cursor movements and links are dropped", "a\u001b[2K\u001b]8;;http://x\u0007b\u001b]8;;\u0007", "ab"],
  ])("%s", (_name, text, html) => expect(ansiToHtml(text)).toBe(html));

  test("or plain text", () =>
    expect(stripAnsi("\u001b[1;31mred\u001b[0m and \u001b[4mmore\u001b[24m")).toBe("red and more"));
});
