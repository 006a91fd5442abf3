/**
 * Texts that tokenizers get wrong: every script, emoji, code, white space of all kinds, control tokens, lone
 * surrogates, code points without character, and mixtures. Seeded, so a failing text comes back.
 */
import { random } from "../../lib/core/random.ts";

const SAMPLES = [
  "Call me Ishmael. Some years ago--never mind how long precisely--having little or no money in my purse,",
  "I'll don't WE'VE you're O'Neil 'tis 's'S'ſ'Ll'vE it'd she'M",
  "Größenwahn façade naïve coöperate Ångström İstanbul ŒUVRE ﬁnance ǅungla",
  "Привет, мир! Ёлка ЩУКА їжак",
  "你好,世界。我们在北京𠀀𪜀𫝀龜龜",
  "こんにちは、カタカナ、ひらがな。ﾊﾝｶｸ ヴ",
  "안녕하세요 세계 각",
  "مرحبا بالعالم، السَّلَامُ عَلَيْكُمْ ١٢٣",
  "שָׁלוֹם עוֹלָם",
  "नमस्ते दुनिया क्षत्रिय १२३४",
  "สวัสดีชาวโลก ภาษาไทย",
  "Χαίρετε Ὀδυσσεύς ΣΊΣΥΦΟΣ",
  "👩‍👩‍👧‍👦 🇩🇪🇫🇷 👍🏽 🤷🏿‍♀️ ☃️ ✨ 😀😃😄 🏳️‍🌈 1️⃣",
  "function f(x) {\n\treturn x ** 2; // squares\n}\n\n\nconst s = `a${b}`;",
  "    def __init__(self, camelCase, HTTPServer, snake_case):\r\n        self.x = 0x1F + 1e-9\r\n",
  '<html><body class="a">&nbsp;&amp;</body></html>//// https://example.org/a?b=c&d=%20#e',
  "1234567890 3.14159 1,000,000 ²³½ Ⅷ ٣٤ ௧ 10^-6 0xdeadbeef",
  "  \t\t \n \r\n\r \u00a0\u2003\u3000\u0085\u2028\u2029\u200b\ufeff\u000b\f  ",
  "e\u0301 a\u030a o\u0308\u0304 \u0301\u0301 \u20dd\u20dd\u{1d165}\u{e0100}",
  "𝕳𝖊𝖑𝖑𝖔 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝟙𝟚𝟛 𐐀𐐨 𞤀𞤢 𒀀 𓀀",
  "<|endoftext|> <|fim_prefix|> [CLS] [SEP] [MASK] <s></s> <unk> <|im_start|>user",
  "ʰʷˠ ªº ǲ ᾈ ⅷ ꙮ ﷽ ㎏ ﬃ ẞß ʕʔ",
  "\u0000\u0001\u001f\u007f\u0080\u009f\ufffd\uffff\ufdd0\u{10ffff}\ue000",
  "aaaaaaaaaaaaaaaaaaaaaaaa!!!!!!!!!!!!????....______======------",
];

/** `count` texts of up to `longest` pieces each. Without `surrogates` every text is well-formed. */
export function fuzzTexts(seed: number, count: number, { longest = 24, surrogates = true } = {}): string[] {
  const source = random(seed);
  const pick = <Item>(items: ArrayLike<Item>): Item => items[source.integer(items.length)];
  const pieces: (() => string)[] = [
    () => sliceOf(pick(SAMPLES)),
    () => sliceOf(pick(SAMPLES)),
    () => pick(SAMPLES).split(/(?<=\s)/u)[0],
    () => pick([" ", "  ", "\n", "\n\n", "\t", "\r\n", "   ", " \n ", "\u00a0", "\u3000", "\u0085", "\n  "]),
    () => pick([..."aZé中😀1'.-_ /\n"]).repeat(1 + source.integer(9)),
    () => pick(["'s", "'LL", "'ſ", "'", "''", "’s", "'ve", "'Re", "'d"]),
    () => String(source.integer(10 ** (1 + source.integer(9)))),
    () => String.fromCodePoint(scalar(source.integer(0x110000))),
    () => String.fromCodePoint(scalar(source.integer(0x3000))),
    () => (surrogates ? String.fromCharCode(0xd800 + source.integer(0x800)) : "?"),
  ];
  const sliceOf = (text: string) => {
    const characters = [...text];
    const start = source.integer(characters.length);
    return characters.slice(start, start + 1 + source.integer(20)).join("");
  };
  return Array.from({ length: count }, () => {
    let text = "";
    for (let left = 1 + source.integer(longest); left > 0; left--) text += pick(pieces)();
    return surrogates ? text : text.toWellFormed();
  });
}

function scalar(codePoint: number): number {
  return codePoint >= 0xd800 && codePoint < 0xe000 ? 0xfffd : codePoint;
}
