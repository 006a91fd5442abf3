/** Icons of our own, in the colours of the theme. */
import { LabIcon } from "@jupyterlab/ui-components";

/** Three sliders. */
export const tuneIcon = new LabIcon({
  name: "gradbook:tune",
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24"><g class="jp-icon3" fill="none" stroke="#616161" stroke-width="2"><path d="M3 6h7m4 0h7M3 12h11m4 0h3M3 18h3m4 0h11"/><circle cx="12" cy="6" r="2"/><circle cx="16" cy="12" r="2"/><circle cx="8" cy="18" r="2"/></g></svg>`,
});

/** A curve that falls: the project. */
export const gradbookIcon = new LabIcon({
  name: "gradbook:logo",
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 32 32"><path class="jp-icon3" d="M6 8c4 12 8 15 20 16" fill="none" stroke="#616161" stroke-width="3.2" stroke-linecap="round"/><circle class="jp-icon3" cx="12" cy="18.6" r="3" fill="#616161"/></svg>`,
});

/** A table of names and values. */
export const variablesIcon = new LabIcon({
  name: "gradbook:variables",
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24"><path class="jp-icon3" fill="#616161" fill-rule="evenodd" d="M3 4h18v16H3zm2 2v3h14V6zm0 5v3h4v-3zm6 0v3h8v-3zm-6 5v2h4v-2zm6 0v2h8v-2z"/></svg>`,
});
