/** A notebook as it looks after a run: one of everything that a report has to show. */
import {
  codeCell,
  markdownCell,
  newNotebook,
  type CodeCell,
  type Notebook,
  type Output,
} from "../../../studio/document/index.ts";

export const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

const display = (data: Record<string, unknown>): Output => ({
  output_type: "display_data",
  data,
  metadata: {},
});
const stream = (text: string, name: "stdout" | "stderr" = "stdout"): Output => ({
  output_type: "stream",
  name,
  text,
});

function executed(source: string, execution_count: number, outputs: Output[], tags?: string[]): CodeCell {
  const metadata = {
    ...(tags && { tags }),
    execution: {
      "iopub.execute_input": "2026-11-21T08:00:00.000Z",
      "iopub.status.idle": `2026-11-21T08:00:${String(execution_count * 3).padStart(2, "0")}.500Z`,
    },
  };
  return { ...codeCell(source, metadata), execution_count, outputs };
}

function parameter(name: string, value: unknown, description: string, unit?: string): Output {
  return display({
    "application/vnd.jupyter.widget-view+json": {
      version_major: 2,
      version_minor: 0,
      model_id: `row-${name}`,
    },
    "application/vnd.gradbook.param+json": {
      name,
      value,
      label: name,
      description,
      unit,
      range: "a number from 0 to 1",
      model_id: `slider-${name}`,
    },
    "text/plain": `${name} = ${String(value)}`,
  });
}

export const FIGURE = {
  data: [
    {
      type: "scatter",
      mode: "lines",
      name: "train",
      x: Array.from({ length: 100 }, (_, step) => step * 10),
      y: Array.from(
        { length: 100 },
        (_, step) => 1.4 + 3 * Math.exp(-step / 18) + 0.06 * Math.sin(step * 1.7),
      ),
    },
    {
      type: "scatter",
      mode: "lines+markers",
      name: "validation",
      x: [0, 250, 500, 750, 990],
      y: [4.4, 2.24, 1.72, 1.6, 1.55],
    },
  ],
  layout: {
    title: { text: "Loss" },
    xaxis: { title: { text: "step" } },
    yaxis: { title: { text: "nats per character" } },
    height: 340,
  },
};

export function sampleNotebook(): Notebook {
  const code = [
    'import { gpt, gptTrain } from "gradbook/models";',
    'import { param, record } from "gradbook/notebook";',
    "",
    "// The dial that derives every size.",
    "const model = gpt.parse({ preset: `tiny` });",
    "const { width, layers } = model;",
    "console.log(`width ${width}, ${layers} layers`);",
  ].join("\n");
  return newNotebook(
    [
      markdownCell(
        "---\ntitle: A small GPT learns to write\nsubtitle: Trained on Moby Dick, one character at a time\nauthor:\n  - Ada Example\n  - name: Ben Sample\ndate: 2026-11-21\n---\n\nA language model predicts what comes next. The loss of a sequence is\n\n$$\\mathcal{L}(\\theta) = -\\frac{1}{T}\\sum_{t=1}^{T} \\log p_\\theta(x_t \\mid x_{<t})$$\n\nand training makes it small, by $\\theta \\leftarrow \\theta - \\eta\\,\\hat g$.",
      ),
      markdownCell(
        "## The book\n\n| part | chapters | characters |\n|---|---:|---:|\n| train | 122 | 1,081,022 |\n| validation | 13 | 118,004 |\n\n> [!NOTE]\n> The last chapters are held out: the model never sees them while it trains.\n",
      ),
      executed(code, 1, [stream("width \u001b[1m128\u001b[0m, \u001b[32m4 layers\u001b[0m\n")]),
      markdownCell("## Parameters\n\nMove the sliders, then run the next cell again."),
      executed(
        'const learningRate = param("learningRate", gptTrain.learningRate);\nconst dropout = param("dropout", gptTrain.dropout);',
        2,
        [
          parameter("learning rate", 0.001, "How far each step goes.", "per step"),
          parameter("dropout", 0.1, "Share of activations that are silenced while training."),
        ],
        ["parameters"],
      ),
      markdownCell("## Training\n\nWatch both curves: when only the first one falls, the model memorises."),
      executed("const run = await train(model, batches, { learningRate, dropout });\nrun.chart", 3, [
        display({
          "application/vnd.plotly.v1+json": FIGURE,
          "text/plain": "Loss: train 1.41, validation 1.55 at step 990",
        }),
        stream("step 990 · loss 1.412 · 31.4k tokens/s\n"),
        stream("(node) a warning from somewhere\n", "stderr"),
      ]),
      markdownCell("### What it writes"),
      executed("sample(model, { temperature: 0.8 })", 4, [
        {
          output_type: "execute_result",
          execution_count: 4,
          metadata: {},
          data: { "text/plain": "“The whale!” cried Ahab, and the sea\nclosed over <all> & nothing." },
        },
      ]),
      executed(
        'record("validation loss", run.validationLoss);\nrecord("parameters", model.parameterCount);',
        5,
        [
          display({
            "application/vnd.gradbook.record+json": { name: "validation loss", value: 1.5473219 },
            "text/plain": "validation loss = 1.5473219",
          }),
          display({
            "application/vnd.gradbook.record+json": { name: "parameters", value: 809472 },
            "text/plain": "parameters = 809472",
          }),
        ],
      ),
      markdownCell("## When something fails"),
      executed("model.forward(oops)", 6, [
        {
          output_type: "error",
          ename: "ReferenceError",
          evalue: "oops is not defined",
          traceback: [
            "\u001b[31mReferenceError\u001b[39m: oops is not defined",
            "    at \u001b[36mCell [6]:1:15\u001b[39m",
          ],
        },
      ]),
      executed("secret", 7, [stream("removed\n")], ["remove-cell"]),
      executed("hiddenInput()", 8, [stream("output of a hidden input\n")], ["hide-input"]),
    ],
    {
      kernelspec: { name: "gradbook", display_name: "TypeScript (gradbook)", language: "typescript" },
      language_info: { name: "typescript" },
      widgets: {
        "application/vnd.jupyter.widget-state+json": {
          version_major: 2,
          version_minor: 0,
          state: {
            "slider-learning rate": {
              model_name: "FloatLogSliderModel",
              model_module: "@jupyter-widgets/controls",
              model_module_version: "2.0.0",
              state: { value: 0.003, description: "learning rate" },
            },
          },
        },
      },
    },
  );
}
