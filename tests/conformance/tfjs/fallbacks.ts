/** Kernels that run on tfjs's CPU backend instead of being lowered, and why. */

const COMPLEX = "complex64 numbers stay on the CPU kernels";
const STRINGS = "strings stay on the CPU kernels";
const SHAPE = "the shape of the result depends on the data";
const RARE = "image augmentation, not needed for training language models";

export const FALLBACKS: Readonly<Record<string, string>> = {
  Complex: COMPLEX,
  ComplexAbs: COMPLEX,
  FFT: COMPLEX,
  IFFT: COMPLEX,
  Imag: COMPLEX,
  Real: COMPLEX,
  StaticRegexReplace: STRINGS,
  StringNGrams: STRINGS,
  StringSplit: STRINGS,
  StringToHashBucketFast: STRINGS,
  NonMaxSuppressionV3: SHAPE,
  NonMaxSuppressionV4: SHAPE,
  NonMaxSuppressionV5: SHAPE,
  RaggedGather: SHAPE,
  RaggedRange: SHAPE,
  RaggedTensorToTensor: SHAPE,
  SparseFillEmptyRows: SHAPE,
  SparseReshape: SHAPE,
  SparseSegmentMean: SHAPE,
  SparseSegmentSum: SHAPE,
  Unique: SHAPE,
  CropAndResize: RARE,
  Dilation2D: RARE,
  Dilation2DBackpropFilter: RARE,
  Dilation2DBackpropInput: RARE,
  Transform: RARE,
  BitwiseAnd: "bit operations stay on the CPU kernels",
  BroadcastArgs: "computes a shape, not numbers",
  Multinomial: "draws random numbers",
};

/** Does the kernel handle what the engine never lowers: complex numbers and strings? */
export const isOutsideTheEngine = (kernel: string): boolean => [COMPLEX, STRINGS].includes(FALLBACKS[kernel]);
