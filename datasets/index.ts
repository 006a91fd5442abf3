/** Data sets the notebooks use: one file each, with source, licence and cleaning. */
export { mobyDick, isHeldOut, type Chapter, type MobyDick } from "./moby-dick.ts";
export { cardText, type CardFacts, type Dataset } from "./card.ts";
export { datasetNamed, datasets } from "./catalogue.ts";
export { cacheFolder } from "../lib/core/cache-folder.ts";
export { cachedFile } from "./download.ts";
export { fromHub, hubFile, type HubFile } from "./hub.ts";
export { packageFolder } from "./npm-package.ts";
export { badWordLists, opinionTones } from "./word-lists.ts";
export { amazonReviews } from "./amazon-reviews.ts";
export { bbqReligion } from "./bbq-religion.ts";
export { brownCorpus } from "./brown.ts";
export { madeFilmReviews, madeProductReviews, madeProducts, type MadeProductReview, type MadeReview } from "./made-reviews.ts"; // prettier-ignore
export { cafeDialogues, cafePrompts, cafeScore, type CafeDialogue } from "./cafe-dialogues.ts";
export { crowsPairs } from "./crows-pairs.ts";
export { emojiCaptions } from "./emoji-captions.ts";
export { filmTable } from "./film-table.ts";
export { gsm8k } from "./gsm8k.ts";
export { harmExamples, type HarmExample } from "./harm-examples.ts";
export {
  gsm8kConversations,
  selfInstructConversations,
  wordNetConversations,
} from "./instruction-examples.ts";
export { hhMessages, hhPreferences, preferenceOf } from "./preference-examples.ts";
export { hhHarmless } from "./hh-harmless.ts";
export { humanEval } from "./human-eval.ts";
export { localeNames } from "./locale-names.ts";
export { movieReviews } from "./movie-reviews.ts";
export { projectReadmes } from "./project-readmes.ts";
export { selfInstructSeeds } from "./self-instruct-seeds.ts";
export { spamAssassin } from "./spam-assassin.ts";
export { stateOfTheUnion } from "./state-of-the-union.ts";
export { tinyShakespeare } from "./tiny-shakespeare.ts";
export { typescriptMessages } from "./typescript-messages.ts";
export { winogender } from "./winogender.ts";
export { wordNet } from "./wordnet.ts";
export { xstest } from "./xstest.ts";
export { afinn } from "./afinn.ts";
export { browserFacts } from "./browser-facts.ts";
export { considerateWords } from "./considerate-words.ts";
export { cuss } from "./cuss.ts";
export { emojiPictures } from "./emoji-pictures.ts";
export { flights, flightsFile } from "./flights.ts";
export { mnistDigits, mnistImages, type MnistImages } from "./mnist-digits.ts";
export { mobyDickChapters } from "./moby-dick-chapters.ts";
export { nastyStrings } from "./nasty-strings.ts";
export { naughtyWords } from "./naughty-words.ts";
export { opinionWords } from "./opinion-words.ts";
export { projectCode } from "./project-code.ts";
export { simplerWords } from "./simpler-words.ts";
export { vaderLexicon } from "./vader-lexicon.ts";
