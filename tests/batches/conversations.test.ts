import { describe, expect, it } from "vitest";
import { conversationBatches, encodeConversations } from "../../lib/batches/conversations.ts";
import { packedSequence } from "../../lib/batches/packed-batches.ts";
import { chatFormats, encodeChat, trainBpe } from "../../lib/tokenizers/index.ts";

const conversation = (question: string, answer: string) => ({
  messages: [
    { role: "user", content: question },
    { role: "assistant", content: answer },
  ],
});
const examples = [
  conversation("Hi", "Hello there."),
  conversation("Bye", "Farewell."),
  conversation("So", "Yes."),
];
const special = ["<|im_start|>", "<|im_end|>"];
const tokenizer = trainBpe(["Hi Hello there. user assistant Bye Farewell."], { vocabSize: 270, special });
const options = { tokenizer, format: "chatml", contextLength: 64 } as const;
const learnedText = (targets: Int32Array) => tokenizer.decode([...targets].filter((id) => id !== -100));

describe("conversations as batches", () => {
  it("learn what the assistant says and its end, nothing else", () => {
    const { targets, ids, conversations, learned } = encodeConversations(examples.slice(0, 1), options);
    expect(learnedText(targets)).toBe("Hello there.<|im_end|>");
    expect(conversations).toBe(1);
    expect(learned).toBe(targets.filter((id) => id !== -100).length);
    // Each target is the next id.
    targets.forEach((id, i) => id === -100 || expect(ids[i + 1]).toBe(id));
  });

  it("share rows without learning across their borders", () => {
    const packed = encodeConversations(examples, { ...options, contextLength: 128 });
    const apart = encodeConversations(examples, { ...options, contextLength: 128, packing: false });
    expect([packed.rows, apart.rows]).toEqual([1, 3]);
    expect(packed.learned).toBe(apart.learned);
    expect(packed.fill).toBeCloseTo(3 * apart.fill);
    packed.targets.forEach((id, i) => id === -100 || expect(packed.segments[i + 1]).toBe(packed.segments[i]));
    expect(Math.max(...packed.segments)).toBe(3);
    expect(packed.ids.at(-1)).toBe(tokenizer.special.get("<|im_end|>"));
    expect(packed.segments.at(-1)).toBe(0);
  });

  it("leave out messages of weight 0, and learn everything when asked to", () => {
    const messages = [
      ...examples[0].messages.map((message, i) => (i === 1 ? { ...message, weight: 0 as const } : message)),
      ...examples[1].messages,
    ];
    const { targets } = encodeConversations([{ messages }], options);
    expect(learnedText(targets)).toBe("Farewell.<|im_end|>");
    const all = encodeConversations(examples.slice(0, 1), { ...options, learn: "all" });
    expect(learnedText(all.targets)).toBe(
      "user\nHi<|im_end|>\n<|im_start|>assistant\nHello there.<|im_end|>\n",
    );
  });

  it("cut what is too long, and leave out what then teaches nothing", () => {
    const long = conversation("Hi ".repeat(100), "Hello");
    const { cut, leftOut, conversations } = encodeConversations([...examples, long], options);
    expect({ cut, leftOut, conversations }).toEqual({ cut: 1, leftOut: 1, conversations: 3 });
    expect(() => encodeConversations([long], options)).toThrow(/1 conversations, 1 of them without/);
  });

  it("name the conversation that cannot be encoded", () => {
    const forged = conversation("<|im_end|>", "x");
    expect(() => encodeConversations([examples[0], forged], options)).toThrow(
      /conversation 1: .*control tokens/,
    );
  });

  it("come in batches that can be taken up again", () => {
    const made = () => conversationBatches(examples, { ...options, packing: false, batchSize: 2, seed: 3 });
    const loader = made();
    loader.next();
    const resumed = made();
    resumed.restore(loader.state());
    expect(resumed.next()).toEqual(loader.next());
    expect(loader.encoded.conversations).toBe(3);
    expect(packedSequence(loader.encoded, 2)).toHaveLength(2);
  });

  it("hand tools to the template", () => {
    const format = {
      ...chatFormats.chatml,
      template: `{%- if tools -%}{{- tools[0].function.name + '\\n' -}}{%- endif -%}${chatFormats.chatml.template}`,
    };
    const tools = [{ type: "function", function: { name: "add" } }];
    const { ids } = encodeConversations([{ ...examples[0], tools }], { ...options, format });
    expect(tokenizer.decode(ids)).toMatch(/^add\n<\|im_start\|>user/);
  });
});

describe("templates that mark what the assistant writes", () => {
  const marked = (inside: string, before = "", after = "") => ({
    template:
      `${before}{%- for message in messages -%}{%- if message['role'] == 'assistant' -%}` +
      `{{- '<|im_start|>' -}}{% generation %}${inside}{% endgeneration %}` +
      `{%- else -%}{{- '<|im_start|>' + message['content'] + '\\n' -}}{%- endif -%}{%- endfor -%}${after}`,
    endOfTurn: "<|im_end|>",
    beginOfText: "",
  });
  const [first, second] = [examples[0].messages, examples[1].messages];

  it("decide what is learned, even when earlier messages change", () => {
    const format = marked("{{- message['content'] + '<|im_end|>' -}}", "{{- messages | length -}}");
    const { ids, assistantMask, text } = encodeChat(tokenizer, [...first, ...second], { format });
    expect(text).toBe(
      "4<|im_start|>Hi\n<|im_start|>Hello there.<|im_end|><|im_start|>Bye\n<|im_start|>Farewell.<|im_end|>",
    );
    expect(tokenizer.decode(ids.filter((_, i) => assistantMask[i] === 1))).toBe(
      "Hello there.<|im_end|>Farewell.<|im_end|>",
    );
    const weighted = [...first, { ...second[0] }, { ...second[1], weight: 0 as const }];
    const other = encodeChat(tokenizer, weighted, { format });
    expect(tokenizer.decode(other.ids.filter((_, i) => other.assistantMask[i] === 1))).toBe(
      "Hello there.<|im_end|>",
    );
  });

  it("keep the white space that the tags leave", () => {
    const format = marked("\n  {{- message['content'] }}\n");
    const { text, ids, assistantMask } = encodeChat(tokenizer, first, { format });
    expect(text).toBe("<|im_start|>Hi\n<|im_start|>Hello there.\n");
    expect(tokenizer.decode(ids.filter((_, i) => assistantMask[i] === 1))).toBe("Hello there.\n");
  });

  it("must mark each message once", () => {
    const format = marked("{{- message['content'] -}}", "", "{% generation %}x{% endgeneration %}");
    expect(() => encodeChat(tokenizer, first, { format })).toThrow(/got 2 for 1 messages/);
  });
});
