/**
 * Repairs text that was decoded with the wrong encoding on its way: "dâ€™Ã©tÃ©" → "d’été".
 *
 * UTF-8 read as Windows-1252 leaves patterns that no language writes: a letter that stands for a lead byte, then
 * exactly as many characters that stand for continuation bytes. Such runs are turned back into bytes and decoded
 * properly, again if the text was damaged twice. Where a run could also be a real word's end (`É` and a
 * no-break space), it is changed only when other runs in the text say that it is damaged.
 * Source: the idea of ftfy (Speer, 2012). Left out: other pairs of encodings, texts that lost bytes.
 */
import type { Document } from "../document.ts";
import type { DocumentStep } from "../pipeline/step.ts";

/** What bytes 0x80–0x9f are in Windows-1252; the five it leaves free stay control characters. */
const WINDOWS_1252 = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";
const BYTE_OF = new Map([...WINDOWS_1252].map((character, i) => [character, 0x80 + i]));

const CONTINUATION = `[\u0080-\u00bf${WINDOWS_1252}]`;
const SEQUENCE = `(?:[Â-ß]${CONTINUATION}|[à-ï]${CONTINUATION}{2}|[ð-ô]${CONTINUATION}{3})`;
const RUN = new RegExp(`${SEQUENCE}+`, "g");
/** Runs that no real text has: Latin-1 letters after Â or Ã, punctuation after â€, longer sequences. */
const CERTAIN = new RegExp(
  `[ÂÃ]${CONTINUATION}|[à-ï]${CONTINUATION}{2}|[ð-ô]${CONTINUATION}{3}|${SEQUENCE}{2}`,
);
const utf8 = new TextDecoder("utf-8", { fatal: true });

/** The text with such damage repaired; undamaged text comes back as it is. */
export function repairEncoding(text: string): string {
  // Most texts have none of the lead letters.
  if (!/[Â-ô\u0080-\u009f]/.test(text)) return text;
  let repaired = text;
  for (let round = 0; round < 3; round++) {
    const certain = CERTAIN.test(repaired);
    const next = certain ? repaired.replace(RUN, decodeRun) : repaired;
    if (next === repaired) break;
    repaired = next;
  }
  // Control characters of Latin-1 are Windows-1252 punctuation in nearly every file.
  return repaired.replace(/[\u0080-\u009f]/g, (control) => WINDOWS_1252[control.charCodeAt(0) - 0x80]);
}

function decodeRun(run: string): string {
  const bytes = Uint8Array.from(run, (character) => BYTE_OF.get(character) ?? character.charCodeAt(0));
  try {
    return utf8.decode(bytes);
  } catch {
    return run;
  }
}

/** Pipeline step: repairs wrongly decoded text. */
export function repair(): DocumentStep {
  return {
    kind: "document",
    name: "repair",
    recipe: { module: import.meta.url, factory: "repair", settings: {} },
    apply(document: Document) {
      const text = repairEncoding(document.text);
      return text === document.text ? document : { ...document, text };
    },
  };
}
