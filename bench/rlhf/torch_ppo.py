"""PPO on answers with PyTorch and transformers, on the setting of setting.ts. Usage: torch_ppo.py SETTING_JSON

TRL 1.16 has no PPO trainer; this is what one writes instead: generate() with its cache, one value head on the policy's body,
per-token KL, GAE, whitening, clipped losses, AdamW (fused), all of it batched.
"""
import json
import sys

import torch
import torch.nn.functional as F
import transformers
from transformers import GPT2Config, GPT2LMHeadModel

from turns import serve_turns

s = json.loads(sys.argv[1])
torch.set_num_threads(s["threads"])
torch.manual_seed(0)
transformers.utils.logging.set_verbosity_error()
config = GPT2Config(vocab_size=s["vocabulary"], n_positions=s["context"], n_embd=s["width"], n_layer=s["layers"], n_head=s["heads"],
                    bos_token_id=None, eos_token_id=None, resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0)
policy = GPT2LMHeadModel(config).eval()
reference = GPT2LMHeadModel(config).eval().requires_grad_(False)
reference.load_state_dict(policy.state_dict())
head = torch.nn.Linear(s["width"], 1)
parameters = [*policy.parameters(), *head.parameters()]
optimizer = torch.optim.AdamW(parameters, lr=s["learningRate"], weight_decay=0.0, fused=True)
prompts = torch.randint(0, s["vocabulary"], (1000, s["prompt"]))
start, rows = s["prompt"], s["answers"]


def judged(ids):
    """Log-probabilities, values and entropies at the answer's tokens."""
    hidden = policy.transformer(ids).last_hidden_state[:, start - 1:-1]
    logs = F.log_softmax(policy.lm_head(hidden), -1)
    own = logs.gather(-1, ids[:, start:, None])[..., 0]
    return own, head(hidden)[..., 0], -(logs.exp() * logs).sum(-1)


def step():
    asked = prompts[torch.randint(0, len(prompts), (rows,))]
    with torch.no_grad():
        ids = policy.generate(asked, attention_mask=torch.ones_like(asked), max_new_tokens=s["answer"], min_new_tokens=s["answer"],
                              do_sample=True, top_k=0, use_cache=True, pad_token_id=0)
        logs, values, _ = judged(ids)
        ref = F.log_softmax(reference(ids).logits[:, start - 1:-1], -1).gather(-1, ids[:, start:, None])[..., 0]
        rewards = -s["klCoefficient"] * (logs - ref)
        rewards[:, -1] += (ids[:, start:] % 2 == 0).float().mean(1)
        advantages, last = torch.zeros_like(rewards), 0.0
        for t in reversed(range(s["answer"])):
            following = values[:, t + 1] if t + 1 < s["answer"] else 0.0
            last = rewards[:, t] + following - values[:, t] + 0.95 * last
            advantages[:, t] = last
        returns = advantages + values
        advantages = (advantages - advantages.mean()) * torch.rsqrt(advantages.var() + 1e-8)
    for _ in range(s["epochs"]):
        for part in torch.randperm(rows).chunk(s["minibatches"]):
            own, v, entropy = judged(ids[part])
            ratio = (own - logs[part]).exp()
            a, r, old = advantages[part], returns[part], values[part]
            policy_loss = torch.maximum(-a * ratio, -a * ratio.clamp(0.8, 1.2)).mean()
            held = old + (v - old).clamp(-0.2, 0.2)
            value_loss = 0.5 * torch.maximum((v - r) ** 2, (held - r) ** 2).mean()
            loss = policy_loss + 0.1 * value_loss
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            if not torch.isfinite(loss.detach() + entropy.detach().mean()):
                sys.exit("loss is no number")


step()
serve_turns({"torch": torch.__version__, "transformers": transformers.__version__}, step)
