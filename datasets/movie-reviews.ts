/** Snippets of film reviews with ratings. 10,605 sentences from film reviews, each with the mean rating of twenty people from -4 (very negative) to 4. `metadata.rating` is the mean rating. */
import { readFile } from "node:fs/promises";
import type { Document } from "../lib/data/document.ts";
import { dataset, type CardFacts } from "./card.ts";
import { cachedFile } from "./download.ts";

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

async function* documents(): AsyncGenerator<Document> {
  const text = await readFile(await cachedFile(FACTS.files![0]), "utf8");
  for (const line of text.split(/\r?\n/)) {
    const [id, rating, ...sentence] = line.split("\t");
    if (sentence.length > 0)
      yield { id, text: sentence.join(" ").trim(), metadata: { rating: Number(rating) } };
  }
}

export const movieReviews = dataset(FACTS, documents);
