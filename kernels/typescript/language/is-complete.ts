/** Whether Enter in a console should run the code or go on: is it complete, unfinished, or wrong? */
import ts from "typescript";

/** Diagnostics that only say that something is still missing: unterminated comment, template, string, regex. */
const UNTERMINATED = new Set([1010, 1160, 1002, 1161]);

export function isComplete(code: string): { status: "complete" | "incomplete" | "invalid"; indent?: string } {
  const { diagnostics = [] } = ts.transpileModule(code, { reportDiagnostics: true, fileName: "cell.ts" });
  const [first] = diagnostics;
  if (!first) return { status: "complete" };
  const atEnd = (first.start ?? 0) >= code.trimEnd().length;
  const openTemplate = first.code === 1160 || first.code === 1010;
  if (openTemplate || (atEnd && !UNTERMINATED.has(first.code)))
    return { status: "incomplete", indent: indentOf(code) };
  return { status: "invalid" };
}

/** The last line's indentation, one step deeper after an opening bracket. */
function indentOf(code: string): string {
  const last = code.trimEnd().split("\n").at(-1) ?? "";
  const indent = /^\s*/.exec(last)![0];
  return /[{([]$/.test(last) ? `${indent}  ` : indent;
}
