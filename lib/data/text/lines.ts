/** Lines as Python's `str.splitlines` cuts them, which the published filters count with. */

// The line ends of Python: \n \r \r\n \v \f \x1c \x1d \x1e \x85 U+2028 U+2029.

const LINE_END = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/;

const RARE_LINE_END = /[\r\v\f\x1c-\x1e\x85\u2028\u2029]/;

/** The lines of a text without their ends; a final line end adds no empty line, "" has no lines. */
export function splitLines(text: string): string[] {
  if (text === "") return [];
  const lines = RARE_LINE_END.test(text) ? text.split(LINE_END) : text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** Number of Unicode characters (code points), which is what the papers' lengths mean. */
export function characterCount(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length; i++) {
    // Looks only for high surrogates that a low one follows, so lone ones count as characters.
    if ((text.charCodeAt(i) & 0xfc00) === 0xd800 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      count--;
      i++;
    }
  }
  return count;
}
