/**
 * Recurrent layers: a state that each token changes in turn. What language models were before transformers.
 *
 * - rnn: h ← tanh(x·W + b + h·U + c) (Elman 1990)
 * - gru: r, z = σ(…); n = tanh(x·W + b + r ∘ (h·U + c)); h ← (1 − z) ∘ n + z ∘ h (Cho et al., arXiv 1406.1078)
 * - lstm: i, f, o = σ(…), g = tanh(…); c ← f ∘ c + i ∘ g; h ← o ∘ tanh(c) (Hochreiter & Schmidhuber 1997; with the
 *   forget gate of Gers et al. 2000)
 *
 * Weights are laid out and gates ordered as in PyTorch, whose `weight_ih_l0` is our layer's `weight_ih`
 * `[gates·C, in]`: i f g o for LSTM, r z n for GRU.
 * `B` batch, `T` time, `C` width.
 */
import { linear, tf } from "../engine/index.ts";
import type { ParameterSpec, TensorsOf } from "./parameter.ts";
import { normal, zeros } from "./parameter.ts";

export const CELLS = ["lstm", "gru", "rnn"] as const;
export type Cell = (typeof CELLS)[number];

const GATES: Record<Cell, number> = { lstm: 4, gru: 3, rnn: 1 };

/** State variables of each cell: `[B, C]` each. */
export const stateCount = (cell: Cell): number => (cell === "lstm" ? 2 : 1);

export interface RecurrentParameters {
  readonly weight_ih: ParameterSpec;
  readonly weight_hh: ParameterSpec;
  readonly bias_ih: ParameterSpec;
  readonly bias_hh: ParameterSpec;
  readonly [name: string]: ParameterSpec;
}

type RecurrentTensors = TensorsOf<RecurrentParameters>;

/** Starts with deviation 1/√(3·C): the spread of PyTorch's uniform start between ±1/√C. */
export function recurrentParameters(cell: Cell, inputs: number, width: number): RecurrentParameters {
  const [rows, deviation] = [GATES[cell] * width, 1 / Math.sqrt(3 * width)];
  return {
    weight_ih: normal([rows, inputs], deviation),
    weight_hh: normal([rows, width], deviation),
    bias_ih: zeros([rows]),
    bias_hh: zeros([rows]),
  };
}

/**
 * A layer over a text.
 *
 * @param x `[B, T, in]` @param state `[B, C]` each, zeros at the beginning of a text
 * @returns what it says at each place `[B, T, C]`, and the states after each place
 */
export function recurrent(
  p: RecurrentTensors,
  x: tf.Tensor,
  cell: Cell,
  state: readonly tf.Tensor[],
): { output: tf.Tensor; states: tf.Tensor[][] } {
  const [, time] = x.shape as number[];
  // The half that does not wait for the state is one product over all places.
  const inputs = tf.unstack(linear(x, p.weight_ih, p.bias_ih, { transposed: true }), 1);
  const states: tf.Tensor[][] = [];
  let now = [...state];
  for (let t = 0; t < time; t++) {
    now = step(cell, inputs[t], linear(now[0], p.weight_hh, p.bias_hh, { transposed: true }), now);
    states.push(now);
  }
  return {
    output: tf.stack(
      states.map(([h]) => h),
      1,
    ),
    states,
  };
}

function step(
  cell: Cell,
  fromInput: tf.Tensor,
  fromState: tf.Tensor,
  state: readonly tf.Tensor[],
): tf.Tensor[] {
  const [h, c] = state;
  switch (cell) {
    case "rnn":
      return [tf.tanh(tf.add(fromInput, fromState))];
    case "gru": {
      const [ri, zi, ni] = tf.split(fromInput, 3, -1);
      const [rh, zh, nh] = tf.split(fromState, 3, -1);
      const [r, z] = [tf.sigmoid(ri.add(rh)), tf.sigmoid(zi.add(zh))];
      const n = tf.tanh(ni.add(r.mul(nh)));
      return [n.add(z.mul(h.sub(n)))];
    }
    case "lstm": {
      const [i, f, g, o] = tf.split(tf.add(fromInput, fromState), 4, -1);
      const cell = tf
        .sigmoid(f)
        .mul(c)
        .add(tf.sigmoid(i).mul(tf.tanh(g)));
      return [tf.sigmoid(o).mul(tf.tanh(cell)), cell];
    }
  }
}
