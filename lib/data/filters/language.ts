/**
 * Language identification: which language a text is in, and a step that keeps the wanted ones.
 *
 * The detector is eld (n-gram frequencies of 60 languages); long texts are judged by three samples, as a page
 * in one language with a quotation in another should count as the former.
 */
import type { eld } from "eld/medium";
import { fail, nearest } from "../../core/errors.ts";
import { drop, type Document, type Verdict } from "../document.ts";
import type { DocumentStep } from "../pipeline/step.ts";

export interface DetectedLanguage {
  /** ISO 639-1 code, `""` when the text has no words that a language could be told from. */
  language: string;
  /** Whether the best language stands out from the second. */
  reliable: boolean;
}

export interface LanguageOptions {
  /** ISO 639-1 codes of the languages that stay. Default: all; the language only becomes metadata. */
  keep?: string[];
  /** Drop texts whose language is not clear. Default false. */
  reliable?: boolean;
}

const SAMPLE = 700;
let detector: typeof eld | undefined;

/** Loads the detector (0.2 s, 60 MB); `detectLanguage` needs it once. */
export async function loadLanguages(): Promise<void> {
  detector ??= (await import("eld/medium")).eld;
}

/** @throws GradbookError before `await loadLanguages()` */
export function detectLanguage(text: string): DetectedLanguage {
  if (!detector)
    fail("detectLanguage", { expected: "a loaded detector", hint: "call `await loadLanguages()` first" });
  const result = detector.detect(samplesOf(text));
  return { language: result.language, reliable: result.isReliable() };
}

function samplesOf(text: string): string {
  if (text.length <= 3 * SAMPLE) return text;
  const middle = (text.length - SAMPLE) >> 1;
  return `${text.slice(0, SAMPLE)} ${text.slice(middle, middle + SAMPLE)} ${text.slice(-SAMPLE)}`;
}

/**
 * Pipeline step: finds the language of every document (metadata `language`) and drops those not wanted.
 *
 * @throws GradbookError for a code that is no language code
 */
export function language(options: LanguageOptions = {}): DocumentStep {
  for (const code of options.keep ?? []) {
    if (/^[a-z]{2}$/.test(code)) continue;
    const near = nearest(code, ["en", "de", "fr", "es", "pt", "it", "ru", "zh", "ja"]);
    fail("language", {
      expected: "two-letter ISO 639-1 codes",
      got: code,
      hint: near && `did you mean ${near}?`,
    });
  }
  const keep = options.keep && new Set(options.keep);
  return {
    kind: "document",
    name: "language",
    recipe: { module: import.meta.url, factory: "language", settings: options },
    load: loadLanguages,
    apply(document: Document): Verdict {
      const found = detectLanguage(document.text);
      if (keep && !keep.has(found.language)) return drop(`language_${found.language || "unknown"}`);
      if (options.reliable && !found.reliable) return drop("language_unclear");
      return { ...document, metadata: { ...document.metadata, language: found.language } };
    },
  };
}
