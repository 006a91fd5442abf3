/** Pictures of emoji with their names. A document is the name and category of one emoji; `metadata.image` is the path of its picture, a PNG of 64 × 64. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Document } from "../lib/data/document.ts";
import { dataset, type CardFacts } from "./card.ts";
import { packageFolder } from "./npm-package.ts";

const FACTS: CardFacts = {
  name: "emoji-pictures",
  title: "Pictures of emoji with their names",
  about:
    "About 1,900 emoji and 1,800 variants of skin as PNG, 64 × 64. `text` is the name in words, `metadata.image` the path of the picture, `metadata.category` what it shows.",
  licence: "MIT (data), CC-BY-4.0 (pictures: Twitter)",
  homepage: "https://www.npmjs.com/package/emoji-datasource-twitter",
  uses: ["image captions", "text to image", "contrastive learning"],
  npm: "emoji-datasource-twitter@16.0.0",
  size: 70_000_000,
};

interface Emoji {
  name: string;
  short_name: string;
  category: string;
  image: string;
  has_img_twitter: boolean;
  skin_variations?: Record<string, { image: string; has_img_twitter: boolean }>;
}

/** Words for the five tones of skin, by their code points. */
const TONES: Record<string, string> = {
  "1F3FB": "light skin",
  "1F3FC": "medium-light skin",
  "1F3FD": "medium skin",
  "1F3FE": "medium-dark skin",
  "1F3FF": "dark skin",
};

async function* documents(): AsyncGenerator<Document> {
  const folder = packageFolder(FACTS.npm!);
  const all: Emoji[] = JSON.parse(readFileSync(join(folder, "emoji.json"), "utf8"));
  for (const { name, short_name: short, category, image, has_img_twitter: has, skin_variations } of all) {
    const text = (name || short.replaceAll("-", " ")).toLowerCase();
    const document = (id: string, caption: string, file: string): Document => {
      const path = join(folder, "img/twitter/64", file);
      return { id, text: caption, metadata: { image: path, category } };
    };
    if (has) yield document(short, text, image);
    for (const [tone, variant] of Object.entries(skin_variations ?? {})) {
      const words = tone.split("-").map((one) => TONES[one]);
      if (variant.has_img_twitter)
        yield document(`${short}:${tone}`, `${text}, ${words.join(" and ")}`, variant.image);
    }
  }
}

export const emojiPictures = dataset(FACTS, documents);
