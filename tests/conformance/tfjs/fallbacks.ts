/** Kernels that run on tfjs's CPU backend instead of being lowered, and why. */

const COMPLEX = "complex64 numbers stay on the CPU kernels";
const STRINGS = "strings stay on the CPU kernels";
const SHAPE = "the shape of the result depends on the data";

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
  Unique: SHAPE,
};

/** Does the kernel handle what the engine never lowers: complex numbers and strings? */
export const isOutsideTheEngine = (kernel: string): boolean => [COMPLEX, STRINGS].includes(FALLBACKS[kernel]);
