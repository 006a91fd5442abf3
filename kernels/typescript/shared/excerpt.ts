/** A few lines of source around a position, as error reports show them. */

export const RED = (text: string) => `\x1b[31m${text}\x1b[39m`;
export const DIM = (text: string) => `\x1b[2m${text}\x1b[22m`;

/** Lines shown before and after the one at fault. */
const AROUND = 2;

/** Numbered lines around a position (both from 1). */
export function sourceExcerpt(source: string, line: number, column: number): string[] {
  const lines = source.split("\n");
  const first = Math.max(1, line - AROUND);
  const last = Math.min(lines.length, line + AROUND);
  const width = String(last).length;
  const shown: string[] = [];
  for (let n = first; n <= last; n++) {
    const number = String(n).padStart(width);
    if (n !== line) shown.push(`  ${DIM(number)} ${lines[n - 1]}`);
    else shown.push(`${RED(">")} ${number} ${lines[n - 1]}`, `  ${" ".repeat(width + column)}${RED("^")}`);
  }
  return shown;
}
