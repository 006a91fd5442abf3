/**
 * A bias report: representation and associations of a corpus, alone or before and after a treatment.
 */
import type { Document } from "../document.ts";
import { escape } from "../pipeline/report-display.ts";
import { association, type AssociationResult } from "./association.ts";
import { ASSOCIATIONS } from "./lexicons.ts";
import { scoresByGroup, type ScoreAudit } from "./scores.ts";
import { representation, type GroupCount, type RepresentationOptions } from "./representation.ts";

export interface BiasReport {
  groups: GroupCount[];
  associations: Record<string, AssociationResult>;
  /** By the name of each classifier that was given. */
  scores: Record<string, ScoreAudit>;
}

export interface AuditOptions extends RepresentationOptions {
  /** Classifiers whose scores are compared between groups: `{ toxicity: (text) => model.score(text) }`. */
  scores?: Readonly<Record<string, (text: string) => number>>;
}

/** Measures a corpus; it is read several times, so give an array. */
export function auditBias(
  documents: readonly Pick<Document, "text">[],
  options: AuditOptions = {},
): BiasReport {
  const associations = Object.fromEntries(
    Object.entries(ASSOCIATIONS).map(([name, sets]) => [name, association(documents, sets)]),
  );
  const scores = Object.fromEntries(
    Object.entries(options.scores ?? {}).map(([name, score]) => [
      name,
      scoresByGroup(documents, score, options),
    ]),
  );
  return shown({ groups: representation(documents, options), associations, scores });
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
  for (const [name, audit] of Object.entries(before.scores)) {
    const other = after.scores[name];
    if (!other) continue;
    rows.push([
      `${name} when gender is swapped: change`,
      audit.swapChange.toFixed(3),
      other.swapChange.toFixed(3),
    ]);
    audit.groups.forEach(({ dimension, group, difference }, i) =>
      rows.push([
        `${name} of ${dimension}: ${group}, against the mean`,
        signed(difference),
        signed(other.groups[i].difference),
      ]),
    );
  }
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
    for (const [name, { groups, swapChange }] of Object.entries(report.scores)) {
      rows.push([`score ${name}`, "gender swapped", "", `± ${swapChange.toFixed(3)}`, "", ""]);
      for (const { dimension, group, documents, difference } of groups)
        rows.push([`score ${name}`, `${dimension}: ${group}`, "", signed(difference), String(documents), ""]);
    }
    return table(["", "group", "mentions", "share", "documents", "tone"], rows);
  };
  Object.defineProperty(report, Symbol.for("Jupyter.display"), { value: display });
  return report;
}

function signed(value: number): string {
  return Number.isNaN(value) ? "" : `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)}`;
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
