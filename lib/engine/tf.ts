/**
 * The one shared instance of TensorFlow.js core: the tensor API the whole library is written in.
 *
 * Node resolves the package to its CommonJS build (its ES modules lack file extensions), so user code that
 * imports `@tensorflow/tfjs-core` or `@tensorflow/tfjs-layers` itself meets the same engine and registry.
 * The core's CommonJS build comes without gradients and chained methods (`x.add(y)`); the umbrella package
 * registers both.
 */
import "@tensorflow/tfjs";
import * as tf from "@tensorflow/tfjs-core";

export { tf };
