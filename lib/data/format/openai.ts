/**
 * OpenAI's fine-tuning files: `{"messages": […]}` for supervised training and
 * `{"input": {"messages": […]}, "preferred_output": […], "non_preferred_output": […]}` for preferences.
 *
 * Source: OpenAI's fine-tuning guide. A training conversation must have an assistant message, which must be last.
 */
import { fail } from "../../core/errors.ts";
import { checkMessages, isRecord, type Example, type Message, type Parsed } from "./examples.ts";

/** One line of an OpenAI file. */
export function parseOpenai(record: unknown): Parsed {
  if (!isRecord(record)) return { wrong: "must be an object" };
  if ("preferred_output" in record || "non_preferred_output" in record) return parsePreference(record);
  const messages = checkMessages(record.messages, "messages");
  if ("wrong" in messages) return messages;
  if (messages.at(-1)!.role !== "assistant") return { wrong: "the last message must be the assistant's" };
  if (messages.every(({ role, weight }) => role !== "assistant" || weight === 0))
    return { wrong: "at least one assistant message must have weight 1" };
  return { kind: "conversation", messages };
}

function parsePreference(record: Record<string, unknown>): Parsed {
  const input = isRecord(record.input) ? record.input.messages : undefined;
  const prompt = checkMessages(input, "input.messages");
  if ("wrong" in prompt) return prompt;
  const chosen = checkMessages(record.preferred_output, "preferred_output");
  if ("wrong" in chosen) return chosen;
  const rejected = checkMessages(record.non_preferred_output, "non_preferred_output");
  if ("wrong" in rejected) return rejected;
  if (prompt.at(-1)!.role === "assistant")
    return { wrong: "input.messages must end with a user's or tool's message" };
  return { kind: "preference", prompt, chosen, rejected };
}

/**
 * An example as OpenAI's record.
 *
 * @throws GradbookError for kinds that OpenAI's files do not have (plain text, judgements)
 */
export function toOpenai(example: Example): object {
  switch (example.kind) {
    case "conversation":
      return { messages: example.messages };
    case "prompt-completion":
      return {
        messages: [...asMessages(example.prompt, "user"), ...asMessages(example.completion, "assistant")],
      };
    case "preference":
      return {
        input: { messages: asMessages(example.prompt, "user") },
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

/** Text as one message; messages as they are. */
export function asMessages(value: string | Message[], role: "user" | "assistant"): Message[] {
  return typeof value === "string" ? [{ role, content: value }] : value;
}
