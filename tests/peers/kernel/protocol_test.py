"""jupyter_kernel_test's suite, with TypeScript for its samples. Started by tests/peers/kernel.test.ts."""

import unittest

import jupyter_kernel_test


class TypeScriptKernelTests(jupyter_kernel_test.KernelTests):
    kernel_name = "gradbook"
    language_name = "typescript"
    file_extension = ".ts"
    code_hello_world = 'console.log("hello, world")'
    code_stderr = 'console.error("oops")'
    completion_samples = [
        {"text": "Math.fl", "matches": {"floor"}},
        {"text": "console.lo", "matches": {"log"}},
    ]
    complete_code_samples = ["1 + 1", "function f() { return 1 }", 'const s = "a"']
    incomplete_code_samples = ["function f() {", "const s = `a", "f("]
    invalid_code_samples = ["const = 3; 1", "let x y; 2"]
    code_page_something = "%help"
    code_generate_error = 'throw new Error("raised")'
    code_execute_result = [
        {"code": "1 + 2", "result": "3"},
        {"code": "[1, 2].map((n) => n * 2)", "result": "[ 2, 4 ]"},
    ]
    code_display_data = [
        {"code": "%%html\n<b>x</b>", "mime": "text/html"},
        {"code": "%%markdown\n*x*", "mime": "text/markdown"},
        {
            "code": 'globalThis[Symbol.for("gradbook.notebook")].display({ "image/png": new Uint8Array([1]) })',
            "mime": "image/png",
        },
    ]
    code_history_pattern = "1 ? 2*"
    supported_history_operations = ("tail", "search", "range")
    code_inspect_sample = "Math.floor"
    code_clear_output = 'globalThis[Symbol.for("gradbook.notebook")].clearOutput()'


if __name__ == "__main__":
    unittest.main(verbosity=2)
