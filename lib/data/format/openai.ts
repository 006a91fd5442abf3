/**
 * OpenAI's fine-tuning files: `{"messages": […]}` for supervised training and
 * `{"input": {"messages": […]}, "preferred_output": […], "non_preferred_output": […]}` for preferences; both with
 * `tools` and `parallel_tool_calls`, which preferences keep inside `input`.
 *
 * Source: OpenAI's fine-tuning guide. A training conversation must have an assistant message, which must be last;
 * the answer of a tool names the call that it answers.
 */
import { fail } from "../../core/errors.ts";
import { isRecord, type Example, type Message, type Parsed, type WithTools } from "./examples.ts";
import { checkMessages, checkTools, isWrong } from "./messages.ts";

/** One line of an OpenAI file. */
export function parseOpenai(record: unknown): Parsed {
  if (!isRecord(record)) return { wrong: "must be an object" };
  if ("preferred_output" in record || "non_preferred_output" in record) return parsePreference(record);
  const messages = checkMessages(record.messages, "messages");
  if (isWrong(messages)) return messages;
  const tools = checkTools(record);
  if (isWrong(tools)) return tools;
  const unanswered = orphanAnswer(messages);
  if (unanswered !== undefined)
    return { wrong: `messages[${unanswered}].tool_call_id must be the id of a call before it` };
  if (messages.at(-1)!.role !== "assistant") return { wrong: "the last message must be the assistant's" };
  if (messages.every(({ role, weight }) => role !== "assistant" || weight === 0))
    return { wrong: "at least one assistant message must have weight 1" };
  return { kind: "conversation", messages, ...tools };
}

function parsePreference(record: Record<string, unknown>): Parsed {
  const input = isRecord(record.input) ? record.input : {};
  const prompt = checkMessages(input.messages, "input.messages");
  if (isWrong(prompt)) return prompt;
  const tools = checkTools(input);
  if (isWrong(tools)) return { wrong: `input.${tools.wrong}` };
  const chosen = checkMessages(record.preferred_output, "preferred_output");
  if (isWrong(chosen)) return chosen;
  const rejected = checkMessages(record.non_preferred_output, "non_preferred_output");
  if (isWrong(rejected)) return rejected;
  if (prompt.at(-1)!.role === "assistant")
    return { wrong: "input.messages must end with a user's or tool's message" };
  return { kind: "preference", prompt, chosen, rejected, ...tools };
}

/** The first tool message that answers no call, undefined when there is none. */
function orphanAnswer(messages: readonly Message[]): number | undefined {
  const calls = new Set<unknown>();
  for (const [i, { role, tool_calls: made, tool_call_id: id }] of messages.entries()) {
    for (const call of made ?? []) calls.add((call as { id?: unknown }).id);
    if (role === "tool" && (id === undefined || !calls.has(id))) return i;
  }
  return undefined;
}

/**
 * An example as OpenAI's record.
 *
 * @throws GradbookError for kinds that OpenAI's files do not have (text, prompts alone, judgements, steps)
 */
export function toOpenai(example: Example): object {
  switch (example.kind) {
    case "conversation":
      return { messages: example.messages, ...toolsOf(example) };
    case "prompt-completion":
      return {
        messages: [...asMessages(example.prompt, "user"), ...asMessages(example.completion, "assistant")],
        ...toolsOf(example),
      };
    case "preference":
      return {
        input: { messages: asMessages(example.prompt, "user"), ...toolsOf(example) },
        preferred_output: asMessages(example.chosen, "assistant"),
        non_preferred_output: asMessages(example.rejected, "assistant"),
      };
    default:
      return fail("toOpenai", {
        expected: "a conversation, prompt and completion, or preference",
        got: example.kind,
      });
  }
}

function toolsOf({ tools, parallel_tool_calls }: WithTools): WithTools {
  return {
    ...(tools === undefined ? {} : { tools }),
    ...(parallel_tool_calls === undefined ? {} : { parallel_tool_calls }),
  };
}

/** Text as one message; messages as they are. */
export function asMessages(value: string | Message[], role: "user" | "assistant"): Message[] {
  return typeof value === "string" ? [{ role, content: value }] : value;
}
