/** gradbook/rl: learning from reward; environments, games, agents. */
export type { Box, Discrete, Environment, Info, Step } from "./environment.ts";
export { cartPole, type CartPoleState } from "./environments/cart-pole.ts";
export { DEFAULT_GRID, gridWorld, type GridSettings, type GridState, type GridWorld, type Outcome } from "./environments/grid-world.ts"; // prettier-ignore
export { mergeTiles, type MergeTilesState } from "./environments/merge-tiles.ts";
export { observePosition, type BoardGame, type Position } from "./games/board-game.ts";
export { connectFour } from "./games/connect-four.ts";
export { ticTacToe } from "./games/tic-tac-toe.ts";
export { boardFrames, boardSize, cartPoleFrame, CART_POLE_SIZE } from "./watch/frames.ts";
export { replay, type Frame, type ReplayOptions } from "./watch/replay.ts";
