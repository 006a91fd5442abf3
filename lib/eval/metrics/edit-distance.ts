/** Fewest insertions, deletions and substitutions that turn one list into another (Levenshtein 1966). */
export interface Edits {
  distance: number;
  substitutions: number;
  insertions: number;
  deletions: number;
  hits: number;
}

/** From `reference` to `text`: an insertion is in the text only, a deletion in the reference only. */
export function editDistance<T>(reference: readonly T[], text: readonly T[]): Edits {
  const width = text.length + 1;
  const table = new Uint32Array((reference.length + 1) * width);
  for (let j = 0; j < width; j++) table[j] = j;
  for (let i = 1; i <= reference.length; i++) {
    const row = i * width;
    table[row] = i;
    for (let j = 1; j < width; j++) {
      const same = table[row - width + j - 1] + (reference[i - 1] === text[j - 1] ? 0 : 1);
      table[row + j] = Math.min(same, table[row - width + j] + 1, table[row + j - 1] + 1);
    }
  }
  const edits = { distance: table[table.length - 1], substitutions: 0, insertions: 0, deletions: 0, hits: 0 };
  let [i, j] = [reference.length, text.length];
  while (i > 0 || j > 0) {
    const here = table[i * width + j];
    const diagonal = i > 0 && j > 0 ? table[(i - 1) * width + j - 1] : Infinity;
    const same = i > 0 && j > 0 && reference[i - 1] === text[j - 1];
    if (same && here === diagonal) {
      edits.hits++;
      i--;
      j--;
    } else if (here === diagonal + 1) {
      edits.substitutions++;
      i--;
      j--;
    } else if (j > 0 && here === table[i * width + j - 1] + 1) {
      edits.insertions++;
      j--;
    } else {
      edits.deletions++;
      i--;
    }
  }
  return edits;
}
