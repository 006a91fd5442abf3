/**
 * Conversations as batches for supervised fine-tuning: a chat template and a tokenizer make ids of them, and only
 * what the assistant wrote is a target.
 *
 * targets[t] = ids[t + 1] where token t + 1 is the assistant's (its end of turn included), else −100. Several
 * conversations share a row (packing, pack.ts); `segments` keep them apart. Nothing of a conversation is a target
 * for another one. Shapes: inputs, targets, segments, positions are [batch, time].
 * Left out: conversations longer than a row are cut at its end, not continued in the next.
 */
import { fail } from "../core/errors.ts";
import { encodeChat, type ChatMessage, type ChatOptions } from "../tokenizers/chat/chat.ts";
import { chatFormats } from "../tokenizers/chat/templates.ts";
import type { Tokenizer } from "../tokenizers/tokenizer.ts";
import { packDocuments, type PackedRows } from "./pack.ts";
import { packedBatches, type PackedBatches } from "./packed-batches.ts";
import { IGNORED } from "./random-windows.ts";

/** What is encoded: `Conversation` of gradbook/data fits. */
export interface ChatExample {
  messages: readonly ChatMessage[];
  /** Given to the template as `tools`. */
  tools?: readonly object[];
}

export interface ConversationOptions extends Pick<ChatOptions, "format" | "variables"> {
  tokenizer: Tokenizer;
  /** Tokens in a row. */
  contextLength: number;
  /** Several conversations in a row. Default true; false gives each one its own row. */
  packing?: boolean;
  /** What is learned: the assistant's tokens (default), or all of them, as in pre-training. */
  learn?: "assistant" | "all";
  /** Id for free places. Default: the end-of-turn token of the format, or 0. Its targets never count. */
  padding?: number;
}

/** Conversations as rows, and what became of them. */
export interface EncodedConversations extends PackedRows {
  /** Conversations that are in the rows. */
  conversations: number;
  /** Cut because they are longer than a row. */
  cut: number;
  /** Left out, because nothing of what is left after cutting is to be learned. */
  leftOut: number;
  /** Places whose target counts. */
  learned: number;
}

/**
 * Conversations as packed rows; `packedSequence` makes batches for evaluation of them.
 *
 * @throws GradbookError naming the conversation that the template rejects, or when nothing is left to learn
 */
export function encodeConversations(
  examples: Iterable<ChatExample>,
  options: ConversationOptions,
): EncodedConversations {
  const { contextLength, packing = true, learn = "assistant" } = options;
  const [documents, labels]: [Uint32Array[], Int32Array[]] = [[], []];
  let [cut, leftOut, number] = [0, 0, 0];
  for (const example of examples) {
    const { ids, mask } = encodeOne(example, number++, options);
    if (ids.length > contextLength) cut++;
    const kept = ids.subarray(0, contextLength);
    const label = Int32Array.from(kept, (id, i) => (learn === "all" || mask[i] === 1 ? id : IGNORED));
    // The first token of a row is nobody's target.
    if (label.subarray(1).some((id) => id !== IGNORED)) {
      documents.push(kept);
      labels.push(label);
    } else leftOut++;
  }
  if (documents.length === 0)
    fail("encodeConversations", {
      expected: "a conversation with an assistant's message inside the first contextLength tokens",
      got: `${number} conversations, ${leftOut} of them without`,
    });
  const { padding = defaultPadding(options) } = options;
  const packed = packing
    ? packDocuments(documents, contextLength, padding, labels)
    : rowEach(documents, labels, contextLength, padding);
  const learned = packed.targets.reduce((count, id) => count + (id === IGNORED ? 0 : 1), 0);
  return { ...packed, conversations: documents.length, cut, leftOut, learned };
}

/**
 * A loader of conversations for fine-tuning: rows in an order that looks random, each once per epoch, resumable.
 *
 * @example
 * const { examples } = await readExamples("train.jsonl", parseOpenai);
 * const loader = conversationBatches(examples, { tokenizer, format: "chatml", contextLength: 256, batchSize: 8 });
 */
export function conversationBatches(
  examples: Iterable<ChatExample>,
  options: ConversationOptions & { batchSize: number; seed?: number },
): PackedBatches & { encoded: EncodedConversations } {
  const encoded = encodeConversations(examples, options);
  return { ...packedBatches(encoded, options), encoded };
}

function encodeOne(
  { messages, tools }: ChatExample,
  number: number,
  { tokenizer, format, variables }: ConversationOptions,
): { ids: Uint32Array; mask: Uint8Array } {
  try {
    const given = tools ? { ...variables, tools } : variables;
    const { ids, assistantMask: mask } = encodeChat(tokenizer, messages, { format, variables: given });
    return { ids, mask };
  } catch (cause) {
    return fail(`conversation ${number}`, {
      expected: "one that the template and the tokenizer take",
      got: (cause as Error).message,
      cause,
    });
  }
}

function defaultPadding({ tokenizer, format }: ConversationOptions): number {
  const { endOfTurn } = typeof format === "object" ? format : chatFormats[format];
  return tokenizer.special.get(endOfTurn) ?? 0;
}

/** As packing does it, with nothing packed: every conversation begins a row. */
function rowEach(
  documents: readonly Uint32Array[],
  labels: readonly Int32Array[],
  length: number,
  padding: number,
): PackedRows {
  const rows = documents.map((ids, i) => packDocuments([ids], length, padding, [labels[i]]));
  const joined = (part: (row: PackedRows) => Int32Array): Int32Array => {
    const out = new Int32Array(rows.length * length);
    rows.forEach((row, i) => out.set(part(row), i * length));
    return out;
  };
  return {
    rows: rows.length,
    length,
    ids: joined(({ ids }) => ids),
    targets: joined(({ targets }) => targets),
    segments: joined(({ segments }) => segments),
    positions: joined(({ positions }) => positions),
    fill: rows.reduce((sum, { fill }) => sum + fill, 0) / rows.length,
  };
}
