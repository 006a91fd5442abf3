"""jupyter console: types two lines into its terminal and prints what it shows."""

import sys
import time

import pexpect

console = pexpect.spawn(sys.executable, ["-m", "jupyter_console", "--kernel", "gradbook", "--simple-prompt"])
console.expect(r"In \[1\]:", timeout=60)
console.sendline("const answer: number = 6 * 7; answer")
console.expect(r"Out\[1\]:\s*42", timeout=30)
console.expect(r"In \[2\]:", timeout=30)
console.sendline("while (true);")
console.expect("while", timeout=30)
time.sleep(1)
console.sendintr()
console.expect("KernelInterrupt", timeout=30)
console.expect(r"In \[3\]:", timeout=30)
console.sendline("answer + 1")
console.expect("43", timeout=30)
console.sendeof()
print("console ok")
