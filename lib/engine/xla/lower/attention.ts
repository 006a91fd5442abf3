/**
 * Attention as one operation: cuDNN's on NVIDIA GPUs, products and reductions elsewhere.
 *
 * XLA's GPU compiler knows cuDNN's by the names of two custom calls; what they take is written in XLA's
 * `xla/service/gpu/backend_configs.proto` (CudnnfMHABackendConfig). Both read bf16, and have the heads behind the positions.
 */
import type { Node, Shape } from "../../graph/value.ts";
import { integers, type HloModule, type ProductAxes, type Term } from "../module.ts";
import { flag, number, type Rule, type Rules } from "./rule.ts";

type Typed = Pick<Term, "shape" | "element">;

const HEADS_SECOND = [0, 1];
const HEADS_THIRD = [0, 2];

/** The products of both ways; scores [B, H, T, S] have their heads second, all else third. */
const SCORES: ProductAxes = { sum: [[3], [3]], together: [HEADS_THIRD, HEADS_THIRD] };
const OVER_KEYS: ProductAxes = { sum: [[3], [1]], together: [HEADS_SECOND, HEADS_THIRD] };
const OVER_QUERIES: ProductAxes = { sum: [[2], [1]], together: [HEADS_SECOND, HEADS_THIRD] };

/** XLA reads integers of its configuration as text. */
const texts = (list: readonly number[]): string[] => list.map(String);
const axesConfig = ({ sum, together }: ProductAxes): object => ({
  lhs_contracting_dimensions: texts(sum[0]),
  rhs_contracting_dimensions: texts(sum[1]),
  lhs_batch_dimensions: texts(together[0]),
  rhs_batch_dimensions: texts(together[1]),
});

/** The configuration of a call, with the products that it consists of. */
function config(node: Node, products: Record<string, ProductAxes>): string {
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

/** An order of axes in memory, the densest first. */
const layoutText = (order: readonly number[]): string => `dense<[${order}]> : tensor<${order.length}xindex>`;
const rowMajor = ({ shape }: Typed): string => layoutText([...shape.keys()].reverse());

/** [B, H, T, D] → [B, T, H, D]. */
function headsThird(module: HloModule, x: Term): Term {
  const [batch, heads, time, channels] = x.shape;
  const shape = [batch, time, heads, channels];
  return module.op("transpose", [x], { shape }, `permutation = ${integers([0, 2, 1, 3])}`);
}

/**
 * Call cuDNN.
 *
 * @param operands those of four axes, [B, T, H, D], are read as bf16
 * @param shapes of the results of four axes, [B, T, H, D]: they come as bf16 with heads second, which lie behind the positions in memory
 * @param statistics of the softmax, a last result
 */
function cudnn(
  module: HloModule,
  target: string,
  operands: readonly Term[],
  shapes: readonly Shape[],
  backendConfig: string,
  statistics: readonly Typed[] = [],
): Term[] {
  const given = operands.map((x) => (x.shape.length === 4 ? module.convert(x, "bf16") : x));
  const swapped = shapes.map(([b, t, h, d]): Typed => ({ shape: [b, h, t, d], element: "bf16" }));
  const rest: Typed[] = [...statistics, { shape: [0], element: "ui8" }];
  const layouts = [...swapped.map(() => layoutText([3, 1, 2, 0])), ...rest.map(rowMajor)];
  const attributes = [
    `call_target_name = "${target}", api_version = 2 : i32`,
    `backend_config = "${backendConfig.replaceAll('"', "\\22")}"`,
    `operand_layouts = [${given.map(rowMajor).join(", ")}], result_layouts = [${layouts.join(", ")}]`,
  ];
  const made = module.emit("stablehlo.custom_call", given, [...swapped, ...rest], attributes.join(", "));
  // The last is its working memory.
  return made.slice(0, -1).map((x, i) => (i < swapped.length ? module.convert(headsThird(module, x), "f32") : x)); // prettier-ignore
}

/** The scaled scores [B, H, T, S], −∞ where a query may not look. */
function scores(module: HloModule, node: Node, q: Term, k: Term): Term {
  const scaled = module.withNumber("multiply", module.dot(q, k, SCORES), number(node, "scale"));
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
      [q, k, v],
      [result.shape],
      config(node, { bmm1_dot_dimension_numbers: SCORES, bmm2_dot_dimension_numbers: OVER_KEYS }),
      [{ shape: logSums.shape, element: "f32" }],
    );
  const s = scores(module, node, q, k);
  const most = module.reduce("maximum", s, [3], -Infinity);
  const sums = module.reduce("add", probabilities(module, s, most), [3], 0);
  const logs = module.op("add", [most, module.op("log", [sums])]);
  return [headsThird(module, module.dot(probabilities(module, s, logs), v, OVER_KEYS)), logs];
};

const flashAttentionGradient: Rule = (module, node, [q, k, v, logSums, dy, result]) => {
  if (module.hasCudnn)
    return cudnn(
      module,
      "__cudnn$fmhaSoftmaxBackward",
      [q, k, v, logSums, dy, result],
      node.outputs.map(({ shape }) => shape),
      config(node, {
        bmm1_grad_gemm1_dot_dimension_numbers: OVER_QUERIES,
        bmm1_grad_gemm2_dot_dimension_numbers: OVER_KEYS,
        bmm2_grad_gemm1_dot_dimension_numbers: OVER_QUERIES,
        bmm2_grad_gemm2_dot_dimension_numbers: SCORES,
      }),
    );
  const p = probabilities(module, scores(module, node, q, k), logSums);
  const dv = module.dot(p, dy, OVER_QUERIES);
  const dp = module.dot(dy, v, SCORES);
  const sums = module.reduce("add", module.op("multiply", [dy, result]), [3], 0);
  const rows = module.op(
    "transpose",
    [sums],
    { shape: logSums.shape },
    `permutation = ${integers([0, 2, 1])}`,
  );
  const ds = module.op("multiply", [p, module.op("subtract", [dp, rowsOf(module, dp, rows)])]);
  const scaled = module.withNumber("multiply", ds, number(node, "scale"));
  return [module.dot(scaled, k, OVER_KEYS), module.dot(scaled, q, OVER_QUERIES), dv].map((x) => headsThird(module, x)); // prettier-ignore
};

export const attentionRules: Rules = { flashAttention, flashAttentionGradient };
