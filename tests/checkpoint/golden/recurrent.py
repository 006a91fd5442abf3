"""Tiny random recurrent language models of PyTorch and their logits: python recurrent.py (torch 2.15.0)."""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

VOCAB, WIDTH, LAYERS = 11, 6, 2


class Model(nn.Module):
    def __init__(self, kind, bias=True):
        super().__init__()
        self.encoder = nn.Embedding(VOCAB, WIDTH)
        self.rnn = getattr(nn, kind)(WIDTH, WIDTH, LAYERS, batch_first=True, bias=bias)
        self.decoder = nn.Linear(WIDTH, VOCAB, bias=bias)

    def forward(self, ids):
        return self.decoder(self.rnn(self.encoder(ids))[0])


folder = Path(__file__).parent / "recurrent"
folder.mkdir(exist_ok=True)
golden = {}
for kind in ["LSTM", "GRU", "RNN"]:
    torch.manual_seed(1)
    model = Model(kind)
    ids = torch.randint(0, VOCAB, (2, 7))
    save_file(model.state_dict(), folder / f"{kind.lower()}.safetensors")
    with torch.no_grad():
        golden[kind.lower()] = {"ids": ids.tolist(), "logits": model(ids).tolist()}
(folder / "logits.json").write_text(json.dumps(golden))
