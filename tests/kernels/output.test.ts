import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { delay, KernelSession, types } from "./kernel-session.ts";

let kernel: KernelSession;
beforeAll(async () => void (kernel = await KernelSession.start()));
afterAll(() => kernel.stop());

const HOST = `const host = globalThis[Symbol.for("gradbook.notebook")];`;

describe("output", () => {
  test("comes in the protocol's order: busy, input, streams, result, idle", async () => {
    // Their answers fall into the cell, as those to an impatient front end's questions do; its order stays.
    for (let i = 0; i < 3; i++) void kernel.client.request("kernel_info_request", {});
    const { messages } = await kernel.run(
      'console.log("a"); console.error("b"); process.stdout.write("c\\n"); 1',
    );
    expect(types(messages)).toEqual([
      "status",
      "execute_input",
      "stream",
      "stream",
      "stream",
      "execute_result",
      "status",
    ]);
    expect(messages[0].content.execution_state).toBe("busy");
    expect(messages.at(-1)!.content.execution_state).toBe("idle");
    expect(messages.slice(2, 5).map(({ content }) => [content.name, content.text])).toEqual([
      ["stdout", "a\n"],
      ["stderr", "b\n"],
      ["stdout", "c\n"],
    ]);
  });

  test("of 100,000 lines arrives whole, in order, before idle", async () => {
    const { stdout } = await kernel.run("for (let i = 0; i < 100_000; i++) console.log(i)");
    expect(stdout).toBe(Array.from({ length: 100_000 }, (_, i) => `${i}\n`).join(""));
  });

  test("is seen while a synchronous loop still runs", async () => {
    const order: string[] = [];
    const printed = kernel
      .hear(({ header }) => header.msg_type === "stream")
      .then(() => order.push("printed"));
    const ended = kernel
      .run("console.log('now'); const end = Date.now() + 1_000; while (Date.now() < end);")
      .then(() => order.push("ended"));
    await Promise.all([printed, ended]);
    expect(order).toEqual(["printed", "ended"]);
  });

  test("that comes late belongs to the cell that started it", async () => {
    const first = await kernel.run('setTimeout(() => console.log("late"), 200); 1');
    const id = first.messages[0].parent_header;
    const heard = kernel.hear(({ header }) => header.msg_type === "stream");
    await kernel.run("2");
    expect((await heard).at(-1)).toMatchObject({ content: { text: "late\n" }, parent_header: id });
  });

  test("is displayed, updated and cleared by the host", async () => {
    const { messages } = await kernel.run(`${HOST}
      host.display({ "text/html": "<b>1</b>", "image/png": new Uint8Array([137, 80]) }, { displayId: "d", metadata: { a: 1 } });
      host.display({ "text/plain": "2" }, { displayId: "d", update: true });
      host.clearOutput(true);`);
    expect(messages.slice(2, 5).map(({ header, content }) => [header.msg_type, content])).toEqual([
      [
        "display_data",
        {
          data: { "text/html": "<b>1</b>", "image/png": "iVA=" },
          metadata: { a: 1 },
          transient: { display_id: "d" },
        },
      ],
      ["update_display_data", { data: { "text/plain": "2" }, metadata: {}, transient: { display_id: "d" } }],
      ["clear_output", { wait: true }],
    ]);
  });

  test("of an object with a Jupyter.display method is what the method says", async () => {
    const { messages } = await kernel.run(
      `({ async [Symbol.for("Jupyter.display")]() { return { "text/html": "<i>x</i>" } } })`,
    );
    expect(messages.find(({ header }) => header.msg_type === "execute_result")!.content.data).toEqual({
      "text/html": "<i>x</i>",
    });
  });

  test("turns typed arrays in a bundle into numbers", async () => {
    const { messages } = await kernel.run(
      `${HOST} host.display({ "application/json": { y: new Float32Array([1, NaN]) } })`,
    );
    expect(messages[2].content.data).toEqual({ "application/json": { y: [1, null] } });
  });
});

describe("mistakes that end other processes", () => {
  test("process.exit is refused with a sentence", async () => {
    expect((await kernel.run("process.exit(3)")).error).toMatch(/does not end a notebook session/);
  });

  test("uncaught errors of timers and promises are shown below their cell", async () => {
    const { stderr } = await kernel.run(`setTimeout(() => { throw new Error("in a timer") }, 1);
      Promise.reject(new Error("in a promise")); await new Promise((r) => setTimeout(r, 50))`);
    expect(stderr).toMatch(/in a promise/);
    expect(stderr).toMatch(/in a timer/);
    await delay(20);
    expect((await kernel.run("1 + 1")).result).toBe("2");
  });
});
