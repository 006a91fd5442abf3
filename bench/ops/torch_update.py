"""The ops contestant PyTorch eager of an update: torch_update.py NAME THREADS ELEMENTS."""

import sys

import torch

from turns import serve_turns

name, threads, elements = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
torch.set_num_threads(threads)
torch.manual_seed(1)
parameter = torch.nn.Parameter(torch.ones(elements))
parameter.grad = torch.randn(elements)
STEPS = {
    "adamw": torch.optim.AdamW([parameter], lr=1e-3, fused=True).step,
    "sgd": torch.optim.SGD([parameter], lr=1e-3, momentum=0.9, fused=True).step,
    "clip": lambda: torch.nn.utils.clip_grad_norm_([parameter], 1),
}
step = STEPS[name]
step()
serve_turns({"torch": torch.__version__, "threads": torch.get_num_threads()}, step)
