/**
 * `const learningRate = param(…)`: a plain variable that a widget can set later.
 *
 * The rewriter emits `learningRate = (__kernel.expectBinding("learningRate", (v) => { learningRate = v }),
 * param(…))`; param takes the setter at its entry and calls it whenever the widget changes.
 */
type Setter = (value: unknown) => void;

export class Bindings {
  readonly #onChange: (name: string) => void;
  #expected: Setter | undefined;

  /** @param onChange hears the name of each variable that was set */
  constructor(onChange: (name: string) => void) {
    this.#onChange = onChange;
  }

  expect = (name: string, setter: Setter): void => {
    const expected: Setter = (value) => {
      setter(value);
      this.#onChange(name);
    };
    this.#expected = expected;
    // A setter that the call did not take (another function called `param`) must not reach a later one.
    queueMicrotask(() => {
      if (this.#expected === expected) this.#expected = undefined;
    });
  };

  take = (): Setter | undefined => {
    const setter = this.#expected;
    this.#expected = undefined;
    return setter;
  };
}
