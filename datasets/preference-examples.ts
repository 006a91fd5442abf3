/** hh-harmless as preferences: the conversation up to the last answer, the answer people chose, and the other one. */
import type { Message, Preference } from "../lib/data/format/examples.ts";
import { hhHarmless } from "./hh-harmless.ts";

/**
 * About 2,300 pairs. Contains offensive text.
 *
 * Pairs whose conversations differ before the last answer, or whose answers are equal or empty, are left out.
 * @throws GradbookError when the file is not here and cannot be fetched
 */
export async function* hhPreferences(): AsyncGenerator<Preference> {
  for await (const { text, metadata } of hhHarmless.documents()) {
    const preference = preferenceOf(text, String(metadata.rejected));
    if (preference) yield preference;
  }
}

/** A pair of texts in hh-rlhf's form (`\n\nHuman: … \n\nAssistant: …`) as a preference, if they are one. */
export function preferenceOf(chosen: string, rejected: string): Preference | undefined {
  const [good, bad] = [chosen, rejected].map(hhMessages);
  const [prompt, other] = [good, bad].map((messages) => messages.slice(0, -1));
  const [yes, no] = [good.at(-1), bad.at(-1)];
  if (yes?.role !== "assistant" || no?.role !== "assistant" || prompt.length === 0) return undefined;
  if (JSON.stringify(prompt) !== JSON.stringify(other)) return undefined;
  if (yes.content === "" || no.content === "" || yes.content === no.content) return undefined;
  return { kind: "preference", prompt, chosen: [yes], rejected: [no] };
}

/** The turns of a conversation in hh-rlhf's form. */
export function hhMessages(text: string): Message[] {
  const turns = text.split(/\n\n(Human|Assistant):/).slice(1);
  return Array.from({ length: turns.length / 2 }, (_, i) => ({
    role: turns[2 * i] === "Human" ? "user" : "assistant",
    content: turns[2 * i + 1].trim(),
  }));
}
