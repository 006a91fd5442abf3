/** Register the backend "graph" with tfjs and make it the current one. */
import { tf } from "../tf.ts";
import { backend, BACKEND_NAME } from "./backend.ts";
import { convolutionRecorders } from "./kernels/convolution.ts";
import { dilationRecorders } from "./kernels/dilation.ts";
import { elementwiseRecorders } from "./kernels/elementwise.ts";
import { imageRecorders } from "./kernels/image.ts";
import { indexingRecorders } from "./kernels/indexing.ts";
import { layoutRecorders } from "./kernels/layout.ts";
import { linearRecorders } from "./kernels/linear.ts";
import { normalizationRecorders } from "./kernels/normalization.ts";
import { poolingRecorders } from "./kernels/pooling.ts";
import { randomRecorders } from "./kernels/random.ts";
import { reduceRecorders } from "./kernels/reduce.ts";
import { samplingRecorders } from "./kernels/sampling.ts";
import { sparseRecorders } from "./kernels/sparse.ts";
import { registerFallbacks, registerRecorders } from "./register.ts";

/** tfjs prefers the backend with the highest priority; its own ones have 1 to 3. */
const PRIORITY = 10;

const RECORDERS = [
  elementwiseRecorders,
  layoutRecorders,
  reduceRecorders,
  indexingRecorders,
  linearRecorders,
  convolutionRecorders,
  poolingRecorders,
  dilationRecorders,
  samplingRecorders,
  sparseRecorders,
  randomRecorders,
  normalizationRecorders,
  imageRecorders,
];

/** Does nothing when an earlier copy of this module already did it. */
export function installGraphBackend(): void {
  if (tf.findBackend(BACKEND_NAME)) return;
  tf.registerBackend(BACKEND_NAME, () => backend, PRIORITY);
  tf.registerKernel({
    kernelName: "Identity",
    backendName: BACKEND_NAME,
    kernelFunc({ inputs }) {
      const { dataId, shape, dtype } = inputs.x as tf.TensorInfo;
      backend.incRef(dataId);
      return { dataId, shape, dtype };
    },
  });
  RECORDERS.forEach(registerRecorders);
  registerFallbacks();
  watchAssignments();
  tf.setBackend(BACKEND_NAME);
}

/** Let the backend know when a variable is about to be assigned. */
function watchAssignments(): void {
  const { assign } = tf.Variable.prototype;
  tf.Variable.prototype.assign = function (this: tf.Variable, value: tf.Tensor): void {
    backend.beforeAssign(this);
    assign.call(this, value);
  };
}
