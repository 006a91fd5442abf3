/**
 * Conversations to learn from out of a JSONL file: OpenAI's chat records, or TRL's (messages, prompt and completion,
 * preference, whose chosen answer is learned). What does not fit is said with its line.
 */
import { fail } from "../core/errors.ts";
import { toConversation } from "../data/format/convert.ts";
import { isRecord, readExamples, type Conversation, type Parsed } from "../data/format/examples.ts";
import { parseOpenai } from "../data/format/openai.ts";
import { parseTrl } from "../data/format/trl.ts";

/**
 * @param check says what else is wrong with a conversation: that it is too long, for example
 * @throws GradbookError naming the first lines that do not fit, and how many there are
 * @example const conversations = await readConversations("train.jsonl");
 */
export async function readConversations(
  path: string,
  check: (conversation: Conversation) => string | undefined = () => undefined,
): Promise<Conversation[]> {
  const parse = (record: unknown): Parsed => {
    const made = parseConversation(record);
    const wrong = "wrong" in made ? undefined : check(made);
    return wrong === undefined ? made : { wrong };
  };
  const { examples, problems } = await readExamples(path, parse);
  if (problems.length > 0)
    fail(path, {
      expected: "conversations in OpenAI's or TRL's format on every line",
      got: `${problems.length} lines that are not: ${problems.slice(0, 5).map(({ where, reason }) => `line ${where.slice(path.length + 1)}: ${reason}`).join(" · ")}`, // prettier-ignore
    });
  if (examples.length === 0) fail(path, { expected: "conversations, one on each line", got: "none" });
  return examples as Conversation[];
}

/** A record as a conversation, or what is wrong with it as one to learn from. */
export function parseConversation(record: unknown): Conversation | { wrong: string } {
  const chat = isRecord(record) && "messages" in record;
  const parsed = chat ? parseOpenai(record) : parseTrl(record);
  if ("wrong" in parsed) return parsed;
  const learnable = ["conversation", "prompt-completion", "preference"];
  if (!learnable.includes(parsed.kind) && !(parsed.kind === "judgement" && parsed.label))
    return {
      wrong: `has no answer to learn: it is ${parsed.kind === "text" ? "plain text" : `a ${parsed.kind}`}`,
    };
  const conversation = toConversation(parsed);
  const wrong = wrongTurns(conversation);
  return wrong === undefined ? conversation : { wrong };
}

/** What keeps a conversation from being learned; undefined when nothing does. */
export function wrongTurns({ messages }: Conversation): string | undefined {
  const turns = messages.filter(({ role }) => role !== "system" && role !== "developer");
  if (turns[0]?.role !== "user") return `the first turn must be the user's, got ${turns[0]?.role ?? "none"}`;
  if (turns.at(-1)!.role !== "assistant")
    return `the last turn must be the assistant's, got ${turns.at(-1)!.role}`;
  const twice = turns.findIndex(({ role }, i) => i > 0 && role === "user" && turns[i - 1].role === "user");
  if (twice >= 0) return "roles must take turns: two messages of the user in a row";
  const empty = messages.findIndex(
    ({ role, content, tool_calls: calls }) => role === "assistant" && content.trim() === "" && !calls?.length,
  );
  if (empty >= 0) return `messages[${empty}]: the assistant's answer is empty`;
  return undefined;
}
