/**
 * Recurrent language models as PyTorch keeps them: `nn.Embedding`, `nn.LSTM` (or `nn.GRU`, `nn.RNN`), `nn.Linear`, in one
 * safetensors file.
 *
 *   encoder.weight [V, C]   rnn.weight_ih_l0 [gates·C, C]   rnn.weight_hh_l0   rnn.bias_ih_l0   rnn.bias_hh_l0   …_l1 …
 *   decoder.weight [V, C]   decoder.bias [V]
 *
 * A file has no settings: cell, layers and sizes are read off the shapes. The modules may be called anything. Gates lie as
 * in our layers (LSTM i f g o, GRU r z n), so no number is moved. Left out: both directions, LSTMs with projections,
 * embeddings of another width than the state, RNNs with relu (a file does not tell; tanh is taken).
 *
 * `V` vocabulary, `C` width.
 */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { fail } from "../core/errors.ts";
import { RecurrentLM, type RecurrentConfig } from "../models/recurrent-lm.ts";
import type { Cell } from "../nn/recurrent.ts";
import { writeAtomic } from "./atomic-file.ts";
import { readWeights, sameRules, writeWeights, type Rule } from "./hugging-face/layout.ts";
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from "./safetensors.ts";

type Tensors = Map<string, StoredTensor>;

/** Names of the three modules in a file. */
interface Modules {
  encoder: string;
  rnn: string;
  decoder: string;
}

const NAMES: Modules = { encoder: "encoder", rnn: "rnn", decoder: "decoder" };
const PARTS = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"];
const CELL_OF: Record<number, Cell | undefined> = { 1: "rnn", 3: "gru", 4: "lstm" };

/**
 * Reads what `safetensors.torch.save_file(model.state_dict(), file)` wrote.
 *
 * @param settings what the file does not tell: `contextLength` and `dropout`, for training on
 * @throws GradbookError when the file is damaged, or holds another kind of model
 * @example const model = loadTorchRecurrent("lstm.safetensors");
 */
export function loadTorchRecurrent(
  file: string,
  settings: Partial<Pick<RecurrentConfig, "contextLength" | "dropout">> = {},
): RecurrentLM {
  if (!existsSync(file)) fail("loadTorchRecurrent", { expected: "a safetensors file", got: `no ${file}` });
  const { tensors } = decodeSafetensors(readFileSync(file), file);
  const modules = findModules(tensors, file);
  const shape = shapeOf(tensors, modules, file);
  const model = new RecurrentLM({ ...shape, ...settings });
  fillIn(tensors, modules, shape);
  model.parameters.write(readWeights(tensors, rulesFor(shape, modules), file, /(?!)/));
  return model;
}

/** Writes a file that `model.load_state_dict(safetensors.torch.load_file(file))` takes; the modules are called as above. */
export function saveTorchRecurrent(file: string, { config, parameters }: RecurrentLM): void {
  const tensors = writeWeights(parameters.read(), parameters.specs, rulesFor(config, NAMES));
  mkdirSync(dirname(file), { recursive: true });
  writeAtomic(file, encodeSafetensors(tensors, { format: "pt" }));
}

function rulesFor({ layers }: Pick<RecurrentConfig, "layers">, { encoder, rnn, decoder }: Modules): Rule[] {
  return [
    ...sameRules("wte", encoder),
    ...Array.from({ length: layers }, (_, i) =>
      PARTS.map((part) => ({ ours: `h.${i}.${part}`, theirs: [`${rnn}.${part}_l${i}`] })),
    ).flat(),
    ...sameRules("head", decoder, ["weight", "bias"]),
  ];
}

/** By what they hold: the embedding is the other matrix that has no bias, or comes first. */
function findModules(tensors: Tensors, where: string): Modules {
  const names = [...tensors.keys()];
  const first = names.find((name) => name.endsWith("weight_ih_l0"));
  const foreign = names.find((name) => /_l\d+_reverse$|weight_hr_l\d+$/.test(name));
  if (first === undefined || foreign !== undefined)
    fail(where, {
      expected: "an nn.LSTM, nn.GRU or nn.RNN of one direction without projection (weight_ih_l0, …)",
      got: foreign ?? `the tensors ${names.slice(0, 4).join(", ")}${names.length > 4 ? ", …" : ""}`,
    });
  const rnn = first.slice(0, -".weight_ih_l0".length);
  const matrices = names
    .filter((name) => name.endsWith(".weight") && tensors.get(name)!.shape.length === 2)
    .map((name) => name.slice(0, -".weight".length));
  const decoder = matrices.find((name) => tensors.has(`${name}.bias`));
  const encoder = matrices.find((name) => name !== decoder);
  if (encoder === undefined || matrices.length > 2)
    fail(where, {
      expected: "an embedding and at most one linear layer beside the recurrent layers",
      got: `${matrices.join(", ") || "none"}`,
      hint: "a linear layer has a bias; an embedding has none",
    });
  const other = decoder ?? matrices.find((name) => name !== encoder);
  return { encoder, rnn, decoder: other ?? NAMES.decoder };
}

function shapeOf(
  tensors: Tensors,
  { encoder, rnn }: Modules,
  where: string,
): Pick<RecurrentConfig, "vocabSize" | "cell" | "layers" | "width"> {
  const [vocabSize, embedded] = tensors.get(`${encoder}.weight`)!.shape;
  const [rows, width] = tensors.get(`${rnn}.weight_hh_l0`)?.shape ?? [0, 1];
  const cell = CELL_OF[rows / width];
  if (!cell || embedded !== width)
    fail(where, {
      expected: "4, 3 or 1 gates as wide as the state (LSTM, GRU, RNN), and an embedding as wide",
      got: `weight_hh_l0 [${rows}, ${width}], embedding [${vocabSize}, ${embedded}]`,
    });
  let layers = 0;
  while (tensors.has(`${rnn}.weight_ih_l${layers}`)) layers++;
  return { vocabSize, cell, layers, width };
}

/** What PyTorch leaves out of a file: biases that were switched off, and an output layer that shares the embedding. */
function fillIn(
  tensors: Tensors,
  { encoder, rnn, decoder }: Modules,
  { vocabSize, layers }: Pick<RecurrentConfig, "vocabSize" | "layers">,
): void {
  const zeros = (name: string, size: number) => {
    if (!tensors.has(name)) tensors.set(name, { dtype: "F32", shape: [size], data: new Float32Array(size) });
  };
  for (let layer = 0; layer < layers; layer++) {
    const rows = tensors.get(`${rnn}.weight_ih_l${layer}`)!.shape[0];
    for (const part of ["bias_ih", "bias_hh"]) zeros(`${rnn}.${part}_l${layer}`, rows);
  }
  if (!tensors.has(`${decoder}.weight`)) tensors.set(`${decoder}.weight`, tensors.get(`${encoder}.weight`)!);
  zeros(`${decoder}.bias`, vocabSize);
}
