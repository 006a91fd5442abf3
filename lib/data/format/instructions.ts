/**
 * Two older formats that many published sets use: Alpaca's `{"instruction", "input", "output"}` and ShareGPT's
 * `{"conversations": [{"from": "human", "value": …}, …]}`. Both become conversations.
 */
import { isRecord, type Message, type Parsed, type Role } from "./examples.ts";

const SHAREGPT_ROLES: Record<string, Role> = {
  system: "system",
  human: "user",
  user: "user",
  gpt: "assistant",
  assistant: "assistant",
  chatgpt: "assistant",
  tool: "tool",
  observation: "tool",
};

export function parseAlpaca(record: unknown): Parsed {
  if (!isRecord(record) || typeof record.instruction !== "string" || typeof record.output !== "string")
    return { wrong: "needs the strings instruction and output" };
  const input = typeof record.input === "string" && record.input !== "" ? `\n\n${record.input}` : "";
  return {
    kind: "conversation",
    messages: [
      { role: "user", content: record.instruction + input },
      { role: "assistant", content: record.output },
    ],
  };
}

export function parseShareGpt(record: unknown): Parsed {
  const turns = isRecord(record) ? record.conversations : undefined;
  if (!Array.isArray(turns) || turns.length === 0) return { wrong: "conversations must be a list of turns" };
  const messages: Message[] = [];
  for (const [i, turn] of turns.entries()) {
    const role = isRecord(turn) ? SHAREGPT_ROLES[String(turn.from)] : undefined;
    if (role === undefined || typeof turn.value !== "string")
      return {
        wrong: `conversations[${i}] needs from (${Object.keys(SHAREGPT_ROLES).join(", ")}) and a string value`,
      };
    messages.push({ role, content: turn.value });
  }
  return { kind: "conversation", messages };
}
