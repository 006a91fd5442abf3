/**
 * Which cell reads what another one declares, and which results are therefore out of date.
 *
 * A cell is stale when a name that it read was declared anew, or set by a widget, after it ran; so is what
 * reads the names of a stale cell. Front ends know cells by their id (`metadata.cellId` of the request).
 */

/** One cell, as the front end gets it. */
export interface GraphCell {
  id: string;
  defines: string[];
  /** Names of other cells. */
  reads: string[];
  stale: boolean;
  /** Why: the names that changed since it ran. */
  changed: string[];
  /** Names that it read from a cell further down the notebook: a run from the top would fail or differ. */
  outOfOrder: string[];
}

interface Node {
  defines: Set<string>;
  reads: Set<string>;
  changed: Set<string>;
}

export class CellGraph {
  readonly #nodes = new Map<string, Node>();
  /** name → id of the cell that declared it last. */
  readonly #owners = new Map<string, string>();
  #order: string[] = [];

  /** The cell has run. */
  ran(id: string, defines: string[], reads: string[]): void {
    const node: Node = { defines: new Set(defines), reads: new Set(reads), changed: new Set() };
    for (const name of this.#nodes.get(id)?.defines ?? []) {
      if (!node.defines.has(name) && this.#owners.get(name) === id) this.#owners.delete(name);
    }
    this.#nodes.set(id, node);
    for (const name of defines) this.#owners.set(name, id);
    this.#spread(defines, id);
  }

  /** A widget has set a variable. */
  changed(name: string): void {
    this.#spread([name], undefined);
  }

  /** The ids of all cells from top to bottom; those that are not among them are gone. */
  arrange(order: string[]): void {
    this.#order = order;
    for (const id of this.#nodes.keys()) if (!order.includes(id)) this.#nodes.delete(id);
  }

  /** All cells that have run, in the notebook's order as far as it is known. */
  cells(): GraphCell[] {
    const place = (id: string) => this.#order.indexOf(id);
    return [...this.#nodes]
      .sort(([a], [b]) => place(a) - place(b))
      .map(([id, { defines, reads, changed }]) => ({
        id,
        defines: [...defines],
        reads: [...reads],
        stale: changed.size > 0,
        changed: [...changed],
        outOfOrder: [...reads].filter((name) => {
          const owner = this.#owners.get(name);
          return owner !== undefined && owner !== id && place(id) >= 0 && place(owner) > place(id);
        }),
      }));
  }

  /** Marks whoever reads `names`, and whoever reads what those declare. */
  #spread(names: Iterable<string>, source: string | undefined): void {
    const pending = [...names];
    const seen = new Set(pending);
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      for (const [id, node] of this.#nodes) {
        if (id === source || !node.reads.has(name) || node.defines.has(name)) continue;
        node.changed.add(name);
        for (const next of node.defines) {
          if (seen.has(next)) continue;
          seen.add(next);
          pending.push(next);
        }
      }
    }
  }
}
