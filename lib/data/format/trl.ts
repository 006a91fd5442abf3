/**
 * TRL's data set types, each in standard form (strings) and conversational form (lists of messages):
 *
 *   language modelling     `{"text"}` · `{"messages"}`
 *   prompt only            `{"prompt"}`
 *   prompt and completion  `{"prompt", "completion"}`
 *   preference             `{"prompt", "chosen", "rejected"}`, or without prompt when both answers contain it
 *   unpaired preference    `{"prompt", "completion", "label"}`
 *   stepwise supervision   `{"prompt", "completions", "labels"}` (strings only)
 *
 * All but the first and last may carry `tools`. Source: TRL's documentation, "Dataset formats and types".
 * Left out: other columns (dropped), images.
 */
import { isRecord, type Example, type Message, type Parsed } from "./examples.ts";
import { checkMessages, checkTools, isWrong, type Wrong } from "./messages.ts";

type Side = string | Message[];

/** One record of any of TRL's types. */
export function parseTrl(record: unknown): Parsed {
  if (!isRecord(record)) return { wrong: "must be an object" };
  const tools = checkTools(record);
  if (isWrong(tools)) return tools;
  const parsed = parseType(record);
  return "wrong" in parsed || parsed.kind === "text" || parsed.kind === "stepwise"
    ? parsed
    : { ...parsed, ...tools };
}

function parseType(record: Record<string, unknown>): Parsed {
  if ("chosen" in record || "rejected" in record) return parsePreference(record);
  if ("messages" in record) {
    const messages = checkMessages(record.messages, "messages");
    return isWrong(messages) ? messages : { kind: "conversation", messages };
  }
  if ("completions" in record) return parseStepwise(record);
  if ("completion" in record) return parseCompletion(record);
  if ("prompt" in record) {
    const prompt = checkSide(record.prompt, "prompt");
    return isWrong(prompt) ? prompt : { kind: "prompt", prompt };
  }
  if (typeof record.text === "string") return { kind: "text", text: record.text };
  return {
    wrong: `needs text, messages, prompt, completion, or chosen and rejected; has ${Object.keys(record).join(", ") || "nothing"}`,
  };
}

function parseCompletion(record: Record<string, unknown>): Parsed {
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

function parseStepwise({ prompt, completions, labels }: Record<string, unknown>): Parsed {
  if (typeof prompt !== "string") return { wrong: "prompt must be a string" };
  if (!Array.isArray(completions) || !completions.every((step) => typeof step === "string"))
    return { wrong: "completions must be a list of strings, one for each step" };
  if (!Array.isArray(labels) || !labels.every((label) => typeof label === "boolean"))
    return { wrong: "labels must be a list of true and false" };
  if (labels.length !== completions.length)
    return { wrong: `labels must be as many as completions, ${completions.length}, got ${labels.length}` };
  return { kind: "stepwise", prompt, completions, labels };
}

function parsePreference(record: Record<string, unknown>): Parsed {
  const chosen = checkSide(record.chosen, "chosen");
  if (isWrong(chosen)) return chosen;
  const rejected = checkSide(record.rejected, "rejected");
  if (isWrong(rejected)) return rejected;
  if (typeof chosen !== typeof rejected)
    return { wrong: "chosen and rejected must both be text or both be messages" };
  if (record.prompt === undefined) return { kind: "preference", ...splitPrompt(chosen, rejected) };
  const prompt = checkSide(record.prompt, "prompt");
  if (isWrong(prompt)) return prompt;
  if (typeof prompt !== typeof chosen)
    return { wrong: "prompt, chosen and rejected must all be text or all be messages" };
  return { kind: "preference", prompt, chosen, rejected };
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

function checkSide(value: unknown, name: string): Side | Wrong {
  if (typeof value === "string") return value;
  if (value === undefined) return { wrong: `${name} is missing` };
  return checkMessages(value, name);
}

/** An example as TRL's record; `parseTrl` reads it back unchanged. */
export function toTrl(example: Example): object {
  const { kind: _, ...record } = example;
  return record;
}
