"""PyTorch's side: a GPT-2 without biases as nanoGPT trains it, from the same weights over the same windows.

Usage: torch_side.py FOLDER THREADS. FOLDER holds setting.json, weights.safetensors, train.i32, validation.i32,
starts.i32; losses go to torch.jsonl in it.
"""
import json
import math
import pathlib
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file

folder = pathlib.Path(sys.argv[1])
torch.set_num_threads(int(sys.argv[2]))
setting = json.loads((folder / "setting.json").read_text())
layers, heads, time_, batch, steps = (setting[key] for key in ("layers", "heads", "time", "batch", "steps"))
weights = {name: value.requires_grad_() for name, value in load_file(folder / "weights.safetensors").items()}
train, validation, starts = (torch.from_numpy(np.fromfile(folder / f"{name}.i32", dtype=np.int32)).long()
                             for name in ("train", "validation", "starts"))
decay = [w for w in weights.values() if w.dim() >= 2]
rest = [w for w in weights.values() if w.dim() < 2]
optimizer = torch.optim.AdamW([{"params": decay, "weight_decay": 0.1}, {"params": rest, "weight_decay": 0.0}],
                              lr=1e-3, betas=(0.9, 0.99), fused=True)


def norm(x, name):
    return F.layer_norm(x, x.shape[-1:], weights[f"{name}.weight"])


def loss_of(ids, targets):
    rows, length = ids.shape
    x = F.embedding(ids, weights["wte.weight"]) + weights["wpe.weight"][:length]
    for i in range(layers):
        q, k, v = (norm(x, f"h.{i}.ln_1") @ weights[f"h.{i}.attn.c_attn.weight"]).chunk(3, -1)
        q, k, v = (t.view(rows, length, heads, -1).transpose(1, 2) for t in (q, k, v))
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(rows, length, -1)
        x = x + mixed @ weights[f"h.{i}.attn.c_proj.weight"]
        inner = F.gelu(norm(x, f"h.{i}.ln_2") @ weights[f"h.{i}.mlp.c_fc.weight"], approximate="tanh")
        x = x + inner @ weights[f"h.{i}.mlp.c_proj.weight"]
    logits = norm(x, "ln_f") @ weights["wte.weight"].T
    return F.cross_entropy(logits.view(-1, logits.shape[-1]), targets.reshape(-1))


def windows(text, places):
    rows = torch.stack([text[p:p + time_ + 1] for p in places])
    return rows[:, :-1], rows[:, 1:]


def rate(step):
    if step < 100:
        return 1e-3 * (step + 1) / 101
    done = min(1, (step - 100) / (steps - 100))
    return 1e-4 + 0.5 * (1 + math.cos(math.pi * done)) * 9e-4


def validate():
    count = (len(validation) - 1) // time_ // batch
    with torch.no_grad():
        return sum(loss_of(*windows(validation, [(b * batch + r) * time_ for r in range(batch)])).item()
                   for b in range(count)) / count


done = 0
print(json.dumps({"torch": torch.__version__, "threads": torch.get_num_threads()}), flush=True)
with open(folder / "torch.jsonl", "a") as log:
    for line in sys.stdin:
        times = []
        for _ in range(int(line)):
            start = time.perf_counter()
            for group in optimizer.param_groups:
                group["lr"] = rate(done)
            loss = loss_of(*windows(train, starts[done * batch:(done + 1) * batch].tolist()))
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(list(weights.values()), 1.0)
            optimizer.step()
            value = loss.item()
            done += 1
            times.append((time.perf_counter() - start) * 1e3)
            last = {"validation": validate()} if done == steps else {}
            log.write(json.dumps({"step": done, "loss": value, **last}) + "\n")
            log.flush()
        print(json.dumps(times), flush=True)
