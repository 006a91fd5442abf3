/** Models as `exportOnnx` writes them, with inputs and the engine's own answer: for other runtimes to be compared with. */
import { exportOnnx, tf } from "../../lib/engine/index.ts";
import { Bert, GPT, Seq2Seq } from "../../lib/models/index.ts";

export interface Exported {
  readonly name: string;
  readonly model: Uint8Array;
  /** int32 ids. */
  readonly inputs: readonly { name: string; shape: number[]; values: number[] }[];
  /** Scores, the model's output `logits`. */
  readonly logits: { shape: number[]; values: number[] };
}

const VOCABULARY = 50;
const SIZE = { vocabSize: VOCABULARY, contextLength: 16, layers: 2, heads: 2, width: 32 };

/** Ids from 1 on: 0 is padding to some of the models. */
const ids = (rows: number, columns: number, step: number): tf.Tensor2D =>
  tf.tensor2d(Array.from({ length: rows * columns }, (_, i) => 1 + ((i * step) % (VOCABULARY - 1))), [rows, columns], "int32"); // prettier-ignore

function exported(
  name: string,
  score: (...ids: tf.Tensor[]) => tf.Tensor,
  given: Record<string, tf.Tensor2D>,
): Exported {
  const tensors = Object.values(given);
  const logits = score(...tensors);
  return {
    name,
    model: exportOnnx(score, tensors, { inputs: Object.keys(given), outputs: ["logits"] }),
    inputs: Object.entries(given).map(([key, tensor]) => ({
      name: key,
      shape: tensor.shape,
      values: Array.from(tensor.dataSync()),
    })),
    logits: { shape: logits.shape, values: Array.from(logits.dataSync()) },
  };
}

/** A GPT, a BERT whose second text is padded, and an encoder–decoder. */
export function exportedModels(): Exported[] {
  const gpt = new GPT(SIZE, { seed: 1 });
  const bert = new Bert(SIZE, { seed: 2 });
  const translator = new Seq2Seq({ ...SIZE, position: "relative" }, { seed: 3 });
  const padded = tf.mul(ids(2, 10, 7), tf.tensor2d([new Array(10).fill(1), [1, 1, 1, 1, 1, 1, 0, 0, 0, 0]], [2, 10], "int32")); // prettier-ignore
  return [
    exported("GPT", (text) => gpt.logits(text), { ids: ids(2, 12, 5) }),
    exported("BERT", (text) => bert.logits(text), { ids: padded as tf.Tensor2D }),
    exported("encoder–decoder", (source, written) => translator.logits(source, written), {
      source: ids(2, 9, 3),
      written: ids(2, 7, 11),
    }),
  ];
}
