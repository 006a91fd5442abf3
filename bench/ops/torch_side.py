"""The ops contestant PyTorch eager: torch_side.py NAME THREADS HEADS GROUPS OPERATION_AS_JSON."""

import json
import sys

import torch
import torch.nn.functional as F

from turns import serve_turns

name, setting = sys.argv[1], json.loads(sys.argv[5])
threads, heads, groups = map(int, sys.argv[2:5])
torch.set_num_threads(threads)
torch.manual_seed(1)


def self_attention(qkv):
    batch, length, width = qkv.shape
    parts = qkv.view(batch, length, 3, heads, width // 3 // heads).permute(2, 0, 3, 1, 4)
    mixed = F.scaled_dot_product_attention(parts[0], parts[1], parts[2], is_causal=True)
    return mixed.transpose(1, 2).reshape(batch, length, width // 3)


def rotate(x, first, second):
    angles = torch.arange(x.shape[-2])[:, None] / 10_000 ** (torch.arange(0, x.shape[-1], 2) / x.shape[-1])
    cos, sin = angles.cos(), angles.sin()
    return first * cos - second * sin, first * sin + second * cos


def rotary_halves(x):
    return torch.cat(rotate(x, *x.chunk(2, -1)), -1)


def rotary_pairs(x):
    return torch.stack(rotate(x, x[..., 0::2], x[..., 1::2]), -1).flatten(-2)


def on_images(operation):
    """Channels are last in memory, which PyTorch calls a memory format and tfjs the order of axes."""
    return lambda x, *rest: operation(x.permute(0, 3, 1, 2), *rest).permute(0, 2, 3, 1)


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
    "geglu": lambda x, y: F.gelu(x, approximate="tanh") * y,
    "squaredRelu": lambda x: F.relu(x).square(),
    "groupNorm": lambda x, gain, bias: F.group_norm(x, groups, gain, bias),
    "rotaryHalves": rotary_halves,
    "rotaryPairs": rotary_pairs,
    "conv2d": on_images(lambda x, w: F.conv2d(x, w.permute(3, 2, 0, 1), padding=1)),
    "conv2dTranspose": on_images(lambda x, w: F.conv_transpose2d(x, w.permute(3, 2, 0, 1), padding=1)),
    "maxPool": on_images(lambda x: F.max_pool2d(x, 2)),
    "avgPool": on_images(lambda x: F.avg_pool2d(x, 2)),
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
