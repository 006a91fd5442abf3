"""Where the time of one of our programs goes on a GPU, by kernel.

Usage: profile.py FILE.mlir [RUNS]     a program that GRADBOOK_XLA_TEXT kept

JAX compiles and runs the text on random numbers; torch.profiler sees the kernels of the whole process.
"""

import re
import sys
import time

import jax
import numpy as np
import torch
from jax._src import xla_bridge
from jaxlib import xla_client as xc

runs = int(sys.argv[2]) if len(sys.argv) > 2 else 5
text = re.sub(r" \{tf\.aliasing_output = \d+ : i32\}", "", open(sys.argv[1]).read())
signature = re.search(r"@main\((.*?)\) ->", text).group(1)
rng = np.random.default_rng(0)


def array(kind: str):
    *extents, element = kind.split("x")
    shape = tuple(map(int, extents))
    if element == "f32":
        return rng.random(shape, np.float32) * 0.02 + 1e-4
    return rng.integers(0, 100, shape, np.int32) if element == "i32" else np.zeros(shape, bool)


backend = xla_bridge.get_backend()
inputs = [jax.device_put(array(kind)) for kind in re.findall(r": tensor<([^>]*)>", signature)]
options = xc.CompileOptions()
options.num_replicas = options.num_partitions = 1
devices = xc.DeviceList(tuple(backend.local_devices()[:1]))
started = time.perf_counter()
program = backend.compile_and_load(text.encode(), devices, options)
print(f"compiled in {time.perf_counter() - started:.1f} s, {len(inputs)} inputs")


def run():
    out = program.execute(inputs)
    [x.block_until_ready() for x in out]


for _ in range(3):
    run()
started = time.perf_counter()
for _ in range(runs):
    run()
print(f"{(time.perf_counter() - started) / runs * 1e3:.2f} ms a run (inputs are copied where they would be donated)")
if torch.cuda.is_available():
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CUDA]) as profile:
        for _ in range(runs):
            run()
        torch.cuda.synchronize()
    rows = sorted(profile.key_averages(), key=lambda row: -row.device_time_total)
    total = sum(row.device_time_total for row in rows)
    print(f"{total / runs / 1e3:.2f} ms on the device, by kernel:")
    for row in rows[:60]:
        print(f"{row.device_time_total / runs / 1e3:8.3f} ms {row.count / runs:6.1f}x {row.key[:110]}")
