/** Stands for the umbrella package in the bundle: registers gradients and chained methods on the core. */
// @ts-expect-error no declarations
import "@tensorflow/tfjs-core/dist/register_all_gradients";
// @ts-expect-error no declarations
import "@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops";
