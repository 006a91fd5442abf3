/** What a rollout looks like to whoever watches: the table in a notebook, `completions.jsonl`. */

/** The answers of a rollout, for looking at. */
export interface Rollout {
  /** 1 for the first. */
  rollout: number;
  answers: SeenAnswer[];
}

export interface SeenAnswer {
  prompt: string;
  answer: string;
  reward: number;
  /** Σ ln π/π_ref over its tokens, in nats; undefined without a reference. */
  kl?: number;
  /** Tokens, with what ends it. */
  tokens: number;
  /** Whether it ended by itself. */
  ended: boolean;
  /** Rewards by name, where there are several. */
  rewards?: Record<string, number>;
}
