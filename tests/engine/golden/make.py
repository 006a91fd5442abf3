"""Golden numbers for the fused operations: values and gradients as PyTorch computes them.

Regenerate with the peers' Python (`npm run bench:peers`):
    bench/.peers/venv/bin/python tests/engine/golden/make.py > tests/engine/golden/ops.json
Each case lists the inputs, the output, and the gradient of sum(output * weight) for each float input.
"""

import json

import torch
import torch.nn.functional as F

generator = torch.Generator().manual_seed(7)


def normal(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=generator)


def integers(high: int, *shape: int) -> torch.Tensor:
    return torch.randint(0, high, shape, generator=generator)


def plain(tensor: torch.Tensor) -> dict:
    numbers = tensor.detach().flatten().tolist()
    rounded = [round(n, 7) if isinstance(n, float) else n for n in numbers]
    return {"shape": list(tensor.shape), "values": rounded}


def case(name: str, function, options: dict | None = None, **inputs: torch.Tensor) -> dict:
    leaves = {key: t.clone().requires_grad_(t.is_floating_point()) for key, t in inputs.items()}
    output = function(**leaves)
    weight = normal(*output.shape) if output.dim() else torch.tensor(1.0)
    (output * weight).sum().backward()
    return {
        "name": name,
        "options": options or {},
        "inputs": {key: plain(t) for key, t in inputs.items()},
        "output": plain(output),
        "weight": plain(weight),
        "gradients": {key: plain(t.grad) for key, t in leaves.items() if t.grad is not None},
    }


def self_attention(heads: int, causal: bool):
    def function(qkv):
        batch, time, width = qkv.shape
        q, k, v = (
            p.view(batch, time, heads, -1).transpose(1, 2) for p in qkv.split(width // 3, dim=2)
        )
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=causal)
        return mixed.transpose(1, 2).reshape(batch, time, width // 3)

    return function


def rotary(layout: str, offset: int):
    """Rotary embedding by complex multiplication, pairs taken by layout."""

    def function(x):
        time, channels = x.shape[-2:]
        pairs = channels // 2
        frequency = 10000.0 ** (-torch.arange(pairs) / pairs)
        angle = (torch.arange(time) + offset)[:, None] * frequency
        turn = torch.polar(torch.ones_like(angle), angle)
        if layout == "halves":
            z = torch.complex(x[..., :pairs], x[..., pairs:]) * turn
            return torch.cat([z.real, z.imag], dim=-1)
        z = torch.complex(x[..., 0::2], x[..., 1::2]) * turn
        return torch.stack([z.real, z.imag], dim=-1).flatten(-2)

    return function


def grouped_attention(q, k, v):
    return F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)


def windowed_attention(window: int):
    """A query sees itself and the `window` - 1 keys before it."""

    def function(q, k, v):
        time = q.shape[2]
        near = torch.ones(time, time, dtype=torch.bool).tril().triu(1 - window)
        return F.scaled_dot_product_attention(q, k, v, attn_mask=near)

    return function


def alibi_attention(q, k, v):
    heads, time = q.shape[1:3]
    slopes = torch.tensor([2.0 ** (-8 * (h + 1) / heads) for h in range(heads)])
    distance = (torch.arange(time)[None, :] - torch.arange(time)[:, None]).float()
    bias = slopes[:, None, None] * distance
    bias = bias.masked_fill(distance > 0, float("-inf"))
    return F.scaled_dot_product_attention(q, k, v, attn_mask=bias)


def attention_decoding(q, k, v):
    """Causal attention of the last queries over a longer past."""
    queries, keys = q.shape[2], k.shape[2]
    mask = torch.ones(queries, keys, dtype=torch.bool).tril(keys - queries)
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask)


def token_log_probs(logits, targets):
    """Zero where the target is -100."""
    chosen = logits.log_softmax(-1).gather(-1, targets.clamp(min=0).unsqueeze(-1)).squeeze(-1)
    return chosen * (targets >= 0)


def adamw() -> dict:
    parameters = normal(5).requires_grad_()
    start = parameters.detach().clone()
    optimizer = torch.optim.AdamW([parameters], lr=0.1, betas=(0.8, 0.9), eps=1e-6, weight_decay=0.2)
    gradients, after = [], []
    for _ in range(3):
        parameters.grad = normal(5)
        gradients.append(plain(parameters.grad))
        optimizer.step()
        after.append(plain(parameters))
    return {"start": plain(start), "gradients": gradients, "after": after}


def clipping() -> dict:
    parameters = [torch.zeros(3, requires_grad=True), torch.zeros(2, 2, requires_grad=True)]
    for p in parameters:
        p.grad = normal(*p.shape)
    before = [plain(p.grad) for p in parameters]
    norm = torch.nn.utils.clip_grad_norm_(parameters, 1.0)
    return {"before": before, "norm": norm.item(), "after": [plain(p.grad) for p in parameters]}


cases = [
    case("gelu", lambda x: F.gelu(x, approximate="tanh"), x=normal(3, 4) * 3),
    case(
        "layerNorm",
        lambda x, gain, bias: F.layer_norm(x, (6,), gain, bias, 1e-5),
        x=normal(2, 3, 6),
        gain=normal(6),
        bias=normal(6),
    ),
    case("geluErf", lambda x: F.gelu(x), x=normal(3, 4) * 3),
    case("silu", lambda x: F.silu(x), x=normal(3, 4) * 3),
    case("squaredRelu", lambda x: F.relu(x).square(), x=normal(3, 4)),
    case("rmsNorm", lambda x, gain: F.rms_norm(x, (6,), gain, 1e-6), x=normal(2, 3, 6), gain=normal(6)),
    case("swiglu", lambda x, y: F.silu(x) * y, x=normal(2, 3), y=normal(2, 3)),
    case("geglu", lambda x, y: F.gelu(x, approximate="tanh") * y, x=normal(2, 3), y=normal(2, 3)),
    case("groupNorm", lambda x, gain, bias: F.group_norm(x, 2, gain, bias), {"groups": 2}, x=normal(2, 4, 3), gain=normal(4), bias=normal(4)),
    case("rotary", rotary("halves", 0), {"layout": "halves"}, x=normal(1, 2, 3, 4)),
    case("rotary", rotary("interleaved", 5), {"layout": "interleaved", "offset": 5}, x=normal(1, 2, 3, 4)),
    case("linear", lambda x, weight, bias: x @ weight + bias, x=normal(2, 3, 4), weight=normal(4, 5), bias=normal(5)),
    case("linear", lambda x, weight: x @ weight.T, {"transposed": True}, x=normal(3, 4), weight=normal(5, 4)),
    case("embedding", lambda table, ids: F.embedding(ids, table), table=normal(5, 3), ids=integers(5, 2, 4)),
    case(
        "crossEntropy",
        lambda logits, targets: F.cross_entropy(logits.view(-1, 5), targets.view(-1)),
        logits=normal(2, 3, 5),
        targets=integers(5, 2, 3),
    ),
    case(
        "crossEntropy",
        lambda logits, targets: F.cross_entropy(logits, targets, ignore_index=-100),
        {"ignoreIndex": -100},
        logits=normal(4, 5),
        targets=torch.tensor([1, -100, 4, -100]),
    ),
    case(
        "crossEntropy",
        lambda logits, targets: F.cross_entropy(logits, targets, label_smoothing=0.1),
        {"labelSmoothing": 0.1},
        logits=normal(4, 5),
        targets=integers(5, 4),
    ),
    case(
        "crossEntropy",
        lambda logits, targets: F.cross_entropy(logits, targets, ignore_index=1, label_smoothing=0.2)
        + 0.01 * torch.logsumexp(logits[targets != 1], dim=-1).square().mean(),
        {"labelSmoothing": 0.2, "zLoss": 0.01, "ignoreIndex": 1},
        logits=normal(4, 5),
        targets=torch.tensor([0, 1, 3, 4]),
    ),
    case(
        "crossEntropy",
        lambda logits, targets: F.cross_entropy(logits, targets, weight=torch.tensor([1.0, 2.0, 0.5, 0.0, 1.0])),
        {"classWeights": [1, 2, 0.5, 0, 1]},
        logits=normal(4, 5),
        targets=torch.tensor([0, 1, 3, 2]),
    ),
    case(
        "attention",
        grouped_attention,
        {"causal": True},
        q=normal(2, 4, 3, 4),
        k=normal(2, 2, 3, 4),
        v=normal(2, 2, 3, 4),
    ),
    case(
        "attention",
        windowed_attention(2),
        {"causal": True, "window": 2},
        q=normal(1, 1, 4, 4),
        k=normal(1, 1, 4, 4),
        v=normal(1, 1, 4, 4),
    ),
    case(
        "attention",
        alibi_attention,
        {"causal": True, "alibi": True},
        q=normal(1, 2, 4, 4),
        k=normal(1, 2, 4, 4),
        v=normal(1, 2, 4, 4),
    ),
    case("attention", lambda q, k, v: F.scaled_dot_product_attention(q, k, v), q=normal(1, 2, 3, 4), k=normal(1, 2, 5, 4), v=normal(1, 2, 5, 4)),
    case(
        "attention",
        attention_decoding,
        {"causal": True},
        q=normal(2, 1, 2, 4),
        k=normal(2, 1, 4, 4),
        v=normal(2, 1, 4, 4),
    ),
    case("selfAttention", self_attention(2, True), {"heads": 2, "causal": True}, qkv=normal(2, 4, 12)),
    case("selfAttention", self_attention(1, False), {"heads": 1, "causal": False}, qkv=normal(1, 3, 12)),
]
# Drawn before the cases below, so that those change nothing above them.
descents = {"adamw": adamw(), "clipping": clipping()}
cases += [
    case("tokenLogProbs", token_log_probs, logits=normal(2, 3, 5), targets=torch.tensor([[0, 3, -100], [4, -100, 2]])),
    case("tokenEntropy", lambda logits: torch.distributions.Categorical(logits=logits).entropy(), logits=normal(2, 3, 5)),
]
print(json.dumps({"torch": torch.__version__, "cases": cases, **descents}))
