/**
 * The stem of an English word, by Porter's rules (Program 14:3, 1980) with the changes that NLTK made to them, which
 * rouge-score uses: "relational" → "relat", "flies" → "fli", "dying" → "die".
 */

const IRREGULAR: Readonly<Record<string, string>> = {
  ...{ sky: "sky", skies: "sky", dying: "die", lying: "lie", tying: "tie", news: "news", innings: "inning" },
  ...{ inning: "inning", outings: "outing", outing: "outing", cannings: "canning", canning: "canning" },
  ...{ howe: "howe", proceed: "proceed", exceed: "exceed", succeed: "succeed" },
};

function isConsonant(word: string, i: number): boolean {
  if ("aeiou".includes(word[i])) return false;
  return word[i] !== "y" || i === 0 || !isConsonant(word, i - 1);
}

/** How often vowels are followed by consonants: m of [C](VC)ᵐ[V]. */
function measure(stem: string): number {
  let [count, before] = [0, true];
  for (let i = 0; i < stem.length; i++) {
    const consonant = isConsonant(stem, i);
    if (consonant && !before) count++;
    before = consonant;
  }
  return count;
}

const hasVowel = (stem: string): boolean => [...stem].some((_, i) => !isConsonant(stem, i));

function endsDouble(word: string): boolean {
  return word.length >= 2 && word.at(-1) === word.at(-2) && isConsonant(word, word.length - 1);
}

/** Consonant, vowel, consonant other than w, x, y; or just vowel, consonant. */
function endsShort(word: string): boolean {
  const last = word.length - 1;
  if (last === 1) return !isConsonant(word, 0) && isConsonant(word, 1);
  return (
    last >= 2 &&
    isConsonant(word, last - 2) &&
    !isConsonant(word, last - 1) &&
    isConsonant(word, last) &&
    !"wxy".includes(word[last])
  );
}

type Rule = readonly [ending: string, replacement: string, condition?: (stem: string) => boolean];

/** The first rule whose ending fits decides, whether its condition holds or not. */
function apply(word: string, rules: readonly Rule[]): string {
  for (const [ending, replacement, condition = () => true] of rules) {
    if (!word.endsWith(ending)) continue;
    const stem = word.slice(0, word.length - ending.length);
    return condition(stem) ? stem + replacement : word;
  }
  return word;
}

const some = (stem: string): boolean => measure(stem) > 0;
const more = (stem: string): boolean => measure(stem) > 1;
const withCondition = (condition: (stem: string) => boolean, pairs: string): Rule[] =>
  pairs.split(" ").map((pair) => [pair.split("/")[0], pair.split("/")[1], condition]);

const STEP_2: Rule[] = [
  ...withCondition(
    some,
    "ational/ate tional/tion enci/ence anci/ance izer/ize bli/ble alli/al entli/ent eli/e",
  ),
  ...withCondition(
    some,
    "ousli/ous ization/ize ation/ate ator/ate alism/al iveness/ive fulness/ful ousness/ous",
  ),
  ...withCondition(some, "aliti/al iviti/ive biliti/ble fulli/ful"),
  ["logi", "log", (stem) => some(`${stem}l`)],
];
const STEP_3 = withCondition(some, "icate/ic ative/ alize/al iciti/ic ical/ic ful/ ness/");
const STEP_4: Rule[] = [
  ...withCondition(more, "al/ ance/ ence/ er/ ic/ able/ ible/ ant/ ement/ ment/ ent/"),
  ["ion", "", (stem) => more(stem) && /[st]$/.test(stem)],
  ...withCondition(more, "ou/ ism/ ate/ iti/ ous/ ive/ ize/"),
];

function step1a(word: string): string {
  if (word.endsWith("ies") && word.length === 4) return `${word.slice(0, -3)}ie`;
  return apply(word, [["sses", "ss"], ["ies", "i"], ["ss", "ss"], ["s", ""]]); // prettier-ignore
}

function step1b(word: string): string {
  if (word.endsWith("ied")) return word.slice(0, -3) + (word.length === 4 ? "ie" : "i");
  if (word.endsWith("eed")) return apply(word, [["eed", "ee", some]]);
  const ending = ["ed", "ing"].find((end) => word.endsWith(end) && hasVowel(word.slice(0, -end.length)));
  if (ending === undefined) return word;
  const stem = word.slice(0, -ending.length);
  if (/(at|bl|iz)$/.test(stem)) return `${stem}e`;
  if (endsDouble(stem)) return /[lsz]$/.test(stem) ? stem : stem.slice(0, -1);
  return measure(stem) === 1 && endsShort(stem) ? `${stem}e` : stem;
}

function step2(word: string): string {
  if (word.endsWith("alli") && some(word.slice(0, -4))) return step2(word.slice(0, -2));
  return apply(word, STEP_2);
}

function step5(word: string): string {
  const stem = word.slice(0, -1);
  const dropsE = word.endsWith("e") && (more(stem) || (measure(stem) === 1 && !endsShort(stem)));
  const result = dropsE ? stem : word;
  return result.endsWith("ll") && more(result.slice(0, -1)) ? result.slice(0, -1) : result;
}

/** @param word in lower case */
export function porterStem(word: string): string {
  if (Object.hasOwn(IRREGULAR, word)) return IRREGULAR[word];
  if (word.length <= 2) return word;
  const step1 = step1b(step1a(word));
  const step1c = apply(step1, [["y", "i", (stem) => stem.length > 1 && isConsonant(stem, stem.length - 1)]]);
  return step5(apply(apply(step2(step1c), STEP_3), STEP_4));
}
