import { describe, expect, test } from "vitest";
import { makeHeader, type Message } from "../../../kernels/protocol/message.ts";
import { codeCell, OutputRecorder, WidgetRecorder } from "../../../studio/document/index.ts";
import { overwrite } from "../../../studio/document/outputs.ts";

function message(type: string, content: Record<string, unknown>, buffers: Uint8Array[] = []): Message {
  return {
    identities: [],
    header: makeHeader(type, "s"),
    parent_header: {},
    metadata: {},
    content,
    buffers,
  };
}

const stream = (text: string, name = "stdout") => message("stream", { name, text });
const display = (text: string, id?: string, type = "display_data") =>
  message(type, {
    data: { "text/plain": text },
    metadata: {},
    transient: id === undefined ? {} : { display_id: id },
  });

describe("outputs from messages", () => {
  test("streams of one name are merged, other outputs keep their place", () => {
    const cell = codeCell("");
    const recorder = new OutputRecorder();
    for (const each of [stream("a"), stream("b\n"), stream("e", "stderr"), display("d"), stream("c")]) {
      recorder.apply(cell, each);
    }
    expect(cell.outputs).toEqual([
      { output_type: "stream", name: "stdout", text: "ab\n" },
      { output_type: "stream", name: "stderr", text: "e" },
      { output_type: "display_data", data: { "text/plain": "d" }, metadata: {} },
      { output_type: "stream", name: "stdout", text: "c" },
    ]);
  });

  test("an update replaces every output with its display id, also in an earlier cell", () => {
    const [first, second] = [codeCell(""), codeCell("")];
    const recorder = new OutputRecorder();
    recorder.apply(first, display("old", "chart"));
    recorder.apply(second, display("newer", "chart"));
    expect(first.outputs).toMatchObject([{ data: { "text/plain": "newer" } }]);
    recorder.apply(second, display("newest", "chart", "update_display_data"));
    expect([...first.outputs, ...second.outputs]).toMatchObject([
      { data: { "text/plain": "newest" } },
      { data: { "text/plain": "newest" } },
    ]);
  });

  test("clear_output removes at once, or with wait when the next output comes", () => {
    const cell = codeCell("");
    const recorder = new OutputRecorder();
    recorder.apply(cell, stream("1"));
    recorder.apply(cell, message("clear_output", { wait: true }));
    expect(cell.outputs).toHaveLength(1);
    recorder.apply(cell, stream("2"));
    expect(cell.outputs).toEqual([{ output_type: "stream", name: "stdout", text: "2" }]);
    recorder.apply(cell, message("clear_output", { wait: false }));
    expect(cell.outputs).toEqual([]);
  });

  test("a result carries its execution count, an error its traceback", () => {
    const cell = codeCell("");
    const recorder = new OutputRecorder();
    recorder.apply(cell, message("execute_input", { execution_count: 3, code: "" }));
    recorder.apply(
      cell,
      message("execute_result", { execution_count: 3, data: { "text/plain": "1" }, metadata: {} }),
    );
    recorder.apply(cell, message("error", { ename: "E", evalue: "v", traceback: ["t"] }));
    expect(cell.execution_count).toBe(3);
    expect(cell.outputs).toEqual([
      { output_type: "execute_result", execution_count: 3, data: { "text/plain": "1" }, metadata: {} },
      { output_type: "error", ename: "E", evalue: "v", traceback: ["t"] },
    ]);
  });
});

describe("a stream's text is what a terminal would show:", () => {
  test.each([
    ["plain text is appended", "a\n", "b", "a\nb"],
    ["a carriage return starts the line again", "x\n 10 %", "\r 20 %", "x\n 20 %"],
    ["a shorter line leaves the rest of the longer one", "12345", "\rab", "ab345"],
    ["a carriage return at the end waits for what comes", "50 %\r", "51 %", "51 %"],
    ["Windows line ends are line ends, also when split", "a\r", "\nb", "a\nb"],
    ["a backspace takes a character back", "ab", "\b\bc", "c"],
  ])("%s", (_name, before, added, after) => expect(overwrite(before, added)).toBe(after));
});

describe("widget state from comm messages", () => {
  const open = message("comm_open", {
    comm_id: "m1",
    target_name: "jupyter.widget",
    data: {
      state: {
        _model_name: "FloatSliderModel",
        _model_module: "@jupyter-widgets/controls",
        _model_module_version: "2.0.0",
        value: 1,
      },
      buffer_paths: [],
    },
  });

  test("the latest state is kept, custom messages are not", () => {
    const recorder = new WidgetRecorder();
    recorder.apply(open);
    recorder.apply(message("comm_msg", { comm_id: "m1", data: { method: "update", state: { value: 2 } } }));
    recorder.apply(message("comm_msg", { comm_id: "m1", data: { method: "custom", content: {} } }));
    expect(recorder.models.m1).toMatchObject({ model_name: "FloatSliderModel", state: { value: 2 } });
  });

  test("binary parts are kept as base64 under their path, the newest of a path wins", () => {
    const recorder = new WidgetRecorder();
    recorder.apply(open);
    for (const bytes of [
      [1, 2],
      [3, 4],
    ]) {
      recorder.apply(
        message(
          "comm_msg",
          { comm_id: "m1", data: { method: "update", state: {}, buffer_paths: [["points"]] } },
          [Uint8Array.from(bytes)],
        ),
      );
    }
    expect(recorder.models.m1.buffers).toEqual([{ encoding: "base64", path: ["points"], data: "AwQ=" }]);
  });

  test("a closed widget and a comm of another target leave nothing", () => {
    const recorder = new WidgetRecorder();
    recorder.apply(open);
    recorder.apply(message("comm_close", { comm_id: "m1", data: {} }));
    recorder.apply(message("comm_open", { comm_id: "x", target_name: "other", data: { state: {} } }));
    expect(recorder.models).toEqual({});
  });
});
