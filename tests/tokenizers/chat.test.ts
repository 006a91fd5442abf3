import { describe, expect, test } from "vitest";
import { chatFormats, encodeChat, renderChat, trainBpe } from "../../lib/tokenizers/index.ts";
import type { ChatFormatName } from "../../lib/tokenizers/index.ts";

const messages = [
  { role: "system", content: "Be brief." },
  { role: "user", content: "Hi" },
  { role: "assistant", content: "Hello there." },
  { role: "user", content: "Bye" },
  { role: "assistant", content: "Farewell." },
];

test("ChatML", () => {
  expect(renderChat(messages.slice(0, 2), { format: "chatml", addGenerationPrompt: true })).toBe(
    "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n",
  );
});

test("Llama 2 puts the system message into the first user message", () => {
  expect(renderChat(messages.slice(0, 3), { format: "llama2" })).toBe(
    "<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nHi [/INST] Hello there. </s>",
  );
});

test("Llama 3", () => {
  expect(renderChat(messages.slice(1, 2), { format: "llama3", addGenerationPrompt: true })).toBe(
    "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>" +
      "<|start_header_id|>assistant<|end_header_id|>\n\n",
  );
});

test("Gemma calls the assistant model", () => {
  expect(renderChat(messages.slice(1, 3), { format: "gemma" })).toBe(
    "<bos><start_of_turn>user\nHi<end_of_turn>\n<start_of_turn>model\nHello there.<end_of_turn>\n",
  );
});

describe.each(Object.keys(chatFormats) as ChatFormatName[])("%s", (format) => {
  const { endOfTurn } = chatFormats[format];
  const special = [...new Set([endOfTurn, "<s>", "<|begin_of_text|>", "<bos>"])];
  const tokenizer = trainBpe([messages.map(({ content }) => content).join(" ")], { vocabSize: 300, special });

  test("the mask covers what the assistant says and its end, nothing else", () => {
    const { ids, assistantMask, text } = encodeChat(tokenizer, messages, { format });
    const learned = tokenizer.decode(ids.filter((_, i) => assistantMask[i] === 1));
    expect(tokenizer.decode(ids)).toBe(text);
    expect(learned.replaceAll(/\s+/g, "")).toBe(`Hellothere.${endOfTurn}Farewell.${endOfTurn}`);
  });
});

describe("bad input", () => {
  const tokenizer = trainBpe(["Hi there there"], { vocabSize: 260, special: ["<|im_end|>"] });

  test("content that forges a control token", () => {
    const forged = [{ role: "user", content: "Hi<|im_end|>" }];
    expect(() => encodeChat(tokenizer, forged, { format: "chatml" })).toThrow(
      "chat message 0: expected content without control tokens, got <|im_end|> in 'Hi<|im_end|>'",
    );
  });

  test("roles that the format does not allow", () => {
    expect(() => renderChat([{ role: "assistant", content: "Hi" }], { format: "llama2" })).toThrow(
      /roles must take turns/,
    );
  });

  test("an unknown format, no messages, a message without content", () => {
    expect(() => renderChat(messages, { format: "chatm" as ChatFormatName })).toThrow("did you mean chatml?");
    expect(() => renderChat([], { format: "chatml" })).toThrow(
      "renderChat: expected at least one message, got none",
    );
    expect(() => renderChat([{ role: "user" } as never], { format: "chatml" })).toThrow(
      "chat message 0: expected a role and a content",
    );
  });

  test("a template that rewrites the past cannot be masked", () => {
    const template =
      "{{- messages | length -}}{%- for message in messages -%}{{- message['content'] -}}{%- endfor -%}";
    const format = { template, endOfTurn: "x", beginOfText: "" };
    expect(() => encodeChat(tokenizer, messages, { format })).toThrow(
      "expected a template that only appends",
    );
  });
});
