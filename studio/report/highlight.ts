/**
 * Source code → HTML with coloured tokens (shiki, the grammars of VS Code).
 *
 * The colours are CSS variables that the page's light and dark themes define, so the code is written once.
 */
import {
  createCssVariablesTheme,
  createHighlighterCore,
  type HighlighterCore,
  type LanguageInput,
} from "shiki/core";
import { createOnigurumaEngine } from "shiki/engine/oniguruma";
import { bundledLanguages } from "shiki/langs";
import { escapeHtml } from "./escape.ts";

const THEME = "page";
let highlighter: Promise<HighlighterCore> | undefined;

/**
 * A synchronous highlighter for some languages; others come out as plain text.
 * @param languages names or aliases, e.g. "typescript", "py"; unknown ones are ignored
 */
export async function codeHighlighter(
  languages: Iterable<string>,
): Promise<(code: string, language: string) => string> {
  const shiki = await (highlighter ??= createHighlighterCore({
    themes: [createCssVariablesTheme({ name: THEME, variablePrefix: "--code-" })],
    langs: [],
    engine: createOnigurumaEngine(import("shiki/wasm")),
  }));
  const known = [...new Set(languages)].filter((name) => name in bundledLanguages);
  await shiki.loadLanguage(
    ...known.map((name) => bundledLanguages[name as keyof typeof bundledLanguages] as LanguageInput),
  );
  const loaded = new Set(shiki.getLoadedLanguages());
  return (code, language) =>
    loaded.has(language)
      ? shiki.codeToHtml(code, { lang: language, theme: THEME })
      : `<pre class="shiki" tabindex="0"><code>${escapeHtml(code)}</code></pre>`;
}
