/** All data sets that come with a card, for `gradbook datasets` and for looking around. */
import { fail, nearest } from "../lib/core/errors.ts";
import type { Dataset } from "./card.ts";
import { afinn } from "./afinn.ts";
import { amazonReviews } from "./amazon-reviews.ts";
import { bbqReligion } from "./bbq-religion.ts";
import { brownCorpus } from "./brown.ts";
import { browserFacts } from "./browser-facts.ts";
import { considerateWords } from "./considerate-words.ts";
import { crowsPairs } from "./crows-pairs.ts";
import { cuss } from "./cuss.ts";
import { emojiCaptions } from "./emoji-captions.ts";
import { emojiPictures } from "./emoji-pictures.ts";
import { filmTable } from "./film-table.ts";
import { flights } from "./flights.ts";
import { gsm8k } from "./gsm8k.ts";
import { hhHarmless } from "./hh-harmless.ts";
import { humanEval } from "./human-eval.ts";
import { localeNames } from "./locale-names.ts";
import { mnistDigits } from "./mnist-digits.ts";
import { mobyDickChapters } from "./moby-dick-chapters.ts";
import { movieReviews } from "./movie-reviews.ts";
import { nastyStrings } from "./nasty-strings.ts";
import { naughtyWords } from "./naughty-words.ts";
import { opinionWords } from "./opinion-words.ts";
import { projectCode } from "./project-code.ts";
import { projectReadmes } from "./project-readmes.ts";
import { selfInstructSeeds } from "./self-instruct-seeds.ts";
import { simplerWords } from "./simpler-words.ts";
import { spamAssassin } from "./spam-assassin.ts";
import { stateOfTheUnion } from "./state-of-the-union.ts";
import { tinyShakespeare } from "./tiny-shakespeare.ts";
import { typescriptMessages } from "./typescript-messages.ts";
import { vaderLexicon } from "./vader-lexicon.ts";
import { winogender } from "./winogender.ts";
import { wordNet } from "./wordnet.ts";
import { xstest } from "./xstest.ts";

const ALL: readonly Dataset[] = [
  afinn,
  amazonReviews,
  bbqReligion,
  brownCorpus,
  browserFacts,
  considerateWords,
  crowsPairs,
  cuss,
  emojiCaptions,
  emojiPictures,
  filmTable,
  flights,
  gsm8k,
  hhHarmless,
  humanEval,
  localeNames,
  mnistDigits,
  mobyDickChapters,
  movieReviews,
  nastyStrings,
  naughtyWords,
  opinionWords,
  projectCode,
  projectReadmes,
  selfInstructSeeds,
  simplerWords,
  spamAssassin,
  stateOfTheUnion,
  tinyShakespeare,
  typescriptMessages,
  vaderLexicon,
  winogender,
  wordNet,
  xstest,
];

export function datasets(): readonly Dataset[] {
  return ALL;
}

/** @throws GradbookError for an unknown name, with the nearest known one */
export function datasetNamed(name: string): Dataset {
  const found = ALL.find((set) => set.name === name);
  if (found) return found;
  const names = ALL.map((set) => set.name);
  const near = nearest(name, names);
  return fail("datasetNamed", {
    expected: "a known data set",
    got: name,
    hint: near ? `did you mean ${near}?` : names.join(", "),
  });
}
