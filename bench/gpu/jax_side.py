"""The contestant JAX of the GPU bench: one jitted step with donated state, cuDNN attention on a GPU in bf16.

Usage: jax_side.py VOCABULARY BATCH TIME LAYERS HEADS WIDTH PRECISION
"""

import functools
import sys
import time

import jax
import jax.numpy as jnp
import numpy as np

from turns import serve_turns

vocabulary, batch, time_, layers, heads, width = map(int, sys.argv[1:7])
half = jnp.bfloat16 if sys.argv[7] == "bf16" else jnp.float32
gpu = jax.default_backend() == "gpu"
if sys.argv[7] != "bf16":
    jax.config.update("jax_default_matmul_precision", {"fp32": "highest", "tf32": "tensorfloat32"}[sys.argv[7]])


def initial():
    rng = np.random.default_rng(0)

    def normal(*shape):
        return jnp.asarray(rng.normal(0, 0.02, shape), jnp.float32)

    def norm():
        return {"gain": jnp.ones(width), "bias": jnp.zeros(width)}

    def dense(rows, columns):
        return {"weight": normal(rows, columns), "bias": jnp.zeros(columns)}

    def block():
        return {
            "norm1": norm(), "qkv": dense(width, 3 * width), "projection": dense(width, width),
            "norm2": norm(), "up": dense(width, 4 * width), "down": dense(4 * width, width),
        }

    return {
        "tokens": normal(vocabulary, width), "positions": normal(time_, width),
        "blocks": [block() for _ in range(layers)], "norm": norm(),
    }


def normalize(x, p):
    x = x.astype(jnp.float32)
    centred = x - x.mean(-1, keepdims=True)
    return centred * jax.lax.rsqrt((centred**2).mean(-1, keepdims=True) + 1e-5) * p["gain"] + p["bias"]


def linear(x, p):
    return x.astype(half) @ p["weight"].astype(half) + p["bias"].astype(half)


def loss_of(p, ids, targets):
    x = (p["tokens"][ids] + p["positions"]).astype(half)
    kind = "cudnn" if gpu and half == jnp.bfloat16 else "xla"
    for b in p["blocks"]:
        q, k, v = (a.reshape(batch, time_, heads, -1) for a in jnp.split(linear(normalize(x, b["norm1"]), b["qkv"]), 3, -1))
        mixed = jax.nn.dot_product_attention(q, k, v, is_causal=True, implementation=kind)
        x = x + linear(mixed.reshape(batch, time_, width), b["projection"])
        x = x + linear(jax.nn.gelu(linear(normalize(x, b["norm2"]), b["up"])), b["down"])
    logits = normalize(x, p["norm"]).astype(half) @ p["tokens"].T.astype(half)
    logits = logits.astype(jnp.float32)
    picked = jnp.take_along_axis(logits, targets[..., None], -1)[..., 0]
    return (jax.nn.logsumexp(logits, -1) - picked).mean()


@functools.partial(jax.jit, donate_argnums=0)
def train(state, ids, targets):
    p, m, v, count = state
    loss, g = jax.value_and_grad(loss_of)(p, ids, targets)
    norm = jnp.sqrt(sum((x**2).sum() for x in jax.tree.leaves(g)))
    scale = jnp.minimum(1, 1 / (norm + 1e-6))
    count = count + 1
    m = jax.tree.map(lambda a, x: 0.9 * a + 0.1 * scale * x, m, g)
    v = jax.tree.map(lambda a, x: 0.999 * a + 0.001 * (scale * x) ** 2, v, g)
    first, second = 1 - 0.9**count, 1 - 0.999**count

    def moved(x, a, b):
        return x * (1 - 1e-5) - 1e-3 * (a / first) / (jnp.sqrt(b / second) + 1e-8)

    return (jax.tree.map(moved, p, m, v), m, v, count), loss


rng = np.random.default_rng(1)
ids, targets = (jnp.asarray(rng.integers(0, vocabulary, (batch, time_)), jnp.int32) for _ in range(2))
weights = initial()
state = (weights, jax.tree.map(jnp.zeros_like, weights), jax.tree.map(jnp.zeros_like, weights), jnp.float32(0))


def step():
    global state
    state, loss = train(state, ids, targets)
    return float(loss)


started = time.perf_counter()
step()
compile_ms = round((time.perf_counter() - started) * 1e3)
for _ in range(3):
    step()
device = jax.devices()[0]
about = {"jax": jax.__version__, "compileMs": compile_ms, "loss": step()}
if gpu:
    about |= {"device": device.device_kind, "memory": device.memory_stats()["peak_bytes_in_use"]}
serve_turns(about, step)
