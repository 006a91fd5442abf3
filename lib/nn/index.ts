/** gradbook/nn: the parts models are made of; parameters in, tensors out. */
export {
  attentionParameters,
  attentionWeights,
  multiHeadAttention,
  type AttentionCall,
  type AttentionSettings,
} from "./attention.ts";
export { cachedSelfAttention, keysAndValues, writtenAt, type KeysAndValues } from "./cached-attention.ts";
export { embedding, embeddingParameters } from "./embedding.ts";
export { linear, linearParameters } from "./linear.ts";
export { ACTIVATIONS, isGated, mlp, mlpParameters, type Activation, type MlpSettings } from "./mlp.ts";
export { norm, normParameters, NORMS, type NormSettings } from "./norm.ts";
export { normal, ones, zeros, type ParameterSpec, type ParameterTree, type TensorsOf } from "./parameter.ts";
export { KeptTensors } from "./kept-tensors.ts";
export { Parameters, type ParameterGroup, type ParameterValues } from "./parameters.ts";
export { packedPositions, POSITIONS, rotateAt, sinusoidalTable } from "./positions.ts";
export {
  transformerBlock,
  transformerBlockParameters,
  type BlockCall,
  type BlockSettings,
} from "./transformer-block.ts";
export { addLora, loraScale, loraValues, mergeLora, startMagnitudes, type LoraSettings } from "./lora.ts";
