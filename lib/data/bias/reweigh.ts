/**
 * Re-weighting (Kamiran and Calders 2012): weights under which a group and a label are independent, so that a
 * classifier cannot learn that texts which mention a group are the toxic ones.
 *
 * w(g, y) = p(g) · p(y) / p(g, y), estimated from counts; the weights of all examples sum to their number.
 */

/** One weight per example. */
export function reweigh(examples: readonly { group: string; label: string }[]): Float64Array {
  const groups = tally(examples.map(({ group }) => group));
  const labels = tally(examples.map(({ label }) => label));
  const both = tally(examples.map(({ group, label }) => JSON.stringify([group, label])));
  return Float64Array.from(examples, ({ group, label }) => {
    const joint = both.get(JSON.stringify([group, label]))!;
    return (groups.get(group)! * labels.get(label)!) / (examples.length * joint);
  });
}

function tally(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
