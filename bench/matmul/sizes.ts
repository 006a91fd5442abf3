/** The products of a training step: rows × inner × columns, and which operand lies transposed. */
export interface Product {
  readonly label: string;
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  readonly transposeA: boolean;
}

/** The feed-forward part at 10.8 M parameters (2,048 tokens, width 384): out, back, and the gradient of its weights. */
export const PRODUCTS: readonly Product[] = [
  { label: "2048×384×1536", rows: 2048, inner: 384, columns: 1536, transposeA: false },
  { label: "2048×1536×384", rows: 2048, inner: 1536, columns: 384, transposeA: false },
  { label: "384×2048×1536ᵀ", rows: 384, inner: 2048, columns: 1536, transposeA: true },
];
