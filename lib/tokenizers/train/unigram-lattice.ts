/**
 * All ways to cut a set of words into pieces, laid out once in flat arrays and thinned out as pieces are
 * dropped; expected counts (forward–backward) and best cuts (Viterbi) are sums and maxima along its edges.
 */

export interface LatticeWords {
  words: readonly string[];
  /** How often each word occurs. */
  counts: ArrayLike<number>;
}

export class UnigramLattice {
  private readonly words: LatticeWords;
  /** The edges of word i are `firstEdge[i] … firstEdge[i + 1]`, in order of where they start. */
  private readonly firstEdge: Int32Array;
  private edgeStarts: Uint16Array;
  private edgeEnds: Uint16Array;
  private edgePieces: Int32Array;
  private forward = new Float64Array(1024);
  private backward = new Float64Array(1024);
  private bestEdge = new Int32Array(1024);

  /** @param edgesOf lists the pieces found at a position of a word: `visit(end, piece)` */
  constructor(
    words: LatticeWords,
    edgesOf: (word: string, start: number, visit: (end: number, piece: number) => void) => void,
  ) {
    this.words = words;
    const starts: number[] = [];
    const ends: number[] = [];
    const pieces: number[] = [];
    this.firstEdge = new Int32Array(words.words.length + 1);
    for (const [i, word] of words.words.entries()) {
      for (let start = 0; start < word.length; start++) {
        edgesOf(word, start, (end, piece) => {
          starts.push(start);
          ends.push(end);
          pieces.push(piece);
        });
      }
      this.firstEdge[i + 1] = pieces.length;
    }
    this.edgeStarts = Uint16Array.from(starts);
    this.edgeEnds = Uint16Array.from(ends);
    this.edgePieces = Int32Array.from(pieces);
  }

  /** Renumber the pieces; edges whose piece became -1 go. */
  keep(newPiece: Int32Array): void {
    let to = 0;
    let from = 0;
    for (let word = 0; word + 1 < this.firstEdge.length; word++) {
      for (; from < this.firstEdge[word + 1]; from++) {
        const piece = newPiece[this.edgePieces[from]];
        if (piece < 0) continue;
        this.edgeStarts[to] = this.edgeStarts[from];
        this.edgeEnds[to] = this.edgeEnds[from];
        this.edgePieces[to++] = piece;
      }
      this.firstEdge[word + 1] = to;
    }
  }

  /**
   * How often each piece is expected to occur, over all cuts weighted by their probability.
   *
   * @param scores log-probabilities of the pieces (nats)
   * @param perUnit is added to a score for each unit of length: the same factor for every cut of a word, chosen
   *   so that products neither vanish nor overflow
   */
  expectedCounts(scores: Float64Array, lengths: ArrayLike<number>, perUnit: number): Float64Array {
    const weights = scores.map((score, piece) => Math.exp(score + perUnit * lengths[piece]));
    const expected = new Float64Array(scores.length);
    const { forward, backward, edgeStarts, edgeEnds, edgePieces, firstEdge } = this;
    for (let word = 0; word + 1 < firstEdge.length; word++) {
      const length = this.words.words[word].length;
      forward.fill(0, 0, length + 1);
      backward.fill(0, 0, length + 1);
      forward[0] = 1;
      backward[length] = 1;
      for (let edge = firstEdge[word]; edge < firstEdge[word + 1]; edge++) {
        forward[edgeEnds[edge]] += forward[edgeStarts[edge]] * weights[edgePieces[edge]];
      }
      for (let edge = firstEdge[word + 1] - 1; edge >= firstEdge[word]; edge--) {
        backward[edgeStarts[edge]] += backward[edgeEnds[edge]] * weights[edgePieces[edge]];
      }
      const scale = this.words.counts[word] / forward[length];
      if (!Number.isFinite(scale)) continue;
      for (let edge = firstEdge[word]; edge < firstEdge[word + 1]; edge++) {
        const piece = edgePieces[edge];
        expected[piece] += scale * forward[edgeStarts[edge]] * weights[piece] * backward[edgeEnds[edge]];
      }
    }
    return expected;
  }

  /** How often each piece occurs when every word is cut in the best way. */
  bestCounts(scores: Float64Array): Float64Array {
    const frequency = new Float64Array(scores.length);
    const { forward: best, bestEdge, edgeStarts, edgeEnds, edgePieces, firstEdge } = this;
    for (let word = 0; word + 1 < firstEdge.length; word++) {
      const length = this.words.words[word].length;
      best.fill(-Infinity, 0, length + 1);
      best[0] = 0;
      for (let edge = firstEdge[word]; edge < firstEdge[word + 1]; edge++) {
        const score = best[edgeStarts[edge]] + scores[edgePieces[edge]];
        if (score > best[edgeEnds[edge]]) {
          best[edgeEnds[edge]] = score;
          bestEdge[edgeEnds[edge]] = edge;
        }
      }
      for (let end = length; end > 0 && best[length] > -Infinity; end = edgeStarts[bestEdge[end]]) {
        frequency[edgePieces[bestEdge[end]]] += this.words.counts[word];
      }
    }
    return frequency;
  }

  /** The best cut of one word that does without a piece, and its score; undefined when there is none. */
  bestCut(
    word: number,
    scores: Float64Array,
    without: number,
  ): { pieces: number[]; score: number } | undefined {
    const { forward: best, bestEdge, edgeStarts, edgeEnds, edgePieces, firstEdge } = this;
    const length = this.words.words[word].length;
    best.fill(-Infinity, 0, length + 1);
    best[0] = 0;
    for (let edge = firstEdge[word]; edge < firstEdge[word + 1]; edge++) {
      if (edgePieces[edge] === without) continue;
      const score = best[edgeStarts[edge]] + scores[edgePieces[edge]];
      if (score > best[edgeEnds[edge]]) {
        best[edgeEnds[edge]] = score;
        bestEdge[edgeEnds[edge]] = edge;
      }
    }
    if (best[length] === -Infinity) return undefined;
    const pieces: number[] = [];
    for (let end = length; end > 0; end = edgeStarts[bestEdge[end]]) pieces.push(edgePieces[bestEdge[end]]);
    return { pieces, score: best[length] };
  }
}
