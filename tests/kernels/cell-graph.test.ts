import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CellGraph } from "../../kernels/typescript/wire/cell-graph.ts";
import { KernelSession } from "./kernel-session.ts";

const stale = (graph: CellGraph) =>
  graph
    .cells()
    .filter((cell) => cell.stale)
    .map(({ id, changed }) => `${id}: ${changed.join(" ")}`);

describe("the cell graph", () => {
  test("marks what reads a changed name, through other cells too, until it runs again", () => {
    const graph = new CellGraph();
    graph.ran("A", ["x"], []);
    graph.ran("B", ["y"], ["x"]);
    graph.ran("C", [], ["y"]);
    graph.ran("D", ["z"], []);
    expect(stale(graph)).toEqual([]);
    graph.ran("A", ["x"], []);
    expect(stale(graph)).toEqual(["B: x", "C: y"]);
    graph.ran("B", ["y"], ["x"]);
    expect(stale(graph)).toEqual(["C: y"]);
    graph.changed("z");
    graph.ran("C", [], ["y"]);
    expect(stale(graph)).toEqual([]);
  });

  test("knows reads from further down the page, and forgets deleted cells", () => {
    const graph = new CellGraph();
    graph.arrange(["top", "bottom"]);
    graph.ran("bottom", ["late"], []);
    graph.ran("top", [], ["late"]);
    expect(graph.cells()[0]).toMatchObject({ id: "top", outOfOrder: ["late"] });
    graph.arrange(["top"]);
    expect(graph.cells().map(({ id }) => id)).toEqual(["top"]);
  });
});

describe("over the comm gradbook.cells", () => {
  let kernel: KernelSession;
  beforeAll(async () => void (kernel = await KernelSession.start()));
  afterAll(() => kernel.stop());

  const announced = () => kernel.hear(({ header }) => header.msg_type === "comm_msg");

  test("cells are announced after each run and when a param() variable is set", async () => {
    let heard = announced();
    kernel.client.send("comm_open", {
      comm_id: "g",
      target_name: "gradbook.cells",
      data: { order: ["A", "B"] },
    });
    expect((await heard).at(-1)!.content.data).toEqual({ cells: [] });
    const host = `const host = globalThis[Symbol.for("gradbook.notebook")];
      let set: (value: number) => void; function param(n: number) { set = host.takeBinding(); return n }`;
    await kernel.run(host);
    heard = announced();
    await kernel.run("const rate = param(1)", { metadata: { cellId: "A" } });
    await heard;
    heard = announced();
    await kernel.run("const twice = { rate: rate * 2 }", { metadata: { cellId: "B" } });
    expect((await heard).at(-1)!.content.data.cells[1]).toEqual({
      id: "B",
      defines: ["twice"],
      reads: ["rate"],
      stale: false,
      changed: [],
      outOfOrder: [],
    });
    heard = announced();
    await kernel.run("set(5)");
    expect((await heard).at(-1)!.content.data.cells[1]).toMatchObject({
      id: "B",
      stale: true,
      changed: ["rate"],
    });
  });
});
