"""The matmul contestant PyTorch: torch_side.py ROWS INNER COLUMNS TRANSPOSE_A THREADS."""

import sys

import torch

from turns import serve_turns

rows, inner, columns, transpose_a, threads = map(int, sys.argv[1:6])
torch.set_num_threads(threads)
a = torch.rand(inner, rows).T if transpose_a else torch.rand(rows, inner)
b = torch.rand(inner, columns)
product = torch.zeros(rows, columns)
torch.matmul(a, b, out=product)
serve_turns({"torch": torch.__version__, "threads": torch.get_num_threads()}, lambda: torch.matmul(a, b, out=product))
