"""The losses of preference learning and of reward models in double precision: values, gradients, what is plotted.

Regenerate with the peers' Python (`npm run bench:peers`; torch, and trl with pandas and pyarrow for the comparison):
    bench/.peers/venv/bin/python tests/rlhf/golden/make.py

Each formula is written out here from its paper. Where TRL is installed, its own trainers' loss functions are run on the
same numbers and must agree (to 1e-10 where it computes in double precision); `trl` in the file names the losses for which that was done, and the version.
"""
import json
import math
from pathlib import Path
from types import SimpleNamespace

import torch
import torch.nn.functional as F

try:
    import trl
except ImportError:
    trl = None

torch.manual_seed(11)
PAIRS, TIME = 5, 7
double = dict(dtype=torch.float64)

# Log-probabilities of the tokens of answers; rows 0 … 4 chosen, 5 … 9 rejected. The first place is the prompt's.
tokens = -torch.rand(2 * PAIRS, TIME, **double) * 1.5 - 0.05
lengths = torch.tensor([3, 6, 1, 4, 5, 2, 6, 3, 5, 1])
mask = (torch.arange(TIME)[None, :] >= 1) & (torch.arange(TIME)[None, :] <= lengths[:, None])
tokens = tokens * mask
sums = tokens.sum(1)
reference = sums + torch.randn(2 * PAIRS, **double)
SETTINGS = {"beta": 0.3, "labelSmoothing": 0, "gamma": 0.5, "nllWeight": 0.7, "tau": 0.05}
SMOOTHED = {"conservative", "robust", "exo_pair", "aot", "aot_unpaired", "cpo"}

log_sigmoid = F.logsigmoid


def per_pair(name, chosen, rejected, ref_chosen, ref_rejected, n_chosen, n_rejected, s):
    beta, e = s["beta"], s["labelSmoothing"]
    a, b = chosen - ref_chosen, rejected - ref_rejected
    delta = beta * (a - b)
    nll = -chosen.sum() / n_chosen.sum()

    def smooth(x):
        return -(1 - e) * log_sigmoid(x) - e * log_sigmoid(-x)

    if name == "sigmoid":
        return -log_sigmoid(delta)
    if name == "conservative":
        return smooth(delta)
    if name == "robust":
        return (-(1 - e) * log_sigmoid(delta) + e * log_sigmoid(-delta)) / (1 - 2 * e)
    if name == "sigmoid_norm":
        return -log_sigmoid(beta * (a / n_chosen - b / n_rejected))
    if name == "hinge":
        return torch.relu(1 - delta)
    if name == "ipo":
        return (a / n_chosen - b / n_rejected - 1 / (2 * beta)) ** 2
    if name == "exo_pair":
        q = torch.stack([log_sigmoid(delta), log_sigmoid(-delta)])
        p = torch.tensor([math.log(1 - e), math.log(e)], **double)[:, None]
        return (q.exp() * (q - p)).sum(0)
    if name == "nca_pair":
        return -log_sigmoid(beta * a) - 0.5 * log_sigmoid(-beta * a) - 0.5 * log_sigmoid(-beta * b)
    if name == "bco_pair":
        return -log_sigmoid(beta * a) - log_sigmoid(-beta * b)
    if name == "sppo_hard":
        return (a - 1 / (2 * beta)) ** 2 + (b + 1 / (2 * beta)) ** 2
    if name == "aot":
        return smooth(beta * ((chosen - rejected).sort()[0] - (ref_chosen - ref_rejected).sort()[0]))
    if name == "aot_unpaired":
        return smooth(beta * (a.sort()[0] - b.sort()[0]))
    if name == "apo_zero":
        return 1 - torch.sigmoid(beta * a) + torch.sigmoid(beta * b)
    if name == "apo_down":
        return torch.sigmoid(beta * a) + 1 - torch.sigmoid(delta)
    if name == "discopop":
        share = torch.sigmoid(delta / s["tau"])
        return (1 - share) * -log_sigmoid(delta) + share * torch.exp(-delta)
    if name == "sft":
        return nll.expand(PAIRS)
    if name == "orpo":
        odds = [torch.log(p / (1 - p)) for p in ((chosen / n_chosen).exp(), (rejected / n_rejected).exp())]
        return nll - beta * log_sigmoid(odds[0] - odds[1])
    if name == "simpo":
        return -log_sigmoid(beta * (chosen / n_chosen - rejected / n_rejected) - s["gamma"])
    if name == "cpo":
        return smooth(beta * (chosen - rejected)) + s["nllWeight"] * nll
    raise ValueError(name)


def rewards(name, chosen, rejected, ref_chosen, ref_rejected, n_chosen, n_rejected, s):
    if name in {"simpo", "orpo"}:
        return s["beta"] * chosen / n_chosen, s["beta"] * rejected / n_rejected
    if name in {"cpo", "sft"}:
        return s["beta"] * chosen, s["beta"] * rejected
    return s["beta"] * (chosen - ref_chosen), s["beta"] * (rejected - ref_rejected)


class Metrics(dict):
    def __missing__(self, key):
        self[key] = {} if key in {"train", "eval"} else []
        if key in {"train", "eval"}:
            self[key] = Metrics()
        return self[key]


ACCELERATOR = SimpleNamespace(
    device="cpu", gather=lambda x: x, gather_for_metrics=lambda x: x, unwrap_model=lambda m: m
)


def trl_dpo(name, s):
    """TRL's DPOTrainer on a model that answers with our numbers: the loss and its metrics."""
    from trl import DPOTrainer

    # A sequence has one place more than it has targets.
    completion = torch.cat([torch.zeros(2 * PAIRS, 1, dtype=torch.bool), mask], 1).long()

    class Model:
        training = True

        def __call__(self, **_):
            zeros = torch.zeros(2 * PAIRS, TIME, **double)
            return SimpleNamespace(log_probs=tokens, entropy=zeros, mean_logits=zeros, is_top1=zeros.bool())

    trainer = SimpleNamespace(
        model=SimpleNamespace(training=True), accelerator=ACCELERATOR, aux_loss_enabled=False, ld_alpha=None, precompute_ref_logps=True,
        f_divergence_type="reverse_kl", loss_types=[name], loss_weights=[1.0], beta=s["beta"],
        label_smoothing=s["labelSmoothing"], args=SimpleNamespace(discopop_tau=s["tau"]), use_weighting=False,
        _metrics=Metrics(), _total_train_tokens=0, _tp_size=1,
    )  # fmt: skip
    inputs = {
        "input_ids": torch.zeros(2 * PAIRS, TIME + 1, dtype=torch.long),
        "attention_mask": torch.ones(2 * PAIRS, TIME + 1, dtype=torch.long),
        "completion_mask": completion,
        "ref_chosen_logps": reference[:PAIRS],
        "ref_rejected_logps": reference[PAIRS:],
    }
    loss = DPOTrainer._compute_loss(trainer, Model(), inputs, False)
    return loss.item(), {key: values[-1] for key, values in trainer._metrics["train"].items()}


def trl_cpo(name, s):
    """TRL's CPOTrainer.cpo_loss; what it adds to it is α·NLL, which is compared with the definition."""
    from trl.experimental.cpo import CPOTrainer

    n = lengths.double()
    values = sums / n if name == "simpo" else sums
    trainer = SimpleNamespace(
        alpha=0.0, loss_type={"cpo": "sigmoid", "simpo": "simpo"}[name], simpo_gamma=s["gamma"], beta=s["beta"],
        label_smoothing=s["labelSmoothing"], accelerator=ACCELERATOR,
    )  # fmt: skip
    losses, *_ = CPOTrainer.cpo_loss(trainer, values[:PAIRS], values[PAIRS:])
    nll = -sums[:PAIRS].sum() / n[:PAIRS].sum()
    return (losses.mean() + (s["nllWeight"] * nll if name == "cpo" else 0)).item(), {}


def trl_orpo(s):
    from trl.experimental.orpo import ORPOTrainer

    n = lengths.double()
    # TRL computes it in single precision.
    trainer = SimpleNamespace(beta=s["beta"], accelerator=ACCELERATOR)
    losses, *_ = ORPOTrainer.odds_ratio_loss(trainer, (sums / n)[:PAIRS], (sums / n)[PAIRS:])
    return (-sums[:PAIRS].sum() / n[:PAIRS].sum() - losses.mean()).item(), {}


def pair_case(name):
    s = dict(SETTINGS, labelSmoothing=0.1 if name in SMOOTHED else 0)
    chosen, rejected = (x.clone().requires_grad_() for x in (sums[:PAIRS], sums[PAIRS:]))
    n = lengths.double()
    given = (chosen, rejected, reference[:PAIRS], reference[PAIRS:], n[:PAIRS], n[PAIRS:])
    loss = per_pair(name, *given, s).mean()
    # sft does not learn from rejected answers.
    gradients = torch.autograd.grad(loss, (chosen, rejected), allow_unused=True)
    gradients = [torch.zeros(PAIRS, **double) if g is None else g for g in gradients]
    better, worse = rewards(name, *given, s)
    metrics = {
        "rewards/chosen": better.mean().item(),
        "rewards/rejected": worse.mean().item(),
        "rewards/margins": (better - worse).mean().item(),
        "rewards/accuracies": (better > worse).double().mean().item(),
        "logps/chosen": chosen.mean().item(),
        "logps/rejected": rejected.mean().item(),
        "nll_loss": (-chosen.sum() / n[:PAIRS].sum()).item(),
    }
    checked = None
    if trl:
        # TRL takes its ε in single precision.
        tolerance = 1e-6 if name == "exo_pair" else 1e-10
        if name == "orpo":
            (theirs, told), tolerance = trl_orpo(s), 1e-6
        elif name in {"cpo", "simpo"}:
            theirs, told = trl_cpo(name, s)
        elif name == "conservative":
            theirs = told = None
        else:
            theirs, told = trl_dpo(name, s)
        if theirs is not None:
            assert abs(theirs - loss.item()) < tolerance, (name, theirs, loss.item())
            # Rewards of losses without a reference are defined otherwise there.
            for key in metrics if name not in {"sft", "orpo", "cpo", "simpo"} else []:
                if key in told:
                    assert abs(told[key] - metrics[key]) < 1e-6, (name, key, told[key], metrics[key])
            checked = name
    return checked, {
        "name": name,
        "settings": dict(s, loss=name),
        "loss": loss.item(),
        "metrics": metrics,
        "gradients": {"chosen": gradients[0].tolist(), "rejected": gradients[1].tolist()},
    }


def kto_case():
    s = {"beta": 0.3, "desirableWeight": 1.0, "undesirableWeight": 1.5}
    logps = sums[:6].clone().requires_grad_()
    ref, labels = reference[:6], torch.tensor([1, 0, 1, 1, 0, 0])
    kl_logps, kl_ref = sums[6:].clone(), sums[6:] - torch.tensor([0.5, -0.2, 0.9, 0.1], **double)
    kl = (kl_logps - kl_ref).mean().clamp(min=0)
    ratio = logps - ref
    good, bad = labels.bool(), ~labels.bool()
    losses = torch.cat([
        s["desirableWeight"] * (1 - torch.sigmoid(s["beta"] * (ratio[good] - kl))),
        s["undesirableWeight"] * (1 - torch.sigmoid(s["beta"] * (kl - ratio[bad]))),
    ])  # fmt: skip
    loss = losses.mean()
    (gradient,) = torch.autograd.grad(loss, logps)
    better, worse = s["beta"] * ratio[good].mean(), s["beta"] * ratio[bad].mean()
    return {
        "inputs": {
            "logps": logps.tolist(), "refLogps": ref.tolist(), "labels": labels.tolist(),
            "klLogps": kl_logps.tolist(), "klRefLogps": kl_ref.tolist(),
        },
        "settings": s,
        "loss": loss.item(),
        "metrics": {
            "kl": kl.item(), "rewards/chosen": better.item(), "rewards/rejected": worse.item(),
            "rewards/margins": (better - worse).item(),
            "logps/chosen": logps[good].mean().item(), "logps/rejected": logps[bad].mean().item(),
        },
        "gradient": gradient.tolist(),
    }  # fmt: skip


def reward_case(centering, with_margins):
    values = torch.randn(2, 4, **double)
    chosen, rejected = (x.clone().requires_grad_() for x in values)
    margins = torch.tensor([0.0, 0.5, 1.0, 2.0], **double)
    shift = margins if with_margins else 0
    loss = -log_sigmoid(chosen - rejected - shift).mean() + centering * ((chosen + rejected) ** 2).mean()
    if trl:
        from trl import RewardTrainer

        trainer = SimpleNamespace(
            args=SimpleNamespace(center_rewards_coefficient=centering or None), accelerator=ACCELERATOR,
            model=SimpleNamespace(training=True), _metrics=Metrics(), _total_train_tokens=0, _tp_size=1,
        )  # fmt: skip
        inputs = {"attention_mask": torch.ones(8, 1), **({"margin": margins} if with_margins else {})}
        model = lambda **_: SimpleNamespace(logits=values.flatten()[:, None])
        theirs = RewardTrainer.compute_loss(trainer, model, inputs)
        assert abs(theirs.item() - loss.item()) < 1e-10
    gradients = torch.autograd.grad(loss, (chosen, rejected))
    both = values.flatten()
    return {
        "inputs": {"chosen": chosen.tolist(), "rejected": rejected.tolist()},
        **({"margins": margins.tolist()} if with_margins else {}),
        "centering": centering,
        "loss": loss.item(),
        "metrics": {
            "accuracy": (values[0] > values[1]).double().mean().item(), "margin": (values[0] - values[1]).mean().item(),
            "mean_reward": both.mean().item(), "min_reward": both.min().item(), "max_reward": both.max().item(),
        },
        "gradients": {"chosen": gradients[0].tolist(), "rejected": gradients[1].tolist()},
    }  # fmt: skip


def ranking_case(answers):
    values = torch.randn(3, answers, **double).requires_grad_()
    # Probability of the ranking, pick by pick, as its definition says.
    likelihood = torch.ones(3, **double)
    for i in range(answers):
        likelihood = likelihood * values[:, i].exp() / values[:, i:].exp().sum(1)
    loss = -likelihood.log().mean()
    (gradient,) = torch.autograd.grad(loss, values)
    return {"rewards": values.tolist(), "loss": loss.item(), "gradient": gradient.tolist()}


names = [
    "sigmoid", "conservative", "robust", "sigmoid_norm", "hinge", "ipo", "exo_pair", "nca_pair", "bco_pair", "sppo_hard",
    "aot", "aot_unpaired", "apo_zero", "apo_down", "discopop", "sft", "orpo", "simpo", "cpo",
]  # fmt: skip
made = [pair_case(name) for name in names]
golden = {
    "torch": torch.__version__,
    "trl": {"version": trl.__version__ if trl else None, "agree": [name for name, _ in made if name]},
    "pairs": {
        "chosen": sums[:PAIRS].tolist(), "rejected": sums[PAIRS:].tolist(),
        "refChosen": reference[:PAIRS].tolist(), "refRejected": reference[PAIRS:].tolist(),
        "chosenTokens": lengths[:PAIRS].tolist(), "rejectedTokens": lengths[PAIRS:].tolist(),
    },
    "losses": [case for _, case in made],
    "kto": kto_case(),
    "reward": [reward_case(0.0, False), reward_case(0.01, False), reward_case(0.0, True)],
    "ranking": [ranking_case(2), ranking_case(4)],
}  # fmt: skip
Path(__file__).with_name("losses.json").write_text(json.dumps(golden) + "\n")
print(golden["trl"])
