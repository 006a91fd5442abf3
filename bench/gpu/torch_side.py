"""The contestant PyTorch of the GPU bench: torch.compile, flash attention, fused AdamW, autocast to bf16.

Usage: torch_side.py VOCABULARY BATCH TIME LAYERS HEADS WIDTH PRECISION
Where there is no GPU it runs on the processor without torch.compile, to see that it runs.
"""

import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "train-step"))

import torch
from torch_step import GPT
from turns import serve_turns


def main() -> None:
    vocabulary, batch, time_, layers, heads, width = map(int, sys.argv[1:7])
    gpu = torch.cuda.is_available()
    device = "cuda" if gpu else "cpu"
    torch.set_float32_matmul_precision("high" if sys.argv[7] == "tf32" else "highest")
    torch.manual_seed(0)
    model = GPT(vocabulary, time_, layers, heads, width).to(device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, fused=True)
    ids = torch.randint(0, vocabulary, (batch, time_), device=device)
    targets = torch.randint(0, vocabulary, (batch, time_), device=device)
    forward = torch.compile(model) if gpu else model
    autocast = torch.autocast(device, torch.bfloat16, enabled=sys.argv[7] == "bf16")

    def step() -> float:
        with autocast:
            loss = forward(ids, targets)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        return loss.item()

    started = time.perf_counter()
    step()
    compile_ms = round((time.perf_counter() - started) * 1e3)
    for _ in range(3):
        step()
    about = {"torch": torch.__version__, "compileMs": compile_ms, "loss": step()}
    if gpu:
        about |= {"device": torch.cuda.get_device_name(), "memory": torch.cuda.max_memory_allocated()}
    serve_turns(about, step)


main()
