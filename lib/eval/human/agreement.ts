/** Whether judges agree: Fleiss' kappa (1971) and Krippendorff's alpha for categories (2004). */
import { fail } from "../../core/errors.ts";
import type { PreferenceRecord } from "./records.ts";

/**
 * Agreement beyond chance of several judges, 1 when they always agree, 0 when by chance.
 *
 * @param counts for each item how many judges chose each category; all items have the same number of judges
 */
export function fleissKappa(counts: readonly (readonly number[])[]): number {
  const judges = counts[0]?.reduce((sum, n) => sum + n, 0) ?? 0;
  if (judges < 2 || counts.some((row) => row.reduce((sum, n) => sum + n, 0) !== judges))
    fail("fleissKappa", { expected: "at least two judges, the same number for each item", got: `${judges}` });
  const observed =
    counts.reduce((sum, row) => sum + row.reduce((s, n) => s + n * (n - 1), 0), 0) /
    (counts.length * judges * (judges - 1));
  const shares = counts[0].map(
    (_, c) => counts.reduce((sum, row) => sum + row[c], 0) / (counts.length * judges),
  );
  const expected = shares.reduce((sum, share) => sum + share ** 2, 0);
  return expected === 1 ? 1 : (observed - expected) / (1 - expected);
}

/**
 * As kappa, but judges may leave items out.
 *
 * @param items for each item the categories that judges gave it, of those who gave one
 */
export function krippendorffAlpha(items: readonly (readonly (string | number)[])[]): number {
  const judged = items.filter(({ length }) => length >= 2);
  if (judged.length === 0)
    fail("krippendorffAlpha", { expected: "items with at least two judgements", got: "none" });
  const totals = new Map<string | number, number>();
  let [disagreement, values] = [0, 0];
  for (const item of judged) {
    let differing = 0;
    item.forEach((a, i) => {
      totals.set(a, (totals.get(a) ?? 0) + 1);
      item.forEach((b, j) => (differing += i !== j && a !== b ? 1 : 0));
    });
    disagreement += differing / (item.length - 1);
    values += item.length;
  }
  const squares = [...totals.values()].reduce((sum, n) => sum + n * n, 0);
  const expected = (values * values - squares) / (values - 1);
  return expected === 0 ? 1 : 1 - disagreement / expected;
}

/** How often judges who ranked the same answers agree on a pair (ties apart), and alpha over those pairs. */
export function preferenceAgreement(records: readonly PreferenceRecord[]): {
  pairs: number;
  agree: number;
  alpha: number;
} {
  const verdicts = new Map<string, string[]>();
  for (const { id, ranking } of records) {
    const place = new Map(ranking.flatMap((group, rank) => group.map((answer) => [answer, rank] as const)));
    for (const a of place.keys())
      for (const b of place.keys()) {
        if (a >= b) continue;
        const sign = Math.sign(place.get(b)! - place.get(a)!);
        const key = `${id} ${a} ${b}`;
        verdicts.set(key, [...(verdicts.get(key) ?? []), ["second", "tie", "first"][sign + 1]]);
      }
  }
  let [same, pairs] = [0, 0];
  for (const list of verdicts.values())
    for (let i = 0; i < list.length; i++)
      for (let j = i + 1; j < list.length; j++) {
        pairs++;
        if (list[i] === list[j]) same++;
      }
  const several = [...verdicts.values()].filter(({ length }) => length >= 2);
  return {
    pairs,
    agree: pairs === 0 ? NaN : same / pairs,
    alpha: pairs === 0 ? NaN : krippendorffAlpha(several),
  };
}
