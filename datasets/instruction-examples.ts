/**
 * Instructions with answers as conversations, for supervised fine-tuning: questions on words made from WordNet's
 * glosses, the seed tasks of Self-Instruct, and GSM8K's problems.
 *
 * WordNet's questions come in four forms (meaning, word for a meaning, synonyms, a sentence), one for each sense,
 * chosen by the hash of its name; so the set is the same in every run, and `split` by text keeps senses apart.
 */
import type { Conversation } from "../lib/data/format/examples.ts";
import { hashFraction } from "../lib/data/hash.ts";
import { gsm8k } from "./gsm8k.ts";
import { selfInstructSeeds } from "./self-instruct-seeds.ts";
import { wordNet } from "./wordnet.ts";

/**
 * @param share of the senses that are used, the same ones in every run. Default 1: about 118,000 conversations
 * @throws GradbookError when the package is not installed
 */
export async function* wordNetConversations(share = 1): AsyncGenerator<Conversation> {
  for await (const { id, text, metadata } of wordNet.documents()) {
    if (hashFraction(id, 1) >= share) continue;
    const made = questionOnSense(id, text, metadata.words as string[], PARTS[String(metadata.part)]);
    if (made) yield made;
  }
}

const PARTS: Record<string, string> = { noun: "noun", verb: "verb", adj: "adjective", adv: "adverb" };

/** One conversation on a sense, undefined when its gloss defines nothing. */
export function questionOnSense(
  id: string,
  gloss: string,
  words: string[],
  part: string,
): Conversation | undefined {
  // Adjectives carry marks of their place: "galore(ip)".
  const [word, ...others] = words.map((one) => one.replace(/\(\w+\)$/, ""));
  const { definition, sentences } = partsOfGloss(gloss);
  if (definition === "") return undefined;
  const sentence = sentences.find((one) => one.toLowerCase().includes(word.toLowerCase()));
  const forms = [
    () => turn(`What does the ${part} "${word}" mean?`, `${capital(definition)}.`),
    () => turn(`Which ${part} means "${definition}"?`, capital(word)),
    () =>
      others.length > 0 &&
      turn(`Name other words for "${word}" (${definition}).`, capital(others.join(", "))),
    () => sentence && turn(`Use the ${part} "${word}" in a sentence.`, closed(capital(sentence))),
  ];
  const first = Math.floor(hashFraction(id, 2) * forms.length);
  // The first form that this sense has something for; meaning and word it always has.
  for (let i = 0; i < forms.length; i++) {
    const made = forms[(first + i) % forms.length]();
    if (made) return made;
  }
  return undefined;
}

/** A gloss is a definition, then sentences in quotation marks: `a large ship; "the ship sank"`. */
function partsOfGloss(gloss: string): { definition: string; sentences: string[] } {
  const sentences = [...gloss.matchAll(/"([^"]+)"/g)].map(([, sentence]) => sentence.trim());
  const quoted = gloss.search(/;?\s*"/);
  const definition = (quoted < 0 ? gloss : gloss.slice(0, quoted))
    .replace(/^\([^)]*\)\s*/, "")
    .replace(/[;:,\s]+$/, "");
  return { definition, sentences };
}

/** The seed tasks, one conversation for each instance. */
export async function* selfInstructConversations(): AsyncGenerator<Conversation> {
  for await (const { text, metadata } of selfInstructSeeds.documents()) {
    for (const { input, output } of metadata.instances as { input: string; output: string }[])
      yield turn(input.trim() === "" ? text : `${text}\n\n${input.trim()}`, output.trim());
  }
}

/** School problems with worked answers; the result stands after `####`. */
export async function* gsm8kConversations(part: "train" | "test" = "train"): AsyncGenerator<Conversation> {
  for await (const { text, metadata } of gsm8k.documents())
    if (metadata.part === part) yield turn(text, plainWorking(String(metadata.answer)));
}

/** Without the calculator's marks: `3*2=<<3*2=6>>6` reads `3*2=6`. */
function plainWorking(answer: string): string {
  return answer.replace(/<<[^>]*>>/g, "");
}

function turn(question: string, answer: string): Conversation {
  return {
    kind: "conversation",
    messages: [
      { role: "user", content: question },
      { role: "assistant", content: answer },
    ],
  };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function closed(sentence: string): string {
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
