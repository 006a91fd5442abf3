/**
 * Learning a game from nothing but its rules, by playing against oneself (AlphaZero, arXiv 1712.01815).
 *
 * A network looks at a position and names moves (policy) and the chances (value). The search makes both better; the
 * network learns to say at once what the search found, and how the game ended:  L = (z − v)² − πᵀ log p.
 * Left out: convolutions (the boards here are small), symmetries of the board, resignation.
 *
 * `B` positions, `O` cells of the board, `A` actions.
 */
import { defineConfig, integer, number, type ConfigValues } from "../../core/config.ts";
import { random, type RandomState } from "../../core/random.ts";
import { compile, tf, type Compiled } from "../../engine/index.ts";
import { linear, linearParameters, Parameters, type ParameterValues } from "../../nn/index.ts";
import { AdamW, type OptimizerState } from "../../optim/index.ts";
import { argMax, draw, logSoftmax } from "../agents/choose.ts";
import { evaluator, gradientsOf, runStep, stack } from "../agents/network.ts";
import { observePosition, positionKey, type BoardGame, type Position } from "../games/board-game.ts";
import { search, type Judgement } from "./mcts.ts";

export const selfPlayConfig = defineConfig("rl.selfPlay", {
  games: integer({ default: 20, min: 1, max: 1000, description: "Games between two rounds of learning." }),
  simulations: integer({ default: 80, min: 2, max: 10000, description: "Simulations for each move." }),
  batches: integer({ default: 60, min: 1, max: 10000, description: "Batches learned from in each round." }),
  batchSize: integer({
    default: 64,
    min: 1,
    max: 4096,
    unit: "positions",
    description: "Positions of a batch.",
  }),
  memory: integer({ default: 8000, min: 1, max: 1e6, unit: "positions", description: "Latest positions to learn from." }), // prettier-ignore
  randomMoves: integer({ default: 6, min: 0, max: 1000, description: "First moves that are drawn, not the best." }), // prettier-ignore
  randomOpening: integer({ default: 4, min: 0, max: 100, description: "Games begin after up to so many moves of chance, so that odd positions are seen, too." }), // prettier-ignore
  noiseShare: number({ default: 0.25, min: 0, max: 1, description: "Share of noise in the root's priors." }),
  noiseAlpha: number({ default: 1, min: 0.01, max: 100, description: "Dirichlet's α: smaller is spikier." }),
  learningRate: number({ default: 2e-3, min: 1e-6, max: 1, scale: "log", description: "Step size of Adam." }),
  weightDecay: number({ default: 1e-4, min: 0, max: 1, description: "Pull of the weights towards zero." }),
  width: integer({ default: 128, min: 1, max: 4096, description: "Units of each hidden layer." }),
  seed: integer({ default: 0, min: 0, max: 2 ** 31, description: "Another seed, another run." }),
});

export type SelfPlaySettings = ConfigValues<typeof selfPlayConfig>;

export interface SelfPlayStats {
  /** Games played so far. */
  games: number;
  /** Moves of this round's games, on average. */
  length: number;
  /** Of this round's games: won by the first player, drawn, lost. */
  outcomes: [won: number, drawn: number, lost: number];
  "policy/loss": number;
  "value/loss": number;
}

/** A position as the network saw it, what the search said, how the game ended for the player to move. */
interface Memory {
  observation: Float32Array;
  policy: Float32Array;
  outcome: number;
}

export interface SelfPlayState {
  round: number;
  weights: ParameterValues;
  optimizer: OptimizerState;
  random: RandomState;
  memory: Memory[];
}

function policyValueTree(inputs: number, actions: number, width: number) {
  return {
    first: linearParameters(inputs, width, Math.sqrt(2 / inputs)),
    second: linearParameters(width, width, Math.sqrt(2 / width)),
    policy: linearParameters(width, actions, 0.1 / Math.sqrt(width)),
    value: linearParameters(width, 1, 0.1 / Math.sqrt(width)),
  };
}

export class SelfPlay {
  readonly kind = "self-play";
  readonly game: BoardGame;
  readonly settings: SelfPlaySettings;
  readonly parameters: Parameters<ReturnType<typeof policyValueTree>>;
  private readonly optimizer: AdamW;
  private readonly generator;
  private readonly look;
  private readonly learn: Compiled<(inputs: Record<string, tf.Tensor>) => Record<"policy/loss" | "value/loss", tf.Tensor>>; // prettier-ignore
  /** Judgements of the present weights, so that a position is looked at once. */
  private readonly judged = new Map<string, Judgement>();
  private memory: Memory[] = [];
  private rounds = 0;

  constructor(game: BoardGame, settings: Partial<SelfPlaySettings> = {}) {
    this.game = game;
    this.settings = selfPlayConfig.parse(settings);
    const { width, seed } = this.settings;
    this.parameters = new Parameters(policyValueTree(game.rows * game.columns, game.actions, width), {
      seed,
    });
    this.optimizer = new AdamW(this.parameters.groups, { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 });
    this.generator = random(seed);
    this.look = evaluator("self-play look", (observations) => {
      const { logits, value } = this.forward(observations);
      return [logits, value];
    });
    this.learn = compile((inputs) => this.learnStep(inputs), { name: "self-play step" });
  }

  /** Plays games against itself, and learns from the latest ones. */
  round(): SelfPlayStats {
    const { games, batches, batchSize, memory, learningRate } = this.settings;
    const outcomes: SelfPlayStats["outcomes"] = [0, 0, 0];
    let moves = 0;
    for (let i = 0; i < games; i++) {
      const { winner, length } = this.playOne();
      outcomes[1 - winner]++;
      moves += length;
    }
    this.memory = this.memory.slice(-memory);
    const sums = { "policy/loss": 0, "value/loss": 0 };
    for (let i = 0; i < batches; i++) {
      const batch = Array.from(
        { length: batchSize },
        () => this.memory[this.generator.integer(this.memory.length)],
      );
      const losses = runStep(this.learn, {
        observations: stack(batch.map(({ observation }) => observation)),
        policies: stack(batch.map(({ policy }) => policy)),
        outcomes: tf.tensor1d(batch.map(({ outcome }) => outcome)),
        rate: tf.scalar(learningRate),
      });
      sums["policy/loss"] += losses["policy/loss"] / batches;
      sums["value/loss"] += losses["value/loss"] / batches;
    }
    this.judged.clear();
    this.rounds++;
    return { games: this.rounds * games, length: moves / games, outcomes, ...sums };
  }

  /** Policy and value of a position at first sight, without a search. */
  judge(position: Position): Judgement {
    const key = positionKey(position);
    let judgement = this.judged.get(key);
    if (!judgement) {
      const [logits, value] = this.look.run([observePosition(position)]);
      judgement = { policy: logSoftmax(logits).map(Math.exp), value: value[0] };
      this.judged.set(key, judgement);
    }
    return judgement;
  }

  /** The best move by a search; without simulations the network's first thought. */
  move(position: Position, simulations = this.settings.simulations): number {
    const judge = (seen: Position): Judgement => this.judge(seen);
    if (simulations > 0) return argMax(search(this.game, position, judge, { simulations }).policy);
    const { policy } = this.judge(position);
    const legal = this.game.legal(position);
    return legal[argMax(legal.map((action) => policy[action]))];
  }

  state(): SelfPlayState {
    return {
      round: this.rounds,
      weights: this.parameters.read(),
      optimizer: this.optimizer.state(),
      random: this.generator.state(),
      memory: [...this.memory],
    };
  }

  restore(state: SelfPlayState): void {
    this.parameters.write(state.weights);
    this.optimizer.restore(state.optimizer);
    this.generator.restore(state.random);
    this.memory = [...state.memory];
    this.rounds = state.round;
    this.judged.clear();
  }

  dispose(): void {
    this.look.dispose();
    this.learn.dispose();
    this.optimizer.dispose();
    this.parameters.dispose();
  }

  private playOne(): { winner: 1 | -1 | 0; length: number } {
    const { simulations, noiseShare, noiseAlpha, randomMoves } = this.settings;
    const noise = { share: noiseShare, alpha: noiseAlpha, generator: this.generator };
    const judge = (seen: Position): Judgement => this.judge(seen);
    const seen: { position: Position; policy: Float32Array }[] = [];
    let position = this.opening();
    while (position.winner === undefined) {
      const policy = Float32Array.from(search(this.game, position, judge, { simulations, noise }).policy);
      seen.push({ position, policy });
      const action = seen.length <= randomMoves ? draw(policy, this.generator) : argMax(policy);
      position = this.game.play(position, action);
    }
    const { winner } = position;
    for (const { position: earlier, policy } of seen)
      this.memory.push({ observation: observePosition(earlier), policy, outcome: winner * earlier.player });
    return { winner, length: seen.length };
  }

  /** The start, or a position that some moves of chance lead to. */
  private opening(): Position {
    const moves = this.generator.integer(this.settings.randomOpening + 1);
    let position = this.game.start();
    for (let i = 0; i < moves; i++) {
      const legal = this.game.legal(position);
      const next = this.game.play(position, legal[this.generator.integer(legal.length)]);
      if (next.winner !== undefined) break;
      position = next;
    }
    return position;
  }

  private forward(observations: tf.Tensor): { logits: tf.Tensor; value: tf.Tensor } {
    const p = this.parameters.tensors();
    const hidden = tf.relu(linear(p.second, tf.relu(linear(p.first, observations))));
    return { logits: linear(p.policy, hidden), value: tf.tanh(tf.squeeze(linear(p.value, hidden), [1])) };
  }

  private learnStep(inputs: Record<string, tf.Tensor>): Record<"policy/loss" | "value/loss", tf.Tensor> {
    const told: Record<string, tf.Tensor> = {};
    const { gradients } = gradientsOf(this.parameters, () => {
      const { logits, value } = this.forward(inputs.observations);
      const policyLoss = tf.neg(tf.mean(tf.sum(tf.mul(inputs.policies, tf.logSoftmax(logits)), -1)));
      const valueLoss = tf.mean(tf.square(tf.sub(value, inputs.outcomes)));
      told["policy/loss"] = tf.keep(policyLoss);
      told["value/loss"] = tf.keep(valueLoss);
      return tf.add(policyLoss, valueLoss).asScalar();
    });
    const { weightDecay } = this.settings;
    this.optimizer.update(gradients, { learningRate: inputs.rate, weightDecay });
    return told as Record<"policy/loss" | "value/loss", tf.Tensor>;
  }
}
