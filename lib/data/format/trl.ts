/**
 * TRL's data set formats, standard (strings) and conversational (lists of messages):
 * `{"text"}`, `{"messages"}`, `{"prompt", "completion"}`, `{"prompt", "chosen", "rejected"}` (or without prompt,
 * when both answers contain it), `{"prompt", "completion", "label"}`.
 *
 * Source: TRL's documentation, "Dataset formats and types".
 */
import { checkMessages, isRecord, type Example, type Message, type Parsed } from "./examples.ts";

type Side = string | Message[];

/** One record in any of TRL's formats. */
export function parseTrl(record: unknown): Parsed {
  if (!isRecord(record)) return { wrong: "must be an object" };
  if ("chosen" in record || "rejected" in record) return parsePreference(record);
  if ("messages" in record) {
    const messages = checkMessages(record.messages, "messages");
    return "wrong" in messages ? messages : { kind: "conversation", messages };
  }
  if ("completion" in record) {
    const prompt = checkSide(record.prompt, "prompt");
    if (isWrong(prompt)) return prompt;
    const completion = checkSide(record.completion, "completion");
    if (isWrong(completion)) return completion;
    if (typeof prompt !== typeof completion)
      return { wrong: "prompt and completion must both be text or both be messages" };
    if (!("label" in record)) return { kind: "prompt-completion", prompt, completion };
    if (typeof record.label !== "boolean") return { wrong: "label must be true or false" };
    return { kind: "judgement", prompt, completion, label: record.label };
  }
  if (typeof record.text === "string") return { kind: "text", text: record.text };
  return {
    wrong: `needs text, messages, prompt and completion, or chosen and rejected; has ${Object.keys(record).join(", ") || "nothing"}`,
  };
}

function parsePreference(record: Record<string, unknown>): Parsed {
  const chosen = checkSide(record.chosen, "chosen");
  if (isWrong(chosen)) return chosen;
  const rejected = checkSide(record.rejected, "rejected");
  if (isWrong(rejected)) return rejected;
  if (typeof chosen !== typeof rejected)
    return { wrong: "chosen and rejected must both be text or both be messages" };
  if (record.prompt !== undefined) {
    const prompt = checkSide(record.prompt, "prompt");
    if (isWrong(prompt)) return prompt;
    return { kind: "preference", prompt, chosen, rejected };
  }
  return { kind: "preference", ...splitPrompt(chosen, rejected) };
}

/**
 * Finds the prompt that two answers share: their common beginning, cut at a message, or for text at the last
 * space before they differ.
 */
export function splitPrompt(chosen: Side, rejected: Side): { prompt: Side; chosen: Side; rejected: Side } {
  let common = 0;
  if (typeof chosen === "string" || typeof rejected === "string") {
    const [a, b] = [String(chosen), String(rejected)];
    while (common < a.length && common < b.length && a[common] === b[common]) common++;
    if (common < a.length && common < b.length)
      common = Math.max(a.lastIndexOf(" ", common - 1), a.lastIndexOf("\n", common - 1)) + 1;
    return { prompt: a.slice(0, common), chosen: a.slice(common), rejected: b.slice(common) };
  }
  const same = (i: number) => JSON.stringify(chosen[i]) === JSON.stringify(rejected[i]);
  // At least one message is left for each answer.
  while (common < chosen.length - 1 && common < rejected.length - 1 && same(common)) common++;
  return { prompt: chosen.slice(0, common), chosen: chosen.slice(common), rejected: rejected.slice(common) };
}

function checkSide(value: unknown, name: string): Side | { wrong: string } {
  if (typeof value === "string") return value;
  if (value === undefined) return { wrong: `${name} is missing` };
  return checkMessages(value, name);
}

function isWrong(value: Side | { wrong: string }): value is { wrong: string } {
  return typeof value === "object" && "wrong" in value;
}

/** An example as TRL's record; `parseTrl` reads it back unchanged. */
export function toTrl(example: Example): object {
  const { kind: _, ...record } = example;
  return record;
}
