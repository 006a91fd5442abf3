/**
 * Attention as one operation: cuDNN's on NVIDIA GPUs, products and reductions elsewhere.
 *
 * XLA's GPU compiler knows cuDNN's by the names of two custom calls; what they take is written in XLA's
 * `xla/service/gpu/backend_configs.proto` (CudnnfMHABackendConfig). Both read bf16, and have the heads behind the positions.
 */
import type { Node } from "../../graph/value.ts";
import { integers, type HloModule, type Term } from "../module.ts";
import { flag, number, type Rule, type Rules } from "./rule.ts";

/** Axes that a product sums over and those that go together: [left, right] of each. */
interface Axes {
  sum: [number, number];
  together: [number[], number[]];
}

const HEADS_SECOND = [0, 1];
const HEADS_THIRD = [0, 2];

/** The products of both ways; `scores` [B, H, T, S] have their heads second, all else third. */
const SCORES: Axes = { sum: [3, 3], together: [HEADS_THIRD, HEADS_THIRD] };
const OVER_KEYS: Axes = { sum: [3, 1], together: [HEADS_SECOND, HEADS_THIRD] };
const OVER_QUERIES: Axes = { sum: [2, 1], together: [HEADS_SECOND, HEADS_THIRD] };

/** XLA reads integers of its configuration as text. */
const texts = (list: readonly number[]): string[] => list.map(String);
const axesConfig = ({ sum: [left, right], together }: Axes): object => ({
  lhs_contracting_dimensions: texts([left]),
  rhs_contracting_dimensions: texts([right]),
  lhs_batch_dimensions: texts(together[0]),
  rhs_batch_dimensions: texts(together[1]),
});

/** The configuration of a call, with the products that it consists of. */
function config(node: Node, products: Record<string, Axes>): string {
  const [q, k] = node.inputs.map(({ shape }) => shape);
  return JSON.stringify({
    operation_queue_id: "0",
    cudnn_fmha_backend_config: {
      algorithm: {
        algo_id: "0",
        math_type: "TENSOR_OP_MATH",
        tuning_knobs: { 17: "1", 24: "0" },
        is_cudnn_frontend: true,
        workspace_size: "0",
      },
      fmha_scale: number(node, "scale"),
      intermediate_tensor_shape: {
        element_type: "BF16",
        dimensions: texts([q[0], q[2], q[1], k[1]]),
        tuple_shapes: [],
        layout: { minor_to_major: texts([3, 2, 1, 0]), tiles: [], element_size_in_bits: "0" },
        is_dynamic_dimension: [false, false, false, false],
      },
      is_flash_attention: true,
      mask_type: flag(node, "causal") ? "CAUSAL" : "NO_MASK",
      ...Object.fromEntries(Object.entries(products).map(([name, axes]) => [name, axesConfig(axes)])),
      dropout_rate: 0,
      seed: 42,
      sliding_window_length: 0,
      max_seg_per_batch: 1,
      is_paged_attention: false,
    },
  });
}

/** Row-major, but for four axes whose heads lie behind the positions in memory. */
const layoutText = (order: readonly number[]): string => `dense<[${order}]> : tensor<${order.length}xindex>`;
const rowMajor = ({ shape }: Term): string => layoutText([...shape.keys()].reverse());

/** Call cuDNN: `arrays` [B, T, H, D] come back with their heads behind the positions, `rest` as it is. */
function cudnn(
  module: HloModule,
  target: string,
  operands: readonly Term[],
  results: { arrays: readonly (readonly number[])[]; rest: readonly { shape: number[]; element: "f32" }[] },
  backendConfig: string,
): Term[] {
  const swapped = results.arrays.map(([b, t, h, d]) => ({ shape: [b, h, t, d], element: "bf16" as const }));
  const workspace = { shape: [0], element: "ui8" as const };
  const types = [...swapped, ...results.rest, workspace];
  const layouts = [
    ...swapped.map(() => layoutText([3, 1, 2, 0])),
    ...[...results.rest, workspace].map((type) => rowMajor({ ...type, name: "" })),
  ];
  const attributes = [
    `call_target_name = "${target}", api_version = 2 : i32`,
    `backend_config = "${backendConfig.replaceAll('"', "\\22")}"`,
    `operand_layouts = [${operands.map(rowMajor).join(", ")}], result_layouts = [${layouts.join(", ")}]`,
  ];
  const made = module.emit("stablehlo.custom_call", operands, types, attributes.join(", "));
  return made.map((term, i) => (i < swapped.length ? module.convert(headsThird(module, term), "f32") : term));
}

const swap = (module: HloModule, x: Term): Term => {
  const [a, b, c, d] = x.shape;
  return module.op("transpose", [x], { shape: [a, c, b, d] }, `permutation = ${integers([0, 2, 1, 3])}`);
};
/** [B, H, T, D] → [B, T, H, D]. */
const headsThird = swap;

const product = (module: HloModule, a: Term, b: Term, { sum, together }: Axes): Term => {
  const free = (x: Term, side: 0 | 1): number[] =>
    x.shape.filter((_, axis) => axis !== sum[side] && !together[side].includes(axis));
  const shape = [...together[0].map((axis) => a.shape[axis]), ...free(a, 0), ...free(b, 1)];
  return module.dot(a, b, shape, { sum: sum.map((axis) => [axis]) as [number[], number[]], together });
};

/** The scaled scores [B, H, T, S], −∞ where a query may not look. */
function scores(module: HloModule, node: Node, q: Term, k: Term): Term {
  const scaled = module.withNumber("multiply", product(module, q, k, SCORES), number(node, "scale"));
  if (!flag(node, "causal")) return scaled;
  const visible = module.compare("LE", module.iota(scaled.shape, 3), module.iota(scaled.shape, 2));
  return module.op("select", [visible, scaled, module.splat(-Infinity, "f32", scaled.shape)], scaled);
}

const rowsOf = (module: HloModule, x: Term, rows: Term): Term => module.broadcast(rows, x.shape, [0, 1, 2]);

/** exp(scores − log Σ exp). */
const probabilities = (module: HloModule, s: Term, logSums: Term): Term =>
  module.op("exponential", [module.op("subtract", [s, rowsOf(module, s, logSums)])]);

const flashAttention: Rule = (module, node, [q, k, v]) => {
  const [result, logSums] = node.outputs;
  if (module.hasCudnn)
    return cudnn(
      module,
      "__cudnn$fmhaSoftmax",
      [q, k, v].map((x) => module.convert(x, "bf16")),
      { arrays: [result.shape], rest: [{ shape: [...logSums.shape], element: "f32" }] },
      config(node, { bmm1_dot_dimension_numbers: SCORES, bmm2_dot_dimension_numbers: OVER_KEYS }),
    ).slice(0, 2);
  const s = scores(module, node, q, k);
  const most = module.reduce("maximum", s, [3], -Infinity);
  const sums = module.reduce("add", probabilities(module, s, most), [3], 0);
  const logs = module.op("add", [most, module.op("log", [sums])]);
  return [headsThird(module, product(module, probabilities(module, s, logs), v, OVER_KEYS)), logs];
};

const flashAttentionGradient: Rule = (module, node, [q, k, v, logSums, dy, result]) => {
  if (module.hasCudnn) {
    const [half, halfDy, halfResult] = [[q, k, v], [dy], [result]].map((list) => list.map((x) => module.convert(x, "bf16"))); // prettier-ignore
    return cudnn(
      module,
      "__cudnn$fmhaSoftmaxBackward",
      [...half, logSums, ...halfDy, ...halfResult],
      { arrays: node.outputs.map(({ shape }) => shape), rest: [] },
      config(node, {
        bmm1_grad_gemm1_dot_dimension_numbers: OVER_QUERIES,
        bmm1_grad_gemm2_dot_dimension_numbers: OVER_KEYS,
        bmm2_grad_gemm1_dot_dimension_numbers: OVER_QUERIES,
        bmm2_grad_gemm2_dot_dimension_numbers: SCORES,
      }),
    ).slice(0, 3);
  }
  const p = probabilities(module, scores(module, node, q, k), logSums);
  const dv = product(module, p, dy, OVER_QUERIES);
  const dp = product(module, dy, v, SCORES);
  const sums = module.reduce("add", module.op("multiply", [dy, result]), [3], 0);
  const rows = module.op(
    "transpose",
    [sums],
    { shape: logSums.shape },
    `permutation = ${integers([0, 2, 1])}`,
  );
  const ds = module.op("multiply", [p, module.op("subtract", [dp, rowsOf(module, dp, rows)])]);
  const scaled = module.withNumber("multiply", ds, number(node, "scale"));
  return [product(module, scaled, k, OVER_KEYS), product(module, scaled, q, OVER_QUERIES), dv].map((x) => headsThird(module, x)); // prettier-ignore
};

export const attentionRules: Rules = { flashAttention, flashAttentionGradient };
