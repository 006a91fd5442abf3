/** The formats of training examples: what is read, what is refused, what is written. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { splitAnswer, toConversation, toPrompt, unpair } from "../../lib/data/format/convert.ts";
import {
  readExamples,
  writeExamples,
  type Conversation,
  type Example,
  type Preference,
} from "../../lib/data/format/examples.ts";
import { parseAlpaca, parseShareGpt } from "../../lib/data/format/instructions.ts";
import { maskWords } from "../../lib/data/format/masked.ts";
import { parseOpenai, toOpenai } from "../../lib/data/format/openai.ts";
import { parseTrl, toTrl } from "../../lib/data/format/trl.ts";
import { temporaryFolder } from "./temporary.ts";

const folder = temporaryFolder();
const TOOLS = [
  { type: "function", function: { name: "add", parameters: { type: "object", properties: {} } } },
];
/** A conversation in which the assistant calls a tool and reads its answer. */
const CALLING: Conversation = {
  kind: "conversation",
  messages: [
    { role: "user", content: "2 + 2?" },
    {
      role: "assistant",
      content: "",
      tool_calls: [{ id: "c1", type: "function", function: { name: "add", arguments: "{}" } }],
    },
    { role: "tool", content: "4", tool_call_id: "c1" },
    { role: "assistant", content: "4" },
  ],
  tools: TOOLS,
  parallel_tool_calls: false,
};

describe("formats", () => {
  const conversation: Conversation = {
    kind: "conversation",
    messages: [
      { role: "user", content: "Hi" },
      { role: "assistant", content: "Hello" },
    ],
  };
  const preference: Preference = {
    kind: "preference",
    prompt: [{ role: "user", content: "Hi" }],
    chosen: [{ role: "assistant", content: "Hello" }],
    rejected: [{ role: "assistant", content: "Go" }],
  };

  it("OpenAI's and TRL's files read back as they were written", async () => {
    const trl: Example[] = [
      conversation,
      preference,
      { kind: "prompt-completion", prompt: "a", completion: "b" },
      { kind: "judgement", prompt: "a", completion: "b", label: false },
      { kind: "text", text: "t" },
      { kind: "prompt", prompt: "a" },
      { kind: "prompt", prompt: [{ role: "user", content: "Hi" }], tools: TOOLS },
      { kind: "prompt-completion", prompt: preference.prompt, completion: preference.chosen, tools: TOOLS },
      { kind: "preference", prompt: "a", chosen: "b", rejected: "c" },
      { kind: "judgement", prompt: preference.prompt, completion: preference.chosen, label: true },
      { kind: "stepwise", prompt: "2+2", completions: ["2 and 2", "is 5"], labels: [true, false] },
    ];
    writeExamples(folder("trl.jsonl"), trl, toTrl);
    expect(await readExamples(folder("trl.jsonl"), parseTrl)).toEqual({ examples: trl, problems: [] });
    const openai = [conversation, preference, { ...preference, tools: TOOLS }, CALLING];
    writeExamples(folder("openai.jsonl"), openai, toOpenai);
    expect(await readExamples(folder("openai.jsonl"), parseOpenai)).toEqual({
      examples: openai,
      problems: [],
    });
    expect(JSON.parse(readFileSync(folder("openai.jsonl"), "utf8").split("\n")[0])).toEqual({
      messages: conversation.messages,
    });
    expect(JSON.parse(readFileSync(folder("openai.jsonl"), "utf8").split("\n")[2]).input.tools).toEqual(
      TOOLS,
    );
    expect(() => toOpenai({ kind: "text", text: "t" })).toThrow(/got text/);
    expect(() =>
      writeExamples(folder("half.jsonl"), [conversation, { kind: "text", text: "" }], toOpenai),
    ).toThrow(/got text/);
    expect(existsSync(folder("half.jsonl"))).toBe(false);
    expect(existsSync(folder("half.jsonl.partial"))).toBe(false);
  });

  it("mistakes are told with their line", async () => {
    const lines = [
      '{"messages":[{"role":"user","content":"Hi"}]}',
      "",
      '{"messages":[{"role":"robot","content":"x"}]}',
      "{",
      '{"messages":[]}',
    ];
    writeFileSync(folder("bad.jsonl"), lines.join("\n"));
    const { problems } = await readExamples(folder("bad.jsonl"), parseOpenai);
    expect(problems.map(({ where, reason }) => [where.split(":").at(-1), reason.slice(0, 46)])).toEqual([
      ["1", "the last message must be the assistant's"],
      ["3", "messages[0].role must be one of system, develo"],
      ["4", expect.stringContaining("invalid JSON")],
      ["5", "messages must be a list of messages"],
    ]);
    await expect(readExamples(folder("bad.jsonl"), parseOpenai, true)).rejects.toThrow(
      /bad\.jsonl:1: expected a valid example/,
    );
  });

  it("what is wrong with TRL's records is said in a sentence", () => {
    const user = { role: "user", content: "Hi" };
    const wrong: [object, string][] = [
      [{}, "needs text, messages, prompt, completion, or chosen and rejected; has nothing"],
      [{ completion: "b" }, "prompt is missing"],
      [{ prompt: "a", completion: [user] }, "prompt and completion must both be text or both be messages"],
      [
        { prompt: "a", chosen: [user], rejected: [user] },
        "prompt, chosen and rejected must all be text or all be messages",
      ],
      [{ prompt: "a", completion: "b", label: 1 }, "label must be true or false"],
      [{ prompt: "a", completions: ["b"], labels: [] }, "labels must be as many as completions, 1, got 0"],
      [{ prompt: [user], completions: [], labels: [] }, "prompt must be a string"],
      [
        { prompt: "a", tools: [{ name: "f" }] },
        'tools[0] must be {"type": "function", "function": {"name": …}}',
      ],
      [{ messages: [{ ...user, tool_calls: [] }] }, "messages[0].tool_calls belong to assistant messages"],
      [
        { messages: [{ role: "assistant", content: null, tool_calls: [{}] }] },
        "messages[0].tool_calls must be a list of calls with function.name and arguments",
      ],
      [
        { messages: [{ role: "user", content: [{ type: "image_url" }] }] },
        "messages[0].content must be a string or a list of text parts",
      ],
    ];
    for (const [record, sentence] of wrong) expect(parseTrl(record)).toEqual({ wrong: sentence });
    expect(parseTrl({ messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }] })).toEqual({
      kind: "conversation",
      messages: [user],
    });
    expect(parseOpenai({ messages: [user, { role: "tool", content: "7", tool_call_id: "x" }] })).toEqual({
      wrong: "messages[1].tool_call_id must be the id of a call before it",
    });
  });

  it("one kind becomes another where nothing has to be invented", () => {
    expect(toConversation(preference)).toEqual(conversation);
    expect(toConversation({ kind: "prompt-completion", prompt: "Hi", completion: "Hello" })).toEqual(
      conversation,
    );
    expect(splitAnswer(conversation)).toEqual({
      kind: "prompt-completion",
      prompt: preference.prompt,
      completion: preference.chosen,
    });
    expect(toPrompt(conversation)).toEqual({ kind: "prompt", prompt: preference.prompt });
    expect(
      unpair({ ...preference, tools: TOOLS }).map(({ label, completion, tools }) => [
        label,
        completion,
        tools,
      ]),
    ).toEqual([
      [true, preference.chosen, TOOLS],
      [false, preference.rejected, TOOLS],
    ]);
    expect(() => toConversation(unpair(preference)[1])).toThrow(/got a judgement with label false/);
    expect(() => splitAnswer({ kind: "conversation", messages: [{ role: "user", content: "Hi" }] })).toThrow(
      /an assistant's message after another one/,
    );
  });

  it("a prompt that both answers contain is split off", () => {
    expect(parseTrl({ chosen: "Q: why? A: because", rejected: "Q: why? A: before" })).toEqual({
      kind: "preference",
      prompt: "Q: why? A: ",
      chosen: "because",
      rejected: "before",
    });
    const both = (answer: string) => [
      { role: "user", content: "Hi" },
      { role: "assistant", content: answer },
    ];
    expect(parseTrl({ chosen: both("Hello"), rejected: both("Go") })).toEqual(preference);
    expect(parseTrl({ chosen: "a" })).toEqual({ wrong: "rejected is missing" });
  });

  it("Alpaca and ShareGPT become conversations", () => {
    expect(parseAlpaca({ instruction: "Hi", input: "", output: "Hello" })).toEqual(conversation);
    expect(
      parseShareGpt({
        conversations: [
          { from: "human", value: "Hi" },
          { from: "gpt", value: "Hello" },
        ],
      }),
    ).toEqual(conversation);
    expect(parseShareGpt({ conversations: [{ from: "x", value: "" }] })).toHaveProperty("wrong");
  });

  it("masked text hides some words and says which", () => {
    const text = Array.from({ length: 400 }, (_, i) => `w${i}`).join(" ");
    const { text: masked, targets } = maskWords(text);
    expect(targets.length).toBeGreaterThan(35);
    expect(targets.length).toBeLessThan(90);
    const after = masked.split(" ");
    const hidden = targets.filter(({ index }) => after[index] === "[MASK]").length;
    expect(hidden / targets.length).toBeGreaterThan(0.6);
    for (const { index, word } of targets) expect(word).toBe(`w${index}`);
  });
});
