/** The operations of the ops bench and what they are given: the sizes of a GPT of 10.8 M parameters, a larger vocabulary. */

const [BATCH, TIME, WIDTH, VOCABULARY] = [8, 256, 384, 8192];
export const HEADS = 6;

export interface Operation {
  /** Shapes of the inputs that gradients are taken by. */
  readonly floats: readonly number[][];
  /** Shape of the ids or targets, and what they stay below. */
  readonly integers?: { readonly shape: number[]; readonly below: number };
}

const x = [BATCH, TIME, WIDTH];
const wide = [BATCH, TIME, 4 * WIDTH];
const heads = [BATCH, HEADS, TIME, WIDTH / HEADS];

export const OPERATIONS = {
  gelu: { floats: [wide] },
  silu: { floats: [wide] },
  swiglu: { floats: [wide, wide] },
  layerNorm: { floats: [x, [WIDTH], [WIDTH]] },
  rmsNorm: { floats: [x, [WIDTH]] },
  linear: { floats: [x, [WIDTH, 4 * WIDTH], [4 * WIDTH]] },
  attention: { floats: [heads, heads, heads] },
  selfAttention: { floats: [[BATCH, TIME, 3 * WIDTH]] },
  embedding: { floats: [[VOCABULARY, WIDTH]], integers: { shape: [BATCH, TIME], below: VOCABULARY } },
  crossEntropy: {
    floats: [[BATCH * TIME, VOCABULARY]],
    integers: { shape: [BATCH * TIME], below: VOCABULARY },
  },
  dropout: { floats: [x] },
} satisfies Record<string, Operation>;

export type OperationName = keyof typeof OPERATIONS;
