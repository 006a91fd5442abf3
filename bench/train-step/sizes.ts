/** The two model sizes of the train-step bench; `B` batch, `T` time, as in nanoGPT's CPU and baby configurations. */

export interface Size {
  readonly label: string;
  readonly vocabulary: number;
  readonly batch: number;
  readonly time: number;
  readonly layers: number;
  readonly heads: number;
  readonly width: number;
  /** Steps of each round; rounds alternate between the contestants. */
  readonly stepsPerRound: number;
}

export const SIZES: readonly Size[] = [
  {
    label: "0.81M 12×64",
    vocabulary: 65,
    batch: 12,
    time: 64,
    layers: 4,
    heads: 4,
    width: 128,
    stepsPerRound: 20,
  },
  {
    label: "10.8M 8×256",
    vocabulary: 65,
    batch: 8,
    time: 256,
    layers: 6,
    heads: 6,
    width: 384,
    stepsPerRound: 3,
  },
];
