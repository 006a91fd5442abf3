/** Small functions to complete, in the manner of HumanEval (Chen et al., arXiv 2107.03374) but in JavaScript. */
import type { CodeExample } from "./builders.ts";

const check = (call: string, expected: unknown): string =>
  `if (JSON.stringify(${call}) !== ${JSON.stringify(JSON.stringify(expected))}) throw new Error(${JSON.stringify(call)});`;

const example = (
  about: string,
  signature: string,
  cases: [call: string, expected: unknown][],
): CodeExample => ({
  prompt: `// ${about}\nfunction ${signature} {\n`,
  tests: cases.map(([call, expected]) => check(call, expected)).join("\n"),
});

export const javascriptFunctions: readonly CodeExample[] = [
  example("The sum of two numbers.", "add(a, b)", [["add(2, 3)", 5], ["add(-1, 1)", 0]]),
  example("Is the number even?", "isEven(n)", [["isEven(4)", true], ["isEven(7)", false]]),
  example("The text from its end to its beginning.", "reverse(text)", [['reverse("abc")', "cba"], ['reverse("")', ""]]),
  example("The largest number of a list.", "largest(list)", [["largest([3, 9, 2])", 9], ["largest([-4, -7])", -4]]),
  example("n factorial.", "factorial(n)", [["factorial(0)", 1], ["factorial(5)", 120]]),
  example("The n-th Fibonacci number; the first two are 0 and 1.", "fibonacci(n)", [["fibonacci(0)", 0], ["fibonacci(10)", 55]]),
  example("Does the text read the same in both directions?", "isPalindrome(text)", [['isPalindrome("level")', true], ['isPalindrome("ab")', false]]),
  example("How many vowels the text has.", "countVowels(text)", [['countVowels("education")', 5], ['countVowels("rhythm")', 0]]),
  example("The list without repetitions, in order of first occurrence.", "unique(list)", [["unique([1, 2, 1, 3, 2])", [1, 2, 3]]]),
  example("The mean of a list of numbers.", "mean(list)", [["mean([1, 2, 3, 4])", 2.5]]),
  example("The greatest common divisor of two positive whole numbers.", "gcd(a, b)", [["gcd(12, 18)", 6], ["gcd(7, 5)", 1]]),
  example("Is the whole number prime?", "isPrime(n)", [["isPrime(97)", true], ["isPrime(91)", false], ["isPrime(1)", false]]),
]; // prettier-ignore
