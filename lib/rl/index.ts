/** gradbook/rl: learning from reward; environments, games, agents. */
export type { Box, Discrete, Environment, Info, Step } from "./environment.ts";
export { cartPole, type CartPoleState } from "./environments/cart-pole.ts";
export { DEFAULT_GRID, gridWorld, type GridSettings, type GridState, type GridWorld, type Outcome } from "./environments/grid-world.ts"; // prettier-ignore
export { mergeTiles, type MergeTilesState } from "./environments/merge-tiles.ts";
export { observePosition, type BoardGame, type Position } from "./games/board-game.ts";
export { connectFour } from "./games/connect-four.ts";
export { ticTacToe } from "./games/tic-tac-toe.ts";
export {
  boardFrames,
  boardSize,
  cartPoleFrame,
  CART_POLE_SIZE,
  tileBoardSize,
  tileFrame,
} from "./watch/frames.ts";
export { stepThrough } from "./watch/step-through.ts";
export { replay, type Frame, type ReplayOptions } from "./watch/replay.ts";
export { loadAgent, saveAgent, type SavedAgent } from "./agents/agent-file.ts";
export { generalizedAdvantages, type Trajectory } from "../core/advantages.ts";
export { evaluatePolicy } from "./agents/evaluate.ts";
export { PPO, ppoConfig, type PpoSettings, type PpoState, type PpoStats } from "./agents/ppo.ts";
export { QLearning, valueIteration, type QState } from "./agents/q-learning.ts";
export { playAllOpponents, type Tally } from "./search/all-opponents.ts";
export { search, type Judge, type Judgement, type SearchSettings } from "./search/mcts.ts";
export { SelfPlay, selfPlayConfig, type SelfPlaySettings, type SelfPlayState, type SelfPlayStats } from "./search/self-play.ts"; // prettier-ignore
export { DQN, dqnConfig, type DqnSettings, type DqnState } from "./agents/dqn.ts";
export {
  Reinforce,
  reinforceConfig,
  type ReinforceSettings,
  type ReinforceState,
} from "./agents/reinforce.ts";
export {
  TileLearner,
  tileLearnerConfig,
  type TileGame,
  type TileLearnerState,
} from "./agents/tile-learner.ts";
