"""The ops contestant PyTorch eager: torch_side.py NAME THREADS HEADS OPERATION_AS_JSON."""

import json
import sys

import torch
import torch.nn.functional as F

from turns import serve_turns

name, threads, heads, setting = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), json.loads(sys.argv[4])
torch.set_num_threads(threads)
torch.manual_seed(1)


def self_attention(qkv):
    batch, length, width = qkv.shape
    parts = qkv.view(batch, length, 3, heads, width // 3 // heads).permute(2, 0, 3, 1, 4)
    mixed = F.scaled_dot_product_attention(parts[0], parts[1], parts[2], is_causal=True)
    return mixed.transpose(1, 2).reshape(batch, length, width // 3)


FUNCTIONS = {
    "gelu": lambda x: F.gelu(x, approximate="tanh"),
    "silu": F.silu,
    "swiglu": lambda x, y: F.silu(x) * y,
    "layerNorm": lambda x, gain, bias: F.layer_norm(x, gain.shape, gain, bias),
    "rmsNorm": lambda x, gain: F.rms_norm(x, gain.shape, gain),
    "linear": lambda x, weight, bias: torch.addmm(bias, x.view(-1, x.shape[-1]), weight),
    "attention": lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True),
    "selfAttention": self_attention,
    "embedding": lambda table, ids: F.embedding(ids, table),
    "crossEntropy": F.cross_entropy,
    "dropout": lambda x: F.dropout(x, 0.1),
}

floats = [torch.randn(shape, requires_grad=True) for shape in setting["floats"]]
whole = setting.get("integers")
integers = [torch.randint(0, whole["below"], whole["shape"])] if whole else []


def run():
    return FUNCTIONS[name](*floats, *integers)


dy = torch.randn(run().shape)


def step():
    torch.autograd.grad(run(), floats, dy)


step()
serve_turns({"torch": torch.__version__, "threads": torch.get_num_threads()}, step)
