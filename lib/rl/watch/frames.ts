/** Drawings of the environments and games, for `replay`. */
import type { Position, BoardGame } from "../games/board-game.ts";
import type { Frame } from "./replay.ts";

const FIRST = "#2a78d6";
const SECOND = "#eb6834";
const CELL = 44;

/** @param moves from the start */
export function boardFrames(game: BoardGame, moves: readonly number[]): Frame[] {
  let position = game.start();
  const frames = [{ drawing: drawBoard(game, position), caption: "start" }];
  for (const move of moves) {
    const mover = position.player === 1 ? "blue" : "orange";
    position = game.play(position, move);
    const { winner } = position;
    const end = winner === undefined ? "" : winner === 0 ? " – a draw" : ` – ${mover} wins`;
    frames.push({ drawing: drawBoard(game, position), caption: `${mover} plays ${move + 1}${end}` });
  }
  return frames;
}

export function boardSize({ rows, columns }: BoardGame): { width: number; height: number } {
  return { width: Math.max(200, columns * CELL), height: rows * CELL };
}

function drawBoard(game: BoardGame, { board }: Position): string {
  const left = (boardSize(game).width - game.columns * CELL) / 2;
  return board
    .map((stone, cell) => {
      const [x, y] = [left + (cell % game.columns) * CELL, Math.floor(cell / game.columns) * CELL];
      const square = `<rect x="${x + 1}" y="${y + 1}" width="${CELL - 2}" height="${CELL - 2}" rx="6" fill="#eef1f5"/>`;
      const disc = `<circle cx="${x + CELL / 2}" cy="${y + CELL / 2}" r="${CELL * 0.36}" fill="${stone > 0 ? FIRST : SECOND}"/>`;
      return square + (stone === 0 ? "" : disc);
    })
    .join("");
}

/** @param values position and angle as in CartPole's observation */
export function cartPoleFrame(
  [position, , angle]: ArrayLike<number> & Iterable<number>,
  caption = "",
): Frame {
  const x = 200 + (position / 2.4) * 180;
  const [tipX, tipY] = [x + 90 * Math.sin(angle), 130 - 90 * Math.cos(angle)];
  const drawing =
    `<line x1="10" y1="150" x2="390" y2="150" stroke="#9aa3ad" stroke-width="2"/>` +
    `<rect x="${(x - 28).toFixed(1)}" y="126" width="56" height="22" rx="5" fill="${FIRST}"/>` +
    `<line x1="${x.toFixed(1)}" y1="130" x2="${tipX.toFixed(1)}" y2="${tipY.toFixed(1)}" stroke="${SECOND}" stroke-width="8" stroke-linecap="round"/>`;
  return { drawing, caption };
}

export const CART_POLE_SIZE = { width: 400, height: 160 } as const;

const TILE = 52;

export function tileBoardSize(size = 4): { width: number; height: number } {
  return { width: Math.max(200, size * TILE), height: size * TILE };
}

/** @param board exponents, row by row: 3 is a tile of 8, 0 is empty */
export function tileFrame(board: readonly number[], caption = ""): Frame {
  const size = Math.sqrt(board.length);
  const left = (tileBoardSize(size).width - size * TILE) / 2;
  const drawing = board
    .map((exponent, cell) => {
      const [x, y] = [left + (cell % size) * TILE, Math.floor(cell / size) * TILE];
      // From pale to dark blue; the number is white where it would not be read in black.
      const fill = exponent === 0 ? "#eef1f5" : `hsl(212 ${40 + exponent * 3}% ${94 - exponent * 5}%)`;
      const square = `<rect x="${x + 2}" y="${y + 2}" width="${TILE - 4}" height="${TILE - 4}" rx="6" fill="${fill}"/>`;
      if (exponent === 0) return square;
      const ink = exponent > 7 ? "#ffffff" : "#1d2733";
      const number = `<text x="${x + TILE / 2}" y="${y + TILE / 2 + 5}" text-anchor="middle" font-weight="600" fill="${ink}">${2 ** exponent}</text>`;
      return square + number;
    })
    .join("");
  return { drawing, caption };
}
