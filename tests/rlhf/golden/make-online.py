"""PPO over tokens and the GRPO family, written out in PyTorch in double precision from their papers' formulas.

python tests/rlhf/golden/make-online.py   # torch
"""
import json
from pathlib import Path

import torch

generator = torch.Generator().manual_seed(7)
rows, time, vocabulary = 4, 6, 5
lengths = [5, 3, 6, 1]
start = [0, 1, 0, 2]  # where the completion begins


def draw(*shape, scale=1.0):
    return torch.randn(*shape, generator=generator, dtype=torch.float64) * scale


mask = torch.zeros(rows, time, dtype=torch.float64)
for row, (first, length) in enumerate(zip(start, lengths)):
    mask[row, first : first + length] = 1
logits = draw(rows, time, vocabulary).requires_grad_()
targets = torch.randint(vocabulary, (rows, time), generator=generator)


def logps_of(z):
    return torch.log_softmax(z, -1).gather(2, targets[:, :, None]).squeeze(2)


old = (logps_of(logits) + draw(rows, time, scale=0.25)).detach()
ref = (logps_of(logits) + draw(rows, time, scale=0.5)).detach()
values = draw(rows, time).requires_grad_()
old_values = (values + draw(rows, time, scale=0.4)).detach()
scores = draw(rows)


def masked_mean(x):
    return (x * mask).sum() / mask.sum()


def white(x, keep_mean=False):
    mean = masked_mean(x)
    count = mask.sum()
    variance = (((x - mean) ** 2) * mask).sum() / (count - 1)
    return ((x - mean) * torch.rsqrt(variance + 1e-8) + (mean if keep_mean else 0)) * mask


r = ref - old
estimates = {"k1": -r, "k2": r**2 / 2, "k3": r.exp() - 1 - r}
settings = {"klCoefficient": 0.1, "gamma": 0.98, "lambda": 0.9}


def advantages_of(whiten_rewards):
    rewards = -settings["klCoefficient"] * estimates["k1"] * mask
    for row in range(rows):
        rewards[row, start[row] + lengths[row] - 1] += scores[row]
    if whiten_rewards:
        rewards = white(rewards, keep_mean=True)
    raw = torch.zeros(rows, time, dtype=torch.float64)
    for row in range(rows):
        following = 0.0
        end = start[row] + lengths[row]
        for t in reversed(range(start[row], end)):
            after = old_values[row, t + 1] if t + 1 < end else 0.0
            delta = rewards[row, t] + settings["gamma"] * after - old_values[row, t]
            following = delta + settings["gamma"] * settings["lambda"] * following
            raw[row, t] = following
    return white(raw), (raw + old_values) * mask


plain = advantages_of(False)
whitened = advantages_of(True)
advantages, returns = plain

clips = {"clip": 0.2, "valueClip": 0.3, "valueWeight": 0.1}
new = logps_of(logits)
ratio = (new - old).exp()
a = -advantages * ratio
b = -advantages * ratio.clamp(0.8, 1.2)
policy = masked_mean(torch.max(a, b))
held_values = torch.max(torch.min(values, old_values + 0.3), old_values - 0.3)
free, held = (values - returns) ** 2, (held_values - returns) ** 2
value = 0.5 * masked_mean(torch.max(free, held))
loss = policy + 0.1 * value
gradients = torch.autograd.grad(loss, [logits, values])
ppo = {
    "losses": {
        "loss": loss.item(),
        "loss/policy_avg": policy.item(),
        "loss/value_avg": value.item(),
        "policy/approxkl_avg": 0.5 * masked_mean((new - old) ** 2).item(),
        "policy/clipfrac_avg": masked_mean((b > a).double()).item(),
        "val/clipfrac_avg": masked_mean((held > free).double()).item(),
        "val/ratio": masked_mean(ratio).item(),
    },
    "gradients": {"logits": gradients[0].tolist(), "values": gradients[1].tolist()},
}

pairs = scores.reshape(2, 2)
group = {
    "group": ((pairs - pairs.mean(1, keepdim=True)) / (pairs.std(1, keepdim=True) + 1e-4)).flatten(),
    "none": (pairs - pairs.mean(1, keepdim=True)).flatten(),
    "leave-one-out": (pairs - pairs.flip(1)).flatten(),
}
beta, low, high, longest = 0.3, 0.1, 0.15, 6
family = {}
for name in ["grpo", "bnpo", "dapo", "dr_grpo", "gspo", "rloo"]:
    new = logps_of(logits)
    shared = group[{"dr_grpo": "none", "rloo": "leave-one-out"}.get(name, "group")][:, None]
    log_ratio = new - old
    if name == "gspo":
        log_ratio = ((log_ratio * mask).sum(1) / mask.sum(1))[:, None].expand(rows, time)
    if name == "rloo":
        log_ratio = ((log_ratio * mask).sum(1))[:, None].expand(rows, time)
    ratio = log_ratio.exp()
    token = -torch.min(ratio * shared, ratio.clamp(1 - low, 1 + high) * shared)
    k3 = (ref - new).exp() - 1 - (ref - new)
    if name != "rloo":
        token = token + beta * k3
    if name in ("bnpo", "dapo"):
        loss = masked_mean(token)
    elif name == "dr_grpo":
        loss = (token * mask).sum() / (rows * longest)
    else:
        loss = ((token * mask).sum(1) / mask.sum(1)).mean()
    (gradient,) = torch.autograd.grad(loss, [logits])
    below = ((ratio < 1 - low) & (shared < 0)).double()
    above = ((ratio > 1 + high) & (shared > 0)).double()
    family[name] = {
        "losses": {
            "loss": loss.item(),
            "kl": masked_mean(k3).item(),
            "clip_ratio/low_mean": masked_mean(below).item(),
            "clip_ratio/high_mean": masked_mean(above).item(),
            "clip_ratio/region_mean": masked_mean(below + above).item(),
        },
        "gradient": gradient.tolist(),
    }

out = {
    "torch": torch.__version__,
    "inputs": {
        "logits": logits.tolist(),
        "targets": targets.tolist(),
        "old": old.tolist(),
        "ref": ref.tolist(),
        "values": values.tolist(),
        "oldValues": old_values.tolist(),
        "mask": mask.tolist(),
        "scores": scores.tolist(),
    },
    "estimates": {name: x.tolist() for name, x in estimates.items()},
    "settings": settings,
    "advantages": {"plain": [x.tolist() for x in plain], "whitened": [x.tolist() for x in whitened]},
    "clips": clips,
    "ppo": ppo,
    "groupAdvantages": {name: x.tolist() for name, x in group.items()},
    "groupSettings": {"clip": low, "clipHigh": high, "klCoefficient": beta, "maxTokens": longest},
    "groupLosses": family,
}
Path(__file__).with_name("online.json").write_text(json.dumps(out) + "\n")
