/** Snippets of film reviews with ratings. 10,605 sentences from film reviews, each with the mean rating of twenty people from -4 (very negative) to 4. `metadata.rating` is the mean rating. */
import { dataset, type CardFacts } from "./card.ts";
import { ratedSentences } from "./rated-sentences.ts";

const FACTS: CardFacts = {
  name: "movie-reviews",
  title: "Snippets of film reviews with ratings",
  about:
    "10,605 sentences from film reviews, each with the mean rating of twenty people from -4 (very negative) to 4.",
  licence: "MIT (annotations; sentences from Rotten Tomatoes)",
  homepage: "https://github.com/cjhutto/vaderSentiment",
  uses: ["classification", "sentiment"],
  files: [
    {
      name: "movieReviewSnippets_GroundTruth.txt",
      url: "https://raw.githubusercontent.com/cjhutto/vaderSentiment/master/additional_resources/hutto_ICWSM_2014/movieReviewSnippets_GroundTruth.txt",
      sha256: "c8293b0d942e90e223ea2c0955d969040d1a1be514a978b9af0698940bd13350",
      size: 1383098,
    },
  ],
  size: 1383098,
};

export const movieReviews = dataset(FACTS, () => ratedSentences(FACTS.files![0]));
