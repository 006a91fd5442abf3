/** What every model must do, whatever its family and settings. */
import { describe, expect, it } from "vitest";
import { IGNORED, type Batch, type BatchLoader } from "../../lib/batches/index.ts";
import { random } from "../../lib/core/random.ts";
import { tf } from "../../lib/engine/index.ts";
import { batchPredictor } from "../../lib/generate/cached-predictor.ts";
import {
  Bert,
  GPT,
  modernGPT,
  RecurrentLM,
  Seq2Seq,
  t5,
  type CachedLanguageModel,
  type TrainableModel,
} from "../../lib/models/index.ts";
import { Trainer } from "../../lib/train/index.ts";
import { moveWeights, slopeOf } from "./slopes.ts";

const gpt = { vocabSize: 11, contextLength: 8, layers: 2, heads: 4, width: 16 };
const translator = { ...gpt, padId: 0, startId: 1 };
const rnn = { vocabSize: 11, contextLength: 8, layers: 2, width: 16 };
type Make = (seed?: number) => TrainableModel;

const FAMILIES: Record<string, Make> = {
  "GPT-2": (seed) => new GPT(gpt, { seed }),
  "modern GPT": (seed) => new GPT({ ...gpt, ...modernGPT, kvHeads: 2, qkNorm: true }, { seed }),
  "GPT without biases, sinusoidal, squared ReLU, untied": (seed) =>
    new GPT(
      { ...gpt, bias: false, position: "sinusoidal", activation: "squaredRelu", tied: false },
      { seed },
    ),
  "GPT with ALiBi, a window, GeGLU": (seed) =>
    new GPT({ ...gpt, position: "alibi", window: 3, activation: "geglu" }, { seed }),
  BERT: (seed) => new Bert({ ...gpt, padId: 0 }, { seed }),
  "first transformer": (seed) => new Seq2Seq(translator, { seed }),
  "first transformer with GELU": (seed) => new Seq2Seq({ ...translator, activation: "geluExact" }, { seed }),
  "T5 1.1": (seed) => new Seq2Seq({ ...translator, ...t5, decoderLayers: 1 }, { seed }),
  "T5 with tied output": (seed) => new Seq2Seq({ ...translator, ...t5, tied: true }, { seed }),
  LSTM: (seed) => new RecurrentLM(rnn, { seed }),
  GRU: (seed) => new RecurrentLM({ ...rnn, cell: "gru" }, { seed }),
  RNN: (seed) => new RecurrentLM({ ...rnn, cell: "rnn" }, { seed }),
};

/** Rows that differ from the first token on, so that every target can be known. */
function batchFor(kind: string): Batch {
  const row = (first: number): number[] => Array.from({ length: 8 }, (_, i) => 2 + ((first + i * i) % 9));
  const rows = [0, 1, 2, 3].map(row);
  const inputs = Int32Array.from(rows.flat());
  const next = Int32Array.from(rows.flatMap((ids) => [...ids.slice(1), 2]));
  const hidden = inputs.map((id, place) => (place % 3 === 1 ? id : IGNORED));
  const targets = kind === "bert" ? hidden : kind === "seq2seq" ? inputs.slice().reverse() : next;
  return { inputs, targets, batchSize: 4, contextLength: 8 };
}

const always = (batch: Batch): BatchLoader => ({
  batchSize: batch.batchSize,
  contextLength: batch.contextLength,
  next: () => batch,
  state: () => ({ random: random(1).state(), batches: 0 }),
  restore: () => undefined,
});

describe.each(Object.entries(FAMILIES))("%s", (name, make) => {
  it("over-fits one batch and changes every parameter", () => {
    const model = make(1);
    const before = model.parameters.read();
    const steps = model.kind === "recurrent" ? 1000 : 500;
    const settings = { steps, learningRate: 1e-2, warmupSteps: 10, weightDecay: 0 };
    const trainer = new Trainer(model, always(batchFor(model.kind)), settings);
    let loss = Infinity;
    for (let step = 0; step < steps; step++) ({ loss } = trainer.step());
    expect(loss).toBeLessThan(0.01);
    const after = model.parameters.read();
    for (const name of Object.keys(before)) expect(after[name], name).not.toEqual(before[name]);
    trainer.dispose();
    model.dispose();
  });

  // ReLU's kinks lie within any step that float32 can measure.
  if (name !== "first transformer") {
    it("has the gradient that finite differences find", () => {
      const model = make(3);
      const { groups } = model.parameters;
      const variables = groups.map(({ variable }) => variable);
      moveWeights(variables, 0.2);
      const { inputs, targets } = batchFor(model.kind);
      const shaped = (ids: Int32Array): tf.Tensor2D => tf.tensor2d(ids, [4, 8], "int32");
      const loss = (): tf.Scalar => model.loss(shaped(inputs), shaped(targets));
      const { grads } = tf.variableGrads(loss, variables);
      for (const variable of variables) {
        const values = variable.dataSync().slice();
        // Along a random direction: one number that every element has a part in.
        const generator = random(5);
        const direction = Float32Array.from(values, () => generator.normal());
        const slope = (grads[variable.name].dataSync() as Float32Array).reduce(
          (sum, g, i) => sum + g * direction[i],
          0,
        );
        const at = (h: number): number => {
          variable.assign(tf.tensor1d(values.map((x, i) => x + h * direction[i])));
          return tf.tidy(() => loss().dataSync()[0]);
        };
        const difference = slopeOf(at, 2e-3);
        variable.assign(tf.tensor1d(values));
        expect(Math.abs(slope - difference)).toBeLessThan(0.01 + 0.01 * Math.abs(difference));
      }
      model.dispose();
    });
  }

  it("leaves no tensors behind", () => {
    const before = tf.memory().numTensors;
    const model = make();
    const { inputs, targets } = batchFor(model.kind);
    tf.tidy(() =>
      model.loss(tf.tensor2d(inputs, [4, 8], "int32"), tf.tensor2d(targets, [4, 8], "int32")).dataSync(),
    );
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

const WRITERS: Record<string, () => CachedLanguageModel> = {
  ...Object.fromEntries(
    Object.entries(FAMILIES)
      .filter(([name]) => /GPT|LSTM|GRU|RNN/.test(name))
      .map(([name, make]) => [name, () => make(2) as CachedLanguageModel]),
  ),
  "first transformer": () =>
    (FAMILIES["first transformer"](2) as Seq2Seq).about([
      [4, 5, 6],
      [7, 8],
    ]),
  "T5 1.1": () => (FAMILIES["T5 1.1"](2) as Seq2Seq).about([[4, 5, 6], [7, 8]]), // prettier-ignore
};

describe.each(Object.entries(WRITERS))("%s, writing", (_, make) => {
  it("finds the same scores with a cache as without, for texts of different lengths", () => {
    const model = make();
    // Larger than at the start, so that differences would show.
    for (const { variable } of model.parameters.groups) tf.tidy(() => variable.assign(variable.mul(4)));
    const predictor = batchPredictor(model, 2);
    const texts = [[1, 9, 3, 4, 2, 8, 3, 6], [1, 3, 5, 7, 7]]; // prettier-ignore
    for (let more = 2; more <= 5; more++) {
      const rows = [texts[0].slice(0, more + 3), texts[1].slice(0, more)];
      const ours = predictor.logits(rows);
      rows.forEach((row, i) => {
        const padded = rows.map((other) => [...other, ...row, ...row].slice(0, row.length));
        padded[i] = row;
        const expected = tf.tidy(() => {
          const logits = model.logits(tf.tensor2d(padded, undefined, "int32")).arraySync() as number[][][];
          return logits[i][row.length - 1];
        });
        expected.forEach((score, id) => expect(ours[i][id]).toBeCloseTo(score, 4));
      });
    }
    predictor.dispose();
  });
});

describe("dropout", () => {
  it.each(["GPT-2", "BERT", "T5 1.1", "LSTM"])("of %s works while training only", (name) => {
    const plain = FAMILIES[name](1);
    const Family = plain.constructor as new (config: object, options: object) => TrainableModel;
    const model = new Family({ ...plain.config, dropout: 0.5 }, { weights: plain.parameters.read() });
    const { inputs, targets } = batchFor(model.kind);
    const loss = (of: TrainableModel, training: boolean): number =>
      tf.tidy(() => {
        const [x, y] = [inputs, targets].map((ids) => tf.tensor2d(ids, [4, 8], "int32"));
        return of.loss(x, y, { training }).dataSync()[0];
      });
    expect(loss(model, false)).toBe(loss(plain, false));
    expect(loss(plain, true)).toBe(loss(plain, false));
    expect(loss(model, true)).not.toBe(loss(model, true));
  });
});

describe("documents packed into a row", () => {
  it.each(["GPT-2", "modern GPT", "GPT with ALiBi, a window, GeGLU"])("do not see each other: %s", (name) => {
    const model = FAMILIES[name](1) as GPT;
    for (const { variable } of model.parameters.groups) tf.tidy(() => variable.assign(variable.mul(4)));
    const logits = (ids: number[], segments?: number[]): number[][] =>
      tf.tidy(() => {
        const call = segments && { segments: tf.tensor2d([segments], undefined, "int32") };
        return (model.logits(tf.tensor2d([ids], undefined, "int32"), call).arraySync() as number[][][])[0];
      });
    const packed = logits([3, 4, 5, 9, 8, 7, 6], [1, 1, 1, 2, 2, 2, 2]);
    const apart = [...logits([3, 4, 5]), ...logits([9, 8, 7, 6])];
    packed.flat().forEach((score, i) => expect(score).toBeCloseTo(apart.flat()[i], 4));
  });
});

it("BERT's loss at given places is that of all places with a target there alone", () => {
  const bert = new Bert({ ...gpt, padId: 0 }, { seed: 1 });
  const ids = tf.tensor2d([[2, 3, 4, 5, 6, 7], [8, 9, 2, 4, 0, 0]], undefined, "int32"); // prettier-ignore
  const all = tf.tensor2d([[IGNORED, 3, IGNORED, IGNORED, 6, IGNORED], [8, IGNORED, IGNORED, IGNORED, IGNORED, IGNORED]], undefined, "int32"); // prettier-ignore
  const targets = tf.tensor2d([[3, 6, IGNORED], [8, IGNORED, IGNORED]], undefined, "int32"); // prettier-ignore
  const places = tf.tensor2d([[1, 4, 0], [0, 0, 0]], undefined, "int32"); // prettier-ignore
  const variables = bert.parameters.groups.map(({ variable }) => variable);
  const [a, b] = [() => bert.loss(ids, all), () => bert.loss(ids, targets, { places })].map((loss) => tf.variableGrads(loss, variables)); // prettier-ignore
  expect(b.value.dataSync()[0]).toBeCloseTo(a.value.dataSync()[0], 5);
  for (const [name, gradient] of Object.entries(a.grads)) {
    const [wanted, found] = [gradient.dataSync(), b.grads[name].dataSync()];
    wanted.forEach((value, i) => expect(found[i]).toBeCloseTo(value, 5));
  }
});
