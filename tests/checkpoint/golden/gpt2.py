"""Makes golden/gpt2: a small GPT-2 with random weights as Hugging Face's transformers saves it, and its logits.

Run with the peers' Python (npm run bench:peers): bench/.peers/venv/bin/python tests/checkpoint/golden/gpt2.py
Made with transformers 5.23.0, torch 2.15.0.
"""
import json
import pathlib

import torch
from transformers import GPT2Config, GPT2LMHeadModel

folder = pathlib.Path(__file__).parent / "gpt2"
torch.manual_seed(1)
model = GPT2LMHeadModel(GPT2Config(vocab_size=11, n_positions=8, n_embd=12, n_layer=2, n_head=3)).eval()
with torch.no_grad():
    for parameter in model.parameters():
        parameter += 0.2 * torch.randn_like(parameter)
model.save_pretrained(folder)
(folder / "generation_config.json").unlink()
ids = [[3, 1, 4, 1, 5, 9, 2, 6], [10, 0, 7, 8, 3, 2, 1, 0]]
with torch.no_grad():
    logits = model(torch.tensor(ids)).logits
(folder / "logits.json").write_text(json.dumps({"ids": ids, "logits": logits.tolist()}))
