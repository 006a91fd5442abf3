/**
 * Tree search guided by a policy and a value (Silver et al., "AlphaZero", arXiv 1712.01815).
 *
 * Each simulation walks down by the largest  Q(s, a) + c·P(a|s)·√N(s) / (1 + N(s, a))  (PUCT), asks for policy and
 * value at the first new position, and adds that value to all on the way, seen by who was to move there. At the root,
 * noise from a Dirichlet distribution lets self-play try what the policy would not. Left out: parallel simulations.
 */
import type { Random } from "../../core/random.ts";
import type { BoardGame, Position } from "../games/board-game.ts";

/** What is thought of a position at first sight. */
export interface Judgement {
  /** Probability of each action, legal or not. */
  policy: ArrayLike<number>;
  /** From −1 (lost) to 1 (won) for the player to move. */
  value: number;
}

export type Judge = (position: Position) => Judgement;

export interface SearchSettings {
  simulations: number;
  /** c in PUCT. */
  exploration?: number;
  /** Noise at the root: its share, and Dirichlet's α. */
  noise?: { share: number; alpha: number; generator: Random };
}

interface Node {
  position: Position;
  /** Legal actions, and for each its prior, visits, sum of values for the player to move here, and child. */
  actions: number[];
  priors: number[];
  visits: number[];
  sums: number[];
  children: (Node | undefined)[];
}

/**
 * @returns the share of simulations that went into each action, and the value of the position by the search
 */
export function search(game: BoardGame, start: Position, judge: Judge, settings: SearchSettings): Judgement {
  const { simulations, exploration = 1.5, noise } = settings;
  const root = expand(game, start, judge).node;
  if (noise) {
    const drawn = dirichlet(root.actions.length, noise.alpha, noise.generator);
    root.priors = root.priors.map((prior, i) => (1 - noise.share) * prior + noise.share * drawn[i]);
  }
  for (let i = 0; i < simulations; i++) simulate(game, root, judge, exploration);
  const policy = new Float32Array(game.actions);
  root.actions.forEach((action, i) => (policy[action] = root.visits[i] / simulations));
  return { policy, value: root.sums.reduce((sum, value) => sum + value, 0) / Math.max(1, simulations) };
}

/** One walk from `node` to a new position; returns its value for the player to move at `node`. */
function simulate(game: BoardGame, node: Node, judge: Judge, exploration: number): number {
  const { winner, player } = node.position;
  if (winner !== undefined) return winner * player;
  const total = node.visits.reduce((sum, count) => sum + count, 0);
  let best = 0;
  let bestScore = -Infinity;
  for (let i = 0; i < node.actions.length; i++) {
    const mean = node.visits[i] === 0 ? 0 : node.sums[i] / node.visits[i];
    const score = mean + (exploration * node.priors[i] * Math.sqrt(total + 1)) / (1 + node.visits[i]);
    if (score > bestScore) [best, bestScore] = [i, score];
  }
  let value: number;
  const child = node.children[best];
  if (child) value = -simulate(game, child, judge, exploration);
  else {
    const made = expand(game, game.play(node.position, node.actions[best]), judge);
    node.children[best] = made.node;
    value = -made.value;
  }
  node.visits[best]++;
  node.sums[best] += value;
  return value;
}

function expand(game: BoardGame, position: Position, judge: Judge): { node: Node; value: number } {
  const actions = game.legal(position);
  const node = { position, actions, visits: actions.map(() => 0), sums: actions.map(() => 0) };
  const children = actions.map(() => undefined);
  const { winner, player } = position;
  if (winner !== undefined) return { node: { ...node, priors: [], children }, value: winner * player };
  const { policy, value } = judge(position);
  const legal = actions.map((action) => policy[action] + 1e-6);
  const total = legal.reduce((sum, prior) => sum + prior, 0);
  return { node: { ...node, priors: legal.map((prior) => prior / total), children }, value };
}

/** A draw from the symmetric Dirichlet distribution: Gamma draws, divided by their sum. */
export function dirichlet(size: number, alpha: number, generator: Random): number[] {
  const draws = Array.from({ length: size }, () => gamma(alpha, generator));
  const total = draws.reduce((sum, value) => sum + value, 0);
  return draws.map((value) => (total > 0 ? value / total : 1 / size));
}

/** Marsaglia & Tsang (2000); for α < 1 by the power of a uniform number. */
function gamma(alpha: number, generator: Random): number {
  if (alpha < 1) return gamma(alpha + 1, generator) * (1 - generator.uniform()) ** (1 / alpha);
  const d = alpha - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = generator.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - generator.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}
