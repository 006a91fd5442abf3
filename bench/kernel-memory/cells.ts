/** A long session in small: cells of every kind, which leave nothing behind that later cells could see more of. */

const KINDS: ((n: number) => string)[] = [
  (n) => `const value = ${n}; value + 1`,
  (n) => `function twice(x: number): number { return 2 * x + ${n} }\ntwice(value)`,
  (n) => `class Shape { side = ${n}; area() { return this.side ** 2 } }\nnew Shape()`,
  (n) => `for (let i = 0; i < 20; i++) console.log("line", i, ${n})`,
  (n) => `await new Promise((resolve) => setTimeout(resolve, 1)); ${n}`,
  (n) => `throw new Error("cell ${n}", { cause: { value } })`,
  (n) => `const block = Array.from({ length: 20_000 }, (_, i) => i + ${n}); block.length`,
  (n) => `enum Colour { red = ${n}, green }\nColour.green`,
  (n) => `import path from "node:path"; path.join("a", "${n}")`,
  (n) =>
    `const late: Promise<number> = new Promise((resolve) => setTimeout(() => resolve(${n}), 5)); void late;`,
  (n) => `({ [Symbol.for("Jupyter.display")]: () => ({ "text/html": "<b>${n}</b>".repeat(50) }) })`,
  (n) => `let wrong: number = "${n}"; wrong`,
];

/** The `n`-th cell; each has a text of its own. */
export const sessionCell = (n: number): string => KINDS[n % KINDS.length](n);
