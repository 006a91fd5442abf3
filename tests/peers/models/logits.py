"""Loads each folder named on the command line with transformers and writes its logits for fixed ids as JSON lines."""
import json
import pathlib
import sys

import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForMaskedLM, AutoModelForSeq2SeqLM

IDS = torch.tensor([[3, 1, 4, 1, 5, 9, 2, 6]])
WRITTEN = torch.tensor([[0, 3, 5, 7]])
for folder in map(pathlib.Path, sys.argv[1:]):
    kind = AutoConfig.from_pretrained(folder).model_type
    if kind == "bert":
        model, inputs = AutoModelForMaskedLM.from_pretrained(folder), {"input_ids": IDS}
    elif kind == "t5":
        model = AutoModelForSeq2SeqLM.from_pretrained(folder)
        inputs = {"input_ids": IDS, "decoder_input_ids": WRITTEN}
    else:
        model, inputs = AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager"), {"input_ids": IDS}
    with torch.no_grad():
        print(json.dumps(model.eval()(**inputs).logits.tolist()))
