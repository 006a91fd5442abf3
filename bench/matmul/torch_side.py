"""The matmul contestant PyTorch: torch_side.py ROWS INNER COLUMNS TRANSPOSE_A THREADS."""

import json
import sys
import time

import torch

rows, inner, columns, transpose_a, threads = map(int, sys.argv[1:6])
torch.set_num_threads(threads)
a = torch.rand(inner, rows).T if transpose_a else torch.rand(rows, inner)
b = torch.rand(inner, columns)
product = torch.zeros(rows, columns)
torch.matmul(a, b, out=product)
print(json.dumps({"torch": torch.__version__, "threads": torch.get_num_threads()}), flush=True)
for line in sys.stdin:
    times = []
    for _ in range(int(line)):
        start = time.perf_counter()
        torch.matmul(a, b, out=product)
        times.append((time.perf_counter() - start) * 1e3)
    print(json.dumps(times), flush=True)
