/**
 * Conversations as ids: render with a Jinja chat template, encode, and tell which ids the assistant wrote, the
 * ones a fine-tuned model learns from.
 */
import { Template } from "@huggingface/jinja";
import { fail, nearest, shown } from "../../core/errors.ts";
import type { Tokenizer } from "../tokenizer.ts";
import { chatFormats } from "./templates.ts";
import type { ChatFormat, ChatFormatName } from "./templates.ts";

export interface ChatMessage {
  role: string;
  content: string;
  /** 0 leaves an assistant's message out of the mask (OpenAI's fine-tuning files). */
  weight?: 0 | 1;
}

export interface ChatOptions {
  /** A format by name, or one's own template. */
  format: ChatFormatName | ChatFormat;
  /** Open a message of the assistant at the end, for it to answer. Default false. */
  addGenerationPrompt?: boolean;
  /** More that the template reads, e.g. `tools`. */
  variables?: Record<string, unknown>;
}

/** A conversation as ids; `assistantMask[i]` is 1 for an id that the assistant wrote, its end of turn included. */
export interface EncodedChat {
  text: string;
  ids: Uint32Array;
  assistantMask: Uint8Array;
}

/**
 * A conversation as the text that the model sees.
 *
 * @throws GradbookError for an unknown format, a conversation without messages, or what the template rejects
 * @example renderChat([{ role: "user", content: "Hi" }], { format: "chatml", addGenerationPrompt: true });
 */
export function renderChat(messages: readonly ChatMessage[], options: ChatOptions): string {
  return unmarked(renderMarked(messages, options));
}

/** The text with private characters where the template marks what the assistant writes. */
function renderMarked(messages: readonly ChatMessage[], options: ChatOptions): string {
  const { addGenerationPrompt = false, variables } = options;
  const { template, endOfTurn, beginOfText } = formatOf(options.format);
  for (const [i, message] of messages.entries()) {
    if (typeof message?.role !== "string" || typeof message.content !== "string") {
      fail(`chat message ${i}`, { expected: "a role and a content, both strings", got: shown(message) });
    }
  }
  if (messages.length === 0) fail("renderChat", { expected: "at least one message", got: "none" });
  try {
    return compiled(template).render({
      messages,
      add_generation_prompt: addGenerationPrompt,
      bos_token: beginOfText,
      eos_token: endOfTurn,
      ...variables,
    });
  } catch (cause) {
    // Also what a template rejects itself, with raise_exception.
    fail("chat template", {
      expected: "a conversation that the template takes",
      got: (cause as Error).message,
      cause,
    });
  }
}

/**
 * A conversation as ids, with a mask of what the assistant wrote.
 *
 * A message whose content spells a control token would be taken for one, so that is an error. Where a template marks
 * what the assistant writes (`{% generation %} … {% endgeneration %}`, as for transformers), the marks decide.
 * Otherwise it must grow by appending: what it renders for the first messages has to begin what it renders for all.
 */
export function encodeChat(
  tokenizer: Tokenizer,
  messages: readonly ChatMessage[],
  options: ChatOptions,
): EncodedChat {
  for (const [i, { content }] of messages.entries()) {
    for (const token of tokenizer.special.keys()) {
      if (content?.includes?.(token)) {
        fail(`chat message ${i}`, {
          expected: "content without control tokens",
          got: `${token} in ${shown(content)}`,
        });
      }
    }
  }
  const marked = renderMarked(messages, options);
  const text = unmarked(marked);
  const { ids, offsets } = tokenizer.encodeWithOffsets(text, {
    allowedSpecial: "all",
    addSpecialTokens: false,
  });
  const assistantMask = new Uint8Array(ids.length);
  const stretches =
    marked === text ? assistantStretches(messages, text, options) : markedStretches(messages, marked);
  let i = 0;
  for (const [start, end] of stretches) {
    while (i < ids.length && offsets[i][0] < start) i++;
    for (; i < ids.length && offsets[i][1] <= end; i++)
      if (offsets[i][1] > offsets[i][0]) assistantMask[i] = 1;
  }
  return { text, ids, assistantMask };
}

const GENERATION = /\{%(-?)\s*(end)?generation\s*(-?)%\}/g;
/** Private characters that stand for the marks while the template is rendered. */
const [OPEN, CLOSE] = ["\ue0f0\ue0f1\ue0f0", "\ue0f1\ue0f0\ue0f1"];
const MARK = new RegExp(`${OPEN}|${CLOSE}`, "g");

/** An empty block on each side of a mark keeps what the tag says about white space. */
function withMarks(template: string): string {
  return template.replaceAll(
    GENERATION,
    (_, left: string, end: string | undefined, right: string) =>
      `{%${left} if true %}{% endif %}{{ '${end ? CLOSE : OPEN}' }}{% if true %}{% endif ${right}%}`,
  );
}

function unmarked(text: string): string {
  return text.replaceAll(MARK, "");
}

/** Where in the text the marks of the template stand, without those of messages of weight 0. */
function markedStretches(messages: readonly ChatMessage[], marked: string): [number, number][] {
  const parts = marked.split(MARK);
  const weights = messages.filter(({ role }) => role === "assistant").map(({ weight }) => weight);
  if (parts.length !== 2 * weights.length + 1)
    fail("chat template", {
      expected: "one {% generation %} … {% endgeneration %} for each message of the assistant",
      got: `${(parts.length - 1) / 2} for ${weights.length} messages`,
    });
  let at = 0;
  const stretches: [number, number][] = [];
  for (const [i, part] of parts.entries()) {
    if (i % 2 === 1 && weights[(i - 1) / 2] !== 0) stretches.push([at, at + part.length]);
    at += part.length;
  }
  return stretches;
}

/** Where in the text the assistant's messages stand, from behind the generation prompt to the end of turn. */
function assistantStretches(
  messages: readonly ChatMessage[],
  text: string,
  options: ChatOptions,
): [number, number][] {
  const { endOfTurn } = formatOf(options.format);
  const stretches: [number, number][] = [];
  for (const [i, { role, weight }] of messages.entries()) {
    if (role !== "assistant" || weight === 0) continue;
    const before = i === 0 ? "" : renderChat(messages.slice(0, i), { ...options, addGenerationPrompt: true });
    const after = renderChat(messages.slice(0, i + 1), { ...options, addGenerationPrompt: false });
    if (!after.startsWith(before) || !text.startsWith(after)) {
      fail(`chat message ${i}`, {
        expected: "a template that only appends",
        got: "one that writes earlier messages differently once later ones follow",
      });
    }
    const endOfContent = after.lastIndexOf(endOfTurn);
    stretches.push([
      before.length,
      endOfContent < before.length ? after.length : endOfContent + endOfTurn.length,
    ]);
  }
  return stretches;
}

function formatOf(format: ChatFormatName | ChatFormat): ChatFormat {
  if (typeof format === "object") return format;
  if (Object.hasOwn(chatFormats, format)) return chatFormats[format];
  const near = nearest(String(format), Object.keys(chatFormats));
  fail("chat format", {
    expected: Object.keys(chatFormats).join(" | "),
    got: shown(format),
    hint: near && `did you mean ${near}?`,
  });
}

const templates = new Map<string, Template>();

function compiled(template: string): Template {
  let known = templates.get(template);
  if (known === undefined) {
    known = new Template(withMarks(template));
    templates.set(template, known);
  }
  return known;
}
