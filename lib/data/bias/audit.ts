/**
 * A bias report: representation and associations of a corpus, alone or before and after a treatment.
 */
import type { Document } from "../document.ts";
import { escape } from "../pipeline/report-display.ts";
import { association, type AssociationResult } from "./association.ts";
import { ASSOCIATIONS } from "./lexicons.ts";
import { representation, type GroupCount, type RepresentationOptions } from "./representation.ts";

export interface BiasReport {
  groups: GroupCount[];
  associations: Record<string, AssociationResult>;
}

/** Measures a corpus; it is read several times, so give an array. */
export function auditBias(
  documents: readonly Pick<Document, "text">[],
  options: RepresentationOptions = {},
): BiasReport {
  const associations = Object.fromEntries(
    Object.entries(ASSOCIATIONS).map(([name, sets]) => [name, association(documents, sets)]),
  );
  return shown({ groups: representation(documents, options), associations });
}

/** Two reports side by side, as a table. */
export function compareBias(
  before: BiasReport,
  after: BiasReport,
): { [key: symbol]: () => Record<string, string> } {
  const rows = before.groups.map((group, i) => [
    `${group.dimension}: ${group.group}`,
    percent(group.share),
    percent(after.groups[i].share),
  ]);
  for (const [name, { effect }] of Object.entries(before.associations))
    rows.push([`association ${name}`, effect.toFixed(2), after.associations[name].effect.toFixed(2)]);
  return { [Symbol.for("Jupyter.display")]: () => table(["", "before", "after"], rows) };
}

function shown(report: BiasReport): BiasReport {
  const display = () => {
    const rows = report.groups.map(({ dimension, group, mentions, documents, share, tone }) => [
      dimension,
      group,
      String(mentions),
      percent(share),
      String(documents),
      Number.isNaN(tone) ? "" : tone.toFixed(2),
    ]);
    for (const [name, { effect, p }] of Object.entries(report.associations))
      rows.push(["association", name, "", `d = ${effect.toFixed(2)}`, `p = ${p.toFixed(3)}`, ""]);
    return table(["", "group", "mentions", "share", "documents", "tone"], rows);
  };
  Object.defineProperty(report, Symbol.for("Jupyter.display"), { value: display });
  return report;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): Record<string, string> {
  const cells = (tag: string, values: readonly string[]) =>
    values.map((value) => `<${tag} style="text-align:left">${escape(value)}</${tag}>`).join("");
  const body = rows.map((row) => `<tr>${cells("td", row)}</tr>`).join("");
  return {
    "text/html": `<table><thead><tr>${cells("th", heads)}</tr></thead><tbody>${body}</tbody></table>`,
    "text/plain": [heads, ...rows].map((row) => row.join("\t")).join("\n"),
  };
}
