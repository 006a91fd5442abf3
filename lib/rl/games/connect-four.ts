/** Connect Four: stones fall to the bottom of a column; four in a line win. Actions are columns, left to right. */
import { checkMove, hasLine, type BoardGame, type Position } from "./board-game.ts";

const ROWS = 6;
const COLUMNS = 7;

export const connectFour: BoardGame = {
  name: "ConnectFour",
  rows: ROWS,
  columns: COLUMNS,
  actions: COLUMNS,
  start: () => ({ board: new Array<number>(ROWS * COLUMNS).fill(0), player: 1, winner: undefined }),
  legal: ({ board, winner }) =>
    winner === undefined ? [...Array(COLUMNS).keys()].filter((column) => board[column] === 0) : [],
  play(position, action): Position {
    checkMove(connectFour, position, action);
    const { player } = position;
    let row = ROWS - 1;
    while (position.board[row * COLUMNS + action] !== 0) row--;
    const cell = row * COLUMNS + action;
    const board = position.board.with(cell, player);
    const full = board.every((stone) => stone !== 0);
    const winner = hasLine(board, connectFour, cell, 4) ? player : full ? 0 : undefined;
    return { board, player: player === 1 ? -1 : 1, winner };
  },
};
