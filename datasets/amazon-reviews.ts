/** Snippets of product reviews with ratings. 3,708 sentences from product reviews, rated as the film reviews are. `metadata.rating` is the mean rating. */
import { dataset, type CardFacts } from "./card.ts";
import { ratedSentences } from "./rated-sentences.ts";

const FACTS: CardFacts = {
  name: "amazon-reviews",
  title: "Snippets of product reviews with ratings",
  about: "3,708 sentences from product reviews, rated as the film reviews are.",
  licence: "MIT (annotations; sentences from Amazon)",
  homepage: "https://github.com/cjhutto/vaderSentiment",
  uses: ["classification", "sentiment"],
  files: [
    {
      name: "amazonReviewSnippets_GroundTruth.txt",
      url: "https://raw.githubusercontent.com/cjhutto/vaderSentiment/master/additional_resources/hutto_ICWSM_2014/amazonReviewSnippets_GroundTruth.txt",
      sha256: "11a9807a0974a2506a2d3b4851eaf69b3d6d20688ce4923adda2312a4f6dd6c2",
      size: 373157,
    },
  ],
  size: 373157,
};

export const amazonReviews = dataset(FACTS, () => ratedSentences(FACTS.files![0]));
