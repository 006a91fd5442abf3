/** Variables as a table; what takes most memory is easy to find. */
import { formatBytes } from "../../../lib/core/progress.ts";
import type { Variable } from "../../../kernels/typescript/session/variables.ts";

/** Functions and classes, which are mostly imports, are left out. */
export function variableTable(all: Variable[]): HTMLElement {
  const variables = all.filter(({ kind }) => kind !== "function" && kind !== "class");
  const table = document.createElement("table");
  const head = table.createTHead().insertRow();
  for (const title of ["name", "what it is", "memory"]) {
    head.append(Object.assign(document.createElement("th"), { textContent: title, scope: "col" }));
  }
  const body = table.createTBody();
  for (const { name, kind, shape, bytes, glance } of variables) {
    const row = body.insertRow();
    const what = [kind, shape && `[${shape.join(", ")}]`].filter(Boolean).join(" ");
    row.title = [name, what, glance].filter(Boolean).join("\n");
    row.insertCell().textContent = name;
    const cell = row.insertCell();
    cell.textContent = what;
    if (glance) cell.append(Object.assign(document.createElement("small"), { textContent: glance }));
    row.insertCell().textContent = bytes === undefined ? "" : formatBytes(bytes);
  }
  const sum = variables.reduce((total, { bytes = 0 }) => total + bytes, 0);
  const foot = table.createTFoot().insertRow();
  for (const text of ["", `${variables.length} names`, formatBytes(sum)])
    foot.insertCell().textContent = text;
  return table;
}
