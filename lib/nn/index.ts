/** gradbook/nn: the parts models are made of; parameters in, tensors out. */
export { cachedSelfAttention, keysAndValues, type KeysAndValues } from "./cached-attention.ts";
export { embedding, embeddingParameters } from "./embedding.ts";
export { layerNorm, layerNormParameters } from "./layer-norm.ts";
export { linear, linearParameters } from "./linear.ts";
export { mlp, mlpParameters } from "./mlp.ts";
export { normal, ones, zeros, type ParameterSpec, type ParameterTree, type TensorsOf } from "./parameter.ts";
export { Parameters, type ParameterGroup, type ParameterValues } from "./parameters.ts";
export { attentionWeights, causalSelfAttention, selfAttentionParameters } from "./self-attention.ts";
export { transformerBlock, transformerBlockParameters } from "./transformer-block.ts";
