"""PPO's loss and its gradients, written out in PyTorch in double precision.

python tests/rl/golden/make-ppo-loss.py   # torch
"""
import json
from pathlib import Path

import torch

generator = torch.Generator().manual_seed(0)
steps, actions = 6, 3
logits = torch.randn(steps, actions, generator=generator, dtype=torch.float64).requires_grad_()
values = torch.randn(steps, generator=generator, dtype=torch.float64).requires_grad_()
taken = torch.randint(actions, (steps,), generator=generator)
old = torch.log_softmax(torch.randn(steps, actions, generator=generator, dtype=torch.float64), -1)
logps = old.gather(1, taken[:, None]).squeeze(1)
advantages = torch.randn(steps, generator=generator, dtype=torch.float64)
returns = torch.randn(steps, generator=generator, dtype=torch.float64)
clip, value_weight, entropy_weight = 0.2, 0.5, 0.03

distribution = torch.distributions.Categorical(logits=logits)
log_ratio = distribution.log_prob(taken) - logps
ratio = log_ratio.exp()
white = (advantages - advantages.mean()) / (advantages.std(unbiased=False) + 1e-8)
policy_loss = torch.max(-white * ratio, -white * ratio.clamp(1 - clip, 1 + clip)).mean()
value_loss = 0.5 * torch.nn.functional.mse_loss(values, returns)
entropy = distribution.entropy().mean()
loss = policy_loss + value_weight * value_loss - entropy_weight * entropy
loss.backward()

Path(__file__).with_name("ppo-loss.json").write_text(
    json.dumps(
        {
            "inputs": {
                "logits": logits.tolist(),
                "values": values.tolist(),
                "actions": torch.nn.functional.one_hot(taken, actions).tolist(),
                "logps": logps.tolist(),
                "advantages": advantages.tolist(),
                "returns": returns.tolist(),
            },
            "settings": {"clip": clip, "valueWeight": value_weight, "entropyWeight": entropy_weight},
            "losses": {
                "loss": loss.item(),
                "policy/loss": policy_loss.item(),
                "value/loss": value_loss.item(),
                "entropy": entropy.item(),
                "policy/approxkl": (ratio - 1 - log_ratio).mean().item(),
                "policy/clipfrac": ((ratio - 1).abs() > clip).double().mean().item(),
            },
            "gradients": {"logits": logits.grad.tolist(), "values": values.grad.tolist()},
        }
    )
    + "\n"
)
