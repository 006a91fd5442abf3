/** Answers to the requests that need no running of code; one function per message type. */
import { readFileSync } from "node:fs";
import type { LanguageClient } from "./language-client.ts";
import type { Request } from "./sockets.ts";

const { version } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")) as {
  version: string;
};

export const PROTOCOL = "5.4";

export function kernelInfo(): Record<string, unknown> {
  return {
    status: "ok",
    protocol_version: PROTOCOL,
    implementation: "gradbook",
    implementation_version: version,
    language_info: {
      name: "typescript",
      version: "6.0.3",
      mimetype: "text/typescript",
      file_extension: ".ts",
      pygments_lexer: "typescript",
      codemirror_mode: { name: "javascript", typescript: true },
      nbconvert_exporter: "script",
    },
    banner: `gradbook ${version}: TypeScript 6.0.3 on Node ${process.versions.node}`,
    debugger: true,
    supported_features: ["debugger", "kernel subshells"],
    help_links: [
      { text: "TypeScript", url: "https://www.typescriptlang.org/docs/" },
      { text: "Node.js", url: "https://nodejs.org/docs/latest-v24.x/api/" },
    ],
  };
}

export async function isComplete(language: LanguageClient, { content }: Request) {
  return await language.ask("isComplete", { code: String(content.code ?? "") });
}

export async function complete(language: LanguageClient, { content }: Request) {
  const code = String(content.code ?? "");
  const position = utf16Offset(code, content.cursor_pos);
  const { matches, start, end, types } = await language.ask("complete", { code, position });
  const span = { start: codePointOffset(code, start), end: codePointOffset(code, end) };
  return {
    status: "ok",
    matches,
    cursor_start: span.start,
    cursor_end: span.end,
    metadata: { _jupyter_types_experimental: types.map((type) => ({ ...type, ...span })) },
  };
}

export async function inspect(language: LanguageClient, { content }: Request) {
  const code = String(content.code ?? "");
  const position = utf16Offset(code, content.cursor_pos);
  const detail = Number(content.detail_level ?? 0);
  const data = await language.ask("inspect", { code, position, detail });
  return { status: "ok", found: data !== undefined, data: data ?? {}, metadata: {} };
}

/** The protocol counts code points, JavaScript UTF-16 units; they differ after an emoji. */
function utf16Offset(code: string, codePoints: unknown): number {
  if (typeof codePoints !== "number") return code.length;
  return [...code].slice(0, codePoints).join("").length;
}

function codePointOffset(code: string, utf16: number): number {
  return [...code.slice(0, utf16)].length;
}
