/**
 * `const learningRate = param(…)`: a plain variable that a widget can set later.
 *
 * The rewriter emits `let learningRate = (__kernel.expectBinding((v) => { learningRate = v }), param(…))`;
 * param takes the setter at its entry and calls it whenever the widget changes.
 */
type Setter = (value: unknown) => void;

let expected: Setter | undefined;

export function expectBinding(setter: Setter): void {
  expected = setter;
  // A setter that the call did not take (another function called `param`) must not reach a later one.
  queueMicrotask(() => {
    if (expected === setter) expected = undefined;
  });
}

export function takeBinding(): Setter | undefined {
  const setter = expected;
  expected = undefined;
  return setter;
}
