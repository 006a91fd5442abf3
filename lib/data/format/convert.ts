/**
 * From one kind of example to another, where nothing has to be invented: what TRL's `extract_prompt`,
 * `unpair_preference_dataset` and chat templates of pairs do.
 */
import { fail } from "../../core/errors.ts";
import type {
  Conversation,
  Example,
  Judgement,
  Message,
  Preference,
  Prompt,
  PromptCompletion,
} from "./examples.ts";
import { asMessages } from "./openai.ts";

/**
 * The conversation of an example: prompt and completion one after the other, the chosen answer of a preference.
 *
 * @throws GradbookError for kinds without an answer to learn (text, prompts alone, steps, rejected completions)
 */
export function toConversation(example: Example): Conversation {
  const joined = (prompt: string | Message[], answer: string | Message[]): Conversation => ({
    kind: "conversation",
    messages: [...asMessages(prompt, "user"), ...asMessages(answer, "assistant")],
    ...("tools" in example && example.tools ? { tools: example.tools } : {}),
  });
  if (example.kind === "conversation") return example;
  if (example.kind === "prompt-completion") return joined(example.prompt, example.completion);
  if (example.kind === "preference") return joined(example.prompt, example.chosen);
  if (example.kind === "judgement" && example.label) return joined(example.prompt, example.completion);
  return fail("toConversation", {
    expected: "an example with an answer to learn",
    got: example.kind === "judgement" ? "a judgement with label false" : example.kind,
  });
}

/** The prompt of an example, for training that writes its own answers; a conversation up to its last answer. */
export function toPrompt(example: Exclude<Example, { kind: "text" }>): Prompt {
  const tools = "tools" in example && example.tools ? { tools: example.tools } : {};
  if (example.kind !== "conversation") return { kind: "prompt", prompt: example.prompt, ...tools };
  return { kind: "prompt", prompt: splitAnswer(example).prompt, ...tools };
}

/** A conversation as prompt and completion: everything before the last message of the assistant, and that. */
export function splitAnswer({ messages, tools }: Conversation): PromptCompletion & { prompt: Message[] } {
  const last = messages.findLastIndex(({ role }) => role === "assistant");
  if (last < 1)
    fail("splitAnswer", {
      expected: "an assistant's message after another one",
      got: `${messages.length} messages`,
    });
  return {
    kind: "prompt-completion",
    prompt: messages.slice(0, last),
    completion: messages.slice(last, last + 1),
    ...(tools ? { tools } : {}),
  };
}

/** A preference as two judgements: the chosen answer is good, the rejected one is not. */
export function unpair({ prompt, chosen, rejected, tools }: Preference): [Judgement, Judgement] {
  const judged = (completion: string | Message[], label: boolean): Judgement => ({
    kind: "judgement",
    prompt,
    completion,
    label,
    ...(tools ? { tools } : {}),
  });
  return [judged(chosen, true), judged(rejected, false)];
}
