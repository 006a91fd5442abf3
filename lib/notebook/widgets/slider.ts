/** Sliders: whole numbers, real numbers, real numbers on a logarithmic scale, and ranges with two handles. */
import { control, type Control, type ControlOptions } from "./control.ts";

export interface SliderOptions extends ControlOptions {
  value?: number;
  min?: number;
  max?: number;
  step?: number;
  /** d3 format of the number beside the slider, e.g. `".3g"`. */
  readoutFormat?: string;
  /** false: the kernel hears of a drag only when it ends. */
  continuousUpdate?: boolean;
}

export type RangeSliderOptions = Omit<SliderOptions, "value"> & { value?: [number, number] };

/** @typeParam V a number, or the two ends of a range */
export interface SliderState<V = number> {
  value: V;
  min: number;
  max: number;
  step: number;
  readout: boolean;
  readout_format: string;
  continuous_update: boolean;
  orientation: "horizontal" | "vertical";
  /** Of a logarithmic slider. */
  base?: number;
}

export function intSlider(options: SliderOptions = {}): Control<SliderState> {
  return slider("IntSlider", { min: 0, max: 100, step: 1, readoutFormat: "d" }, options);
}

export function floatSlider(options: SliderOptions = {}): Control<SliderState> {
  return slider("FloatSlider", { min: 0, max: 1, step: 0.01, readoutFormat: ".3g" }, options);
}

/**
 * A slider over powers of `base`: `min` and `max` are values (not exponents), `step` is in exponents.
 *
 * @example floatLogSlider({ description: "learning rate", value: 1e-3, min: 1e-6, max: 1 })
 */
export function floatLogSlider(options: SliderOptions & { base?: number } = {}): Control<SliderState> {
  const { base = 10, min = 1e-3, max = 1e3, value = min, step = 0.05, ...rest } = options;
  // log10 is exact for powers of ten, the quotient of logarithms is not.
  const exponent = (x: number) => (base === 10 ? Math.log10(x) : Math.log(x) / Math.log(base));
  const state: SliderState = {
    ...common(rest, ".3g"),
    value,
    min: exponent(min),
    max: exponent(max),
    step,
    base,
  };
  return control({ name: "FloatLogSlider", style: "SliderStyleModel" }, state, controlOptions(rest));
}

/** Two handles: `value` is `[low, high]`. */
export function intRangeSlider(options: RangeSliderOptions = {}): Control<SliderState<[number, number]>> {
  return rangeSlider("IntRangeSlider", { min: 0, max: 100, step: 1, readoutFormat: "d" }, options);
}

/** Two handles: `value` is `[low, high]`. */
export function floatRangeSlider(options: RangeSliderOptions = {}): Control<SliderState<[number, number]>> {
  return rangeSlider("FloatRangeSlider", { min: 0, max: 1, step: 0.01, readoutFormat: ".3g" }, options);
}

type Bounds = Required<Pick<SliderOptions, "min" | "max" | "step" | "readoutFormat">>;

function slider(name: string, defaults: Bounds, options: SliderOptions): Control<SliderState> {
  const { min = defaults.min, max = defaults.max, value = min, step = defaults.step } = options;
  const state: SliderState = { ...common(options, defaults.readoutFormat), value, min, max, step };
  return control({ name, style: "SliderStyleModel" }, state, controlOptions(options));
}

function rangeSlider(
  name: string,
  defaults: Bounds,
  options: RangeSliderOptions,
): Control<SliderState<[number, number]>> {
  const { min = defaults.min, max = defaults.max, value = [min, max], step = defaults.step } = options;
  const state: SliderState<[number, number]> = {
    ...common(options, defaults.readoutFormat),
    value,
    min,
    max,
    step,
  };
  return control({ name, style: "SliderStyleModel" }, state, controlOptions(options));
}

function common(
  { readoutFormat, continuousUpdate = true }: Omit<SliderOptions, "value">,
  defaultFormat: string,
) {
  return {
    readout: true,
    readout_format: readoutFormat ?? defaultFormat,
    continuous_update: continuousUpdate,
    orientation: "horizontal" as const,
  };
}

function controlOptions({ description, tooltip, disabled, layout, style }: ControlOptions): ControlOptions {
  return { description, tooltip, disabled, layout, style };
}
