/** Text and data made safe inside a page. */
export { escapeHtml } from "../../lib/notebook/escape-html.ts";

/** JSON for a `<script>` element: nothing in it can close the element. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}
