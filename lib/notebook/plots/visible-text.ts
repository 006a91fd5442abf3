/** Whitespace and control characters made visible, for labels and token strips. */

const MARKS: Record<string, string> = { " ": "·", "\n": "⏎", "\r": "␍", "\t": "⇥", "\u00a0": "⍽" };

/** `" the\n"` → `"·the⏎"`. Other control characters become their Unicode pictures. */
export function visible(text: string): string {
  return text
    .replace(/[ \n\r\t\u00a0]/g, (character) => MARKS[character])
    .replace(/[\u0000-\u001f]/g, (character) => String.fromCharCode(0x2400 + character.charCodeAt(0)));
}
