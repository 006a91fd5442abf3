/**
 * lib/notebook in the real kernel, seen as a front end sees it: over ZeroMQ, from another process.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  builtInKernelSpec,
  KernelClient,
  type KernelMessage,
  KernelProcess,
} from "../../studio/kernels/index.ts";

let kernel: KernelProcess;
let client: KernelClient;

beforeAll(async () => {
  kernel = await KernelProcess.start(builtInKernelSpec(), { cwd: import.meta.dirname });
  client = new KernelClient(kernel.connection, kernel);
  await client.ready();
  await run(`import { param, params, liveChart, record } from "gradbook/notebook";
    import { number, integer } from "gradbook/core";`);
});

afterAll(async () => {
  client?.close();
  await kernel?.shutdown();
});

/** Runs a cell and returns what it published. */
async function run(code: string): Promise<KernelMessage[]> {
  const heard: KernelMessage[] = [];
  const reply = await client.execute(code, { onIopub: (message) => heard.push(message) });
  expect(reply, heard.map(({ content }) => content.traceback).join("")).toMatchObject({ status: "ok" });
  return heard;
}

function contentsOf(messages: KernelMessage[], type: string) {
  return messages.filter(({ header }) => header.msg_type === type).map(({ content }) => content);
}

async function textOf(expression: string): Promise<string> {
  return contentsOf(await run(expression), "execute_result")[0].data["text/plain"];
}

/** Sends a page's comm message and waits until the kernel has dealt with it. */
async function tell(commId: string, data: object): Promise<KernelMessage[]> {
  const heard: KernelMessage[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = client.onIopub((message) => {
    if ((message.parent_header as { msg_id?: string }).msg_id !== id) return;
    heard.push(message);
    if (message.content.execution_state === "idle") resolve();
  });
  const id = client.send("comm_msg", { comm_id: commId, data });
  await promise;
  stop();
  return heard;
}

const LEARNING_RATE = `number({ default: 1e-3, min: 1e-6, max: 1, scale: "log", description: "Size of a step." })`;

test("moving the slider that param shows changes the const, in later cells and in closures", async () => {
  const shown = await run(`const learningRate = param("learningRate", ${LEARNING_RATE});
    const read = () => learningRate;`);
  const [{ data }] = contentsOf(shown, "display_data");
  expect(data["text/plain"]).toBe("learningRate = 0.001");
  const { model_id: id } = data["application/vnd.gradbook.param+json"];
  const opened = contentsOf(shown, "comm_open").find(({ comm_id }) => comm_id === id);
  expect(opened).toMatchObject({
    target_name: "jupyter.widget",
    data: { state: { _model_name: "FloatLogSliderModel" } },
  });

  const answered = await tell(id, { method: "update", state: { value: 0.003 }, buffer_paths: [] });
  expect(contentsOf(answered, "comm_msg").map(({ data }) => data)).toEqual([
    { method: "echo_update", state: { value: 0.003 }, buffer_paths: [] },
  ]);
  expect(await textOf("[learningRate, read()].join()")).toBe("'0.003,0.003'");
});

test("the slider works while a cell runs", async () => {
  const shown = await run(
    `const layers = param("layers", integer({ default: 2, min: 1, max: 8, description: "Depth." }))`,
  );
  const { model_id: id } = contentsOf(shown, "display_data")[0].data["application/vnd.gradbook.param+json"];
  const running = run(`while (layers === 2) await new Promise((resolve) => setTimeout(resolve, 5));`);
  await tell(id, { method: "update", state: { value: 5 } });
  await running;
  expect(await textOf("layers")).toBe("5");
});

test("a value given to the run replaces the default, a bad one is refused with its range", async () => {
  const set = (values: string) =>
    client.execute(`globalThis[Symbol.for("gradbook.notebook")].parameters = ${values}`, { silent: true });
  await set("{ steps: 7 }");
  await run(`const steps = param("steps", integer({ default: 100, min: 1, description: "Length." }))`);
  expect(await textOf("steps")).toBe("7");
  await set("{ steps: 0 }");
  const reply = await client.execute(
    `const more = param("steps", integer({ default: 100, min: 1, description: "Length." }))`,
  );
  await set("{}");
  expect(reply).toMatchObject({ status: "error", ename: "GradbookError" });
  expect(reply.evalue).toBe("param steps: expected steps to be a whole number ≥ 1, got 0");
});

test("a page that is loaded again gets all widgets, and comm_info lists them", async () => {
  const info = await client.request("comm_info_request", { target_name: "jupyter.widget" });
  const open = Object.keys(info.content.comms as object);
  expect(open.length).toBeGreaterThan(5);
  const states = new Promise<KernelMessage>((resolve) => {
    const stop = client.onIopub((message) => {
      if (message.content.comm_id !== "page" || message.header.msg_type !== "comm_msg") return;
      stop();
      resolve(message);
    });
  });
  client.send("comm_open", { comm_id: "page", target_name: "jupyter.widget.control", data: {} });
  client.send("comm_msg", { comm_id: "page", data: { method: "request_states" } });
  const { content } = await states;
  expect(content.data.method).toBe("update_states");
  expect(Object.keys(content.data.states).sort()).toEqual(open.sort());
});

test("a live chart sends its points while the loop runs and a final figure at the end", async () => {
  const heard = await run(`const chart = liveChart({ title: "loss", series: ["train"] });
    for (let step = 0; step < 100; step++) {
      chart.append(step, { train: 1 / (step + 1) });
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
    chart.end();`);
  const appended = contentsOf(heard, "comm_msg").filter(({ data }) => data.method === "custom");
  expect(appended.length).toBeGreaterThan(3);
  const [{ data, transient }] = contentsOf(heard, "update_display_data").slice(-1);
  expect(transient.display_id).toBe(contentsOf(heard, "display_data")[0].transient.display_id);
  expect(data["application/vnd.plotly.v1+json"].data[0].x).toHaveLength(100);
  expect(data["text/plain"]).toBe("loss: train 0.01 at step 99");
});

test("record shows a line that other programs can read", async () => {
  const [{ data }] = contentsOf(await run(`record("validation loss", 1.5)`), "display_data");
  expect(data).toEqual({
    "application/vnd.gradbook.record+json": { name: "validation loss", value: 1.5 },
    "text/plain": "validation loss = 1.5",
  });
});
