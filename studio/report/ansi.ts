/**
 * ANSI colour sequences → HTML, for streams and tracebacks.
 *
 * The sixteen named colours become classes (the page's themes colour them with enough contrast), the 256 and
 * the 16.7 million colours become inline styles. Other escape sequences are dropped.
 * Source: ECMA-48, "SGR – Select Graphic Rendition".
 */
import { escapeHtml } from "./escape.ts";

const NAMES = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];
const ATTRIBUTES: Record<number, string> = { 1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "inverse" };
/** What a code switches off: 22 ends bold and dim, 23 italic, and so on. */
const ENDS: Record<number, string[]> = {
  22: ["bold", "dim"],
  23: ["italic"],
  24: ["underline"],
  27: ["inverse"],
};

interface Style {
  attributes: Set<string>;
  /** A class name or a CSS colour. */
  color?: string;
  background?: string;
}

const SEQUENCE = /\x1b\[([\d;:]*)([A-Za-z])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-_]/g;

/** HTML with the text's colours; the text itself is escaped. */
export function ansiToHtml(text: string): string {
  const style: Style = { attributes: new Set() };
  let html = "";
  let end = 0;
  for (const match of text.matchAll(SEQUENCE)) {
    html += span(text.slice(end, match.index), style);
    end = match.index + match[0].length;
    if (match[2] === "m") applyCodes(style, (match[1] || "0").split(/[;:]/).map(Number));
  }
  return html + span(text.slice(end), style);
}

/** The text without its colours. */
export function stripAnsi(text: string): string {
  return text.replace(SEQUENCE, "");
}

function applyCodes(style: Style, codes: number[]): void {
  for (let index = 0; index < codes.length; index++) {
    const code = codes[index];
    if (code === 0) Object.assign(style, { attributes: new Set(), color: undefined, background: undefined });
    else if (code in ATTRIBUTES) style.attributes.add(ATTRIBUTES[code]);
    else if (code in ENDS) ENDS[code].forEach((attribute) => style.attributes.delete(attribute));
    else if (code === 39) style.color = undefined;
    else if (code === 49) style.background = undefined;
    else if (code === 38 || code === 48) {
      const { color, used } = extendedColor(codes.slice(index + 1));
      style[code === 38 ? "color" : "background"] = color;
      index += used;
    } else if (code >= 30 && code <= 37) style.color = NAMES[code - 30];
    else if (code >= 90 && code <= 97) style.color = NAMES[code - 90];
    else if (code >= 40 && code <= 47) style.background = NAMES[code - 40];
    else if (code >= 100 && code <= 107) style.background = NAMES[code - 100];
  }
}

/** `5;n` is a colour of the 256, `2;r;g;b` one of all. */
function extendedColor([kind, ...rest]: number[]): { color?: string; used: number } {
  if (kind === 2) return { color: `rgb(${rest.slice(0, 3).join(",")})`, used: 4 };
  if (kind !== 5) return { used: 0 };
  const [index] = rest;
  if (index < 16) return { color: NAMES[index % 8], used: 2 };
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return { color: `rgb(${grey},${grey},${grey})`, used: 2 };
  }
  const level = (digit: number) => (digit === 0 ? 0 : 55 + digit * 40);
  const cube = index - 16;
  const [red, green, blue] = [Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map(level);
  return { color: `rgb(${red},${green},${blue})`, used: 2 };
}

function span(text: string, { attributes, color, background }: Style): string {
  if (text === "") return "";
  const classes = [...attributes].map((attribute) => `ansi-${attribute}`);
  const styles: string[] = [];
  if (color)
    (color.startsWith("rgb") ? styles : classes).push(
      color.startsWith("rgb") ? `color:${color}` : `ansi-${color}`,
    );
  if (background) {
    if (background.startsWith("rgb")) styles.push(`background:${background}`);
    else classes.push(`ansi-bg-${background}`);
  }
  if (classes.length + styles.length === 0) return escapeHtml(text);
  const attribute = (name: string, values: string[], separator: string) =>
    values.length === 0 ? "" : ` ${name}="${values.join(separator)}"`;
  return `<span${attribute("class", classes, " ")}${attribute("style", styles, ";")}>${escapeHtml(text)}</span>`;
}
