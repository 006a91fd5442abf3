/**
 * The engine: write tensors with the TensorFlow.js API, run them as compiled graphs.
 *
 * Importing this registers the tfjs backend "graph" and makes it the current one, or the engine that
 * `GRADBOOK_ENGINE` names.
 */
import { installGraphBackend } from "./record/install.ts";
import { useEngine, type EngineOptions } from "./use-engine.ts";
import { meshFromText, type Mesh } from "./xla/mesh.ts";

installGraphBackend();
if (process.env.GRADBOOK_ENGINE) {
  const { GRADBOOK_ENGINE: engine, GRADBOOK_MESH: mesh, GRADBOOK_PRECISION: precision, GRADBOOK_ATTENTION: attention } = process.env; // prettier-ignore
  useEngine(engine!, {
    ...(mesh && { mesh: meshFromText(mesh) }),
    ...(precision && { precision: precision as EngineOptions["precision"] }),
    ...(attention && { attention: attention as EngineOptions["attention"] }),
  });
}

export { tf } from "./tf.ts";
export { compile, type Compiled } from "./compile.ts";
export { deviceFacts } from "./lowering.ts";
export { scan } from "./scan.ts";
export { engineStats, type EngineStats } from "./stats.ts";
export { threads } from "./threads.ts";
export { activationCheckpoint } from "./ops/activation-checkpoint.ts";
export { adamwUpdate, type AdamwUpdate } from "./ops/adamw.ts";
export {
  attention,
  selfAttention,
  type AttentionOptions,
  type SelfAttentionOptions,
} from "./ops/attention.ts";
export { clipByGlobalNorm, globalNorm } from "./ops/clip.ts";
export { crossEntropy, type CrossEntropyOptions } from "./ops/cross-entropy.ts";
export { embedding } from "./ops/embedding.ts";
export { flatLength, packFlat, splitFlat, type Shapes } from "./ops/flat.ts";
export { gelu } from "./ops/gelu.ts";
export { layerNorm } from "./ops/layer-norm.ts";
export { linear } from "./ops/linear.ts";
export { ENGINE_ENVIRONMENT } from "./environment.ts";
export { lionUpdate, sgdUpdate, type DescentUpdate } from "./ops/descent.ts";
export { dropout } from "./ops/dropout.ts";
export { geglu, swiglu } from "./ops/gated.ts";
export { dequantize, QUANTIZATIONS, quantized, quantizedLinear, type Quantization, type QuantizedMatrix, type QuantizedValues } from "./ops/quantized.ts"; // prettier-ignore
export { rmsNorm } from "./ops/rms-norm.ts";
export { rotary, type RotaryOptions } from "./ops/rotary.ts";
export { silu, squaredRelu } from "./ops/silu.ts";
export { stopGradient } from "./ops/stop-gradient.ts";
export { tokenEntropy, tokenLogProbs } from "./ops/token-log-probs.ts";
export {
  drawSeeds,
  randomNormal,
  randomState,
  randomUniform,
  setRandomState,
  withSeed,
  type RandomState,
} from "./random.ts";
export { groupNorm } from "./ops/group-norm.ts";
export { exportOnnx, type ExportOptions } from "./export-onnx.ts";
export { explain, locateNonFinite, type Explanation, type ExplainRow, type NonFinite } from "./inspect.ts";
export { engineName, engineReport, type EngineReport } from "./report.ts";
export { editMemory } from "./memory.ts";
export { useEngine, type EngineOptions, type Mesh };
