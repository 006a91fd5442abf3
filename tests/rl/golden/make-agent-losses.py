"""The losses of REINFORCE and DQN and their gradients, written out in PyTorch in double precision.

python tests/rl/golden/make-agent-losses.py   # torch
"""
import json
from pathlib import Path

import torch

generator = torch.Generator().manual_seed(1)
steps, actions, padded = 6, 3, 2


def normal(*shape):
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


taken = torch.randint(actions, (steps,), generator=generator)
one_hot = torch.nn.functional.one_hot(taken, actions)

logits, values, returns = normal(steps, actions).requires_grad_(), normal(steps).requires_grad_(), 3 * normal(steps)
count = steps - padded
weights = torch.tensor([1 / count] * count + [0.0] * padded, dtype=torch.float64)
reinforce = {}
for name, baseline in (("baseline", True), ("no baseline", False)):
    gain = (returns - values.detach() if baseline else returns)[:count]
    white = (gain - gain.mean()) / (gain.std(unbiased=False) + 1e-8)
    logp = torch.distributions.Categorical(logits=logits).log_prob(taken)[:count]
    loss = -(white * logp).mean() + 0.5 * ((returns - values)[:count] ** 2).mean()
    to_logits, to_values = torch.autograd.grad(loss, (logits, values))
    reinforce[name] = {"loss": loss.item(), "logits": to_logits.tolist(), "values": to_values.tolist()}

worth, judged, chooser, rewards = (2 * normal(steps, actions)).requires_grad_(), normal(steps, actions), normal(steps, actions), normal(steps)
goes_on, gamma = torch.tensor([1, 1, 0, 1, 0, 1], dtype=torch.float64), 0.9
dqn = {}
for name, picks in (("double", chooser), ("plain", judged)):
    targets = rewards + gamma * goes_on * judged.gather(1, picks.argmax(1, keepdim=True)).squeeze(1)
    loss = torch.nn.functional.huber_loss(worth.gather(1, taken[:, None]).squeeze(1), targets)
    (to_worth,) = torch.autograd.grad(loss, (worth,))
    dqn[name] = {"targets": targets.tolist(), "loss": loss.item(), "worth": to_worth.tolist()}

lists = lambda **tensors: {name: tensor.tolist() for name, tensor in tensors.items()}
Path(__file__).with_name("agent-losses.json").write_text(
    json.dumps(
        {
            "reinforce": {
                "inputs": lists(logits=logits, values=values, actions=one_hot, returns=returns, weights=weights),
                "expected": reinforce,
            },
            "dqn": {
                "inputs": lists(worth=worth, judged=judged, chooser=chooser, rewards=rewards, actions=one_hot, goesOn=goes_on),
                "gamma": gamma,
                "expected": dqn,
            },
        }
    )
    + "\n"
)
