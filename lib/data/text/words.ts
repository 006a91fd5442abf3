/**
 * Words of English text, cut the way the curated corpora were counted: the rules of spaCy's English tokenizer,
 * which datatrove uses for FineWeb's filters. "Don't stop, e.g. here." → Do n't stop , e.g. here .
 *
 * A chunk between spaces is peeled from both ends (quotes, brackets, punctuation, units after a digit) until a
 * known exception (abbreviation, contraction, emoticon), an address or nothing to peel is left; what remains is
 * cut at hyphens between letters and the like. As most chunks recur, their cuts are remembered.
 * Left out: other languages' exceptions; matching of exceptions across chunks.
 */

const ABBREVIATIONS = new Set(
  (
    "'S 's ‘S ‘s and/or w/o 're 'Cause 'cause 'cos 'Cos 'coz 'Coz 'cuz 'Cuz 'bout 'em 'll 'nuff 'd ma'am Ma'am " +
    "o'clock O'clock lovin' Lovin' havin' Havin' doin' Doin' goin' Goin' nothin' Nothin' nuthin' Nuthin' ol' Ol' " +
    "somethin' Somethin' Mt. Ak. Ala. Apr. Ariz. Ark. Aug. Calif. Colo. Conn. Dec. Del. Feb. Fla. Ga. Ia. Id. " +
    "Ill. Ind. Jan. Jul. Jun. Kan. Kans. Ky. La. Mar. Mass. Mich. Minn. Miss. N.C. N.D. N.H. N.J. N.M. N.Y. Neb. " +
    "Nebr. Nev. Nov. Oct. Okla. Ore. Pa. S.C. Sep. Sept. Tenn. Va. Wash. Wis. a.m. Adm. Bros. co. Co. Corp. D.C. " +
    "Dr. e.g. E.g. E.G. Gen. Gov. i.e. I.e. I.E. Inc. Jr. Ltd. Md. Messrs. Mo. Mont. Mr. Mrs. Ms. p.m. Ph.D. " +
    "Prof. Rep. Rev. Sen. St. vs. v.s. ' '' C++ \\\") <space> ä. ö. ü. :) :-) :)) :-)) (: (-: =) (= :] :-] =] " +
    ":o) :} 8) 8-) ;) ;-) (; :( :-( :(( ): =( >:( :') :'-) :'( :'-( :/ :-/ =/ =| :| :-| :1 :P :-P :p :-p :O :-O " +
    ":o :-o :0 :-0 :* :-* :3 :-3 =3 :> :-> :X :-X :x :-x :D :-D ;D ;-D =D xD XD xDD XDD 8D 8-D ^_^ ^__^ >.< ._. " +
    ";_; -_- -__- o_o o_O O_o O_O o.O O.o O.O o.o 0.0 @_@ <3 <33 </3"
  ).split(" "),
);

/** Where a known contraction is cut; `n't`, `'ll`, … with and without the apostrophe. */
const PRONOUN_ENDS: [words: string, ends: string[]][] = [
  ["i", ["'m", "m"]],
  [
    "i you he she it we they who what when where why how there that this these those",
    ["'ll", "ll", "'d", "d"],
  ],
  ["i you we they who what when where why how there those", ["'ve", "ve"]],
  ["you we they who what when where why how there", ["'re", "re"]],
  ["he she it who what when where why how there that this", ["'s", "s"]],
  [
    "ca could do does did had may might must need ought sha should wo would ai are is was were have has dare",
    ["n't", "nt"],
  ],
  ["could might must should would not", ["'ve", "ve"]],
];
/** Spelt like contractions without apostrophe, but words of their own. */
const NOT_CONTRACTIONS = new Set(["ill", "its", "hell", "shell", "shed", "were", "well", "whore"]);
const OTHER_CUTS: [string, string[]][] = [
  ["cannot", ["can", "not"]],
  ["gonna", ["gon", "na"]],
  ["gotta", ["got", "ta"]],
  ["let's", ["let", "'s"]],
  ["c'mon", ["c'm", "on"]],
  ["y'all", ["y'", "all"]],
  ["yall", ["y", "all"]],
];

const EXCEPTIONS = buildExceptions();

function buildExceptions(): Map<string, string[]> {
  const exceptions = new Map<string, string[]>([...ABBREVIATIONS].map((word) => [word, [word]]));
  for (let letter = 97; letter < 123; letter++) {
    const word = `${String.fromCharCode(letter)}.`;
    exceptions.set(word, [word]);
  }
  const add = (parts: string[]) => {
    for (const cased of [parts, [capital(parts[0]), ...parts.slice(1)]]) {
      if (!NOT_CONTRACTIONS.has(cased.join("").toLowerCase())) exceptions.set(cased.join(""), cased);
    }
  };
  for (const [words, ends] of PRONOUN_ENDS) {
    for (const word of words.split(" ")) {
      for (const end of ends) {
        add([word, end]);
        if (/^'?(ll|d)$/.test(end) || end.includes("n")) add([word, end, end.includes("'") ? "'ve" : "ve"]);
      }
    }
  }
  for (const [, parts] of OTHER_CUTS) add(parts);
  for (let hour = 1; hour <= 12; hour++)
    for (const half of ["a.m.", "am", "p.m.", "pm"]) exceptions.set(`${hour}${half}`, [String(hour), half]);
  return exceptions;
}

function capital(word: string): string {
  return word[0].toUpperCase() + word.slice(1);
}

const PUNCTUATION = "…,:;!?¿؟¡()\\[\\]{}<>_#*&。？！，、；：～·।،۔؛٪";
const QUOTES = "'\"”“`‘´’‚„»«「」『』（）〔〕【】《》〈〉⟦⟧";
const CURRENCY = "$£€¥฿₽﷼\\u20A0-\\u20BF";
// spaCy's list of icons leaves out the arrows and dingbats that also serve as mathematical signs.
const ICON = "[\\p{So}]";
const LETTER = "\\p{L}";
// Letters without case (Chinese, Arabic) pass for either.
const LOWER = "\\p{Ll}\\p{Lo}";
const UPPER = "\\p{Lu}\\p{Lo}";
const UNIT =
  "km²|km³|km|m²|m³|dm²|dm³|dm|cm²|cm³|cm|mm²|mm³|mm|ha|µm|nm|yd|in|ft|kg|mg|µg|lb|oz|m\\/s|km\\/h|kmh|mph|hPa|Pa|" +
  "mbar|mb|MB|kb|KB|gb|GB|tb|TB|[mgtTGMK%]";

const PREFIX = new RegExp(
  `^(?:[§%=—–]|\\+(?![0-9])|…+|[${PUNCTUATION}]|\\.\\.+|[${QUOTES}]|(?:US|[CA])\\$|[${CURRENCY}]|${ICON})`,
  "u",
);
const SUFFIX = new RegExp(
  `(?:…+|\\.\\.+|[${PUNCTUATION}]|['’][sS]|[${QUOTES}]|${ICON}|[—–]|(?<=[0-9])\\+|(?<=°[FfCcKk])\\.|` +
    `(?<=[0-9])(?:(?:US|[CA])\\$|[${CURRENCY}]|${UNIT})|(?<=[0-9${LOWER}%²\\-+${PUNCTUATION}${QUOTES}|?:])\\.|` +
    `(?<=[${UPPER}][${UPPER}])\\.)$`,
  "u",
);
const INFIX = new RegExp(
  `\\.\\.+|…|${ICON}|(?<=[0-9])[+\\-*^](?=[0-9-])|(?<=[${LOWER}${QUOTES}])\\.(?=[${UPPER}${QUOTES}])|` +
    `(?<=${LETTER}),(?=${LETTER})|(?<=[${LETTER}0-9])(?:---|--|——|[-–—~])(?=${LETTER})|` +
    `(?<=[${LETTER}0-9])[:<>=/](?=${LETTER})`,
  "gu",
);
const ADDRESS =
  /^(?:[\w+\-.]{2,}:\/\/)?(?:\S+(?::\S*)?@)?(?:(?:[1-9]\d?|1\d\d|2[01]\d|22[0-3])(?:\.(?:1?\d{1,2}|2[0-4]\d|25[0-5])){2}\.(?:[1-9]\d?|1\d\d|2[0-4]\d|25[0-4])|(?:[A-Za-z0-9\u00a1-\uffff][\w\u00a1-\uffff-]{0,62}\.)+\p{Ll}{2,63})(?::\d{2,5})?(?:[/?#]\S*)?$/u;
const PLAIN = /^[\p{L}\p{M}\p{N}]+$/u;

/** White space as Python and Rust see it: with the separators \x1c–\x1f and \x85, without U+FEFF. */

const SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

const CACHE_LIMIT = 200_000;
let cache = new Map<string, string[]>();

let lastText: string | undefined;
let lastWords: string[] = [];

/**
 * The words and punctuation marks of a text, in order.
 *
 * Several filters ask for the words of the same document, so the last answer is kept: do not change the array.
 */
export function splitWords(text: string): readonly string[] {
  if (text === lastText) return lastWords;
  const words: string[] = [];
  for (const chunk of text.split(SPACE)) {
    if (chunk === "") continue;
    let cut = cache.get(chunk);
    if (cut === undefined) {
      cut = cutChunk(chunk);
      if (cache.size >= CACHE_LIMIT) cache = new Map();
      // A long chunk is an address or binary data: it will not come again.
      if (chunk.length <= 40) cache.set(ownCopy(chunk), cut);
    }
    for (const word of cut) words.push(word);
  }
  lastText = text;
  lastWords = words;
  return words;
}

/** V8's substrings keep the whole text alive; a cached key must not. */
function ownCopy(text: string): string {
  return Buffer.from(text, "utf16le").toString("utf16le");
}

function cutChunk(source: string): string[] {
  const chunk = ownCopy(source);
  if (PLAIN.test(chunk) && !EXCEPTIONS.has(chunk)) return [chunk];
  const front: string[] = [];
  const back: string[] = [];
  let rest = chunk;
  // Peeling is linear in the peeled part; a chunk of megabytes of punctuation is cut without looking for addresses.
  const checkAddress = chunk.length < 2000;
  while (rest !== "") {
    if (EXCEPTIONS.has(rest)) break;
    const prefix = PREFIX.exec(rest)?.[0] ?? "";
    const afterPrefix = rest.slice(prefix.length);
    if (prefix !== "" && EXCEPTIONS.has(afterPrefix)) {
      front.push(prefix);
      rest = afterPrefix;
      break;
    }
    const suffix = suffixOf(afterPrefix);
    const beforeSuffix = rest.slice(0, rest.length - suffix.length);
    if (suffix !== "" && EXCEPTIONS.has(beforeSuffix)) {
      back.push(suffix);
      rest = beforeSuffix;
      break;
    }
    if (prefix === "" && suffix === "") break;
    if (prefix !== "") front.push(prefix);
    if (suffix !== "") back.push(suffix);
    rest = afterPrefix.slice(0, afterPrefix.length - suffix.length);
  }
  const middle = EXCEPTIONS.get(rest) ?? (checkAddress && ADDRESS.test(rest) ? [rest] : cutInside(rest));
  return [...front, ...middle, ...back.reverse()].filter((word) => word !== "");
}

const LONGEST_SUFFIX = 12;

function suffixOf(text: string): string {
  // A regular expression that ends in $ tries every start; the longest suffix that it can find is short.
  const tail = text.length > 2 * LONGEST_SUFFIX ? text.slice(-LONGEST_SUFFIX) : text;
  return SUFFIX.exec(tail)?.[0] ?? "";
}

function cutInside(text: string): string[] {
  const words: string[] = [];
  let start = 0;
  for (const match of text.matchAll(INFIX)) {
    if (match.index > start) words.push(text.slice(start, match.index));
    words.push(match[0]);
    start = match.index + match[0].length;
  }
  if (start < text.length) words.push(text.slice(start));
  return words;
}
