/**
 * Checks on messages and tools that OpenAI's and TRL's formats share. Each either returns the value in one shape or
 * says what is wrong with it and where: `messages[2].role must be …`.
 *
 * Content may be text or a list of text parts, which are joined. Left out: images and sound in messages.
 */
import { isRecord, ROLES, type Message, type WithTools } from "./examples.ts";

export interface Wrong {
  wrong: string;
}

export function isWrong(value: object | string): value is Wrong {
  return typeof value === "object" && "wrong" in value;
}

/** A list of messages; `where` names it in the sentence. */
export function checkMessages(value: unknown, where: string): Message[] | Wrong {
  if (!Array.isArray(value) || value.length === 0) return { wrong: `${where} must be a list of messages` };
  const messages: Message[] = [];
  for (const [i, message] of value.entries()) {
    const checked = checkMessage(message, `${where}[${i}]`);
    if (isWrong(checked)) return checked;
    messages.push(checked);
  }
  return messages;
}

function checkMessage(message: unknown, place: string): Message | Wrong {
  if (!isRecord(message)) return { wrong: `${place} must be an object with role and content` };
  const { role, weight, tool_calls: calls, tool_call_id: id, name } = message;
  if (!ROLES.includes(role as Message["role"]))
    return { wrong: `${place}.role must be one of ${ROLES.join(", ")}, got ${JSON.stringify(role)}` };
  if (calls != null) {
    if (role !== "assistant") return { wrong: `${place}.tool_calls belong to assistant messages` };
    if (!Array.isArray(calls) || !calls.every(isCall))
      return { wrong: `${place}.tool_calls must be a list of calls with function.name and arguments` };
  }
  const content = contentOf(message.content);
  const called = Array.isArray(calls) && calls.length > 0;
  if (content === undefined && !(called && message.content == null))
    return { wrong: `${place}.content must be a string or a list of text parts` };
  if (weight !== undefined && (role !== "assistant" || (weight !== 0 && weight !== 1)))
    return { wrong: `${place}.weight must be 0 or 1, and only on assistant messages` };
  for (const [field, given] of Object.entries({ name, tool_call_id: id }))
    if (given !== undefined && typeof given !== "string")
      return { wrong: `${place}.${field} must be a string` };
  return { ...message, role: role as Message["role"], content: content ?? "" };
}

/** OpenAI writes a call's arguments as JSON text, TRL as an object. */
function isCall(call: unknown): boolean {
  if (!isRecord(call) || !isRecord(call.function)) return false;
  const { name, arguments: given } = call.function;
  return typeof name === "string" && (typeof given === "string" || isRecord(given));
}

function contentOf(content: unknown): string | undefined {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return undefined;
  const texts = content.map((part) =>
    isRecord(part) && part.type === "text" && typeof part.text === "string" ? part.text : undefined,
  );
  return texts.includes(undefined) ? undefined : texts.join("");
}

/** The tools of a record, `{}` when it has none. */
export function checkTools(record: Record<string, unknown>): WithTools | Wrong {
  const { tools, parallel_tool_calls: parallel } = record;
  if (parallel !== undefined && typeof parallel !== "boolean")
    return { wrong: "parallel_tool_calls must be true or false" };
  if (tools != null) {
    if (!Array.isArray(tools)) return { wrong: "tools must be a list" };
    for (const [i, tool] of tools.entries()) {
      const described = isRecord(tool) && isRecord(tool.function) ? tool.function : undefined;
      if (typeof described?.name !== "string")
        return { wrong: `tools[${i}] must be {"type": "function", "function": {"name": …}}` };
    }
  }
  return {
    ...(Array.isArray(tools) ? { tools } : {}),
    ...(typeof parallel === "boolean" ? { parallel_tool_calls: parallel } : {}),
  };
}
