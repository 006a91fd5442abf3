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
/** Images, channels last in memory on both sides, as tfjs has them. */
const images = [BATCH, 32, 32, 64];
/** Groups of groupNorm, whose channels come first. */
export const GROUPS = 8;

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
  geglu: { floats: [wide, wide] },
  squaredRelu: { floats: [wide] },
  groupNorm: { floats: [[BATCH, 64, 32, 32], [64], [64]] },
  rotaryHalves: { floats: [heads] },
  rotaryPairs: { floats: [heads] },
  conv2d: { floats: [images, [3, 3, 64, 64]] },
  conv2dTranspose: { floats: [images, [3, 3, 64, 64]] },
  maxPool: { floats: [images] },
  avgPool: { floats: [images] },
} satisfies Record<string, Operation>;

/** Updates in place of flat buffers: parameters and their gradient. */
export const UPDATES = ["adamw", "sgd", "clip"] as const;
/** Elements of the buffer. */
export const FLAT = 10_000_000;

export type OperationName = keyof typeof OPERATIONS;
export type UpdateName = (typeof UPDATES)[number];
