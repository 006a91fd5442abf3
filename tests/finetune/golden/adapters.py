"""Makes golden/peft-*: adapters as PEFT saves them, over the small models of tests/checkpoint/golden, and their logits.

Run with the peers' Python (npm run bench:peers): bench/.peers/venv/bin/python tests/finetune/golden/adapters.py
Made with peft 0.21.2, transformers 5.23.0, torch 2.15.0.
"""
import json
import pathlib

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM

here = pathlib.Path(__file__).parent
bases = here.parent.parent / "checkpoint" / "golden"
ids = torch.tensor([[3, 1, 4, 1, 5, 2, 2, 6]])
cases = {
    "lora": ("gpt2", {"target_modules": ["c_attn"]}),
    "rslora": ("gpt2", {"target_modules": ["c_attn", "c_fc"], "use_rslora": True}),
    "dora": ("gpt2", {"target_modules": ["c_attn", "c_proj", "c_fc"], "use_dora": True}),
    "llama": ("llama", {"target_modules": ["q_proj", "v_proj", "down_proj"]}),
    "llama-dora": ("llama", {"target_modules": ["k_proj", "gate_proj"], "use_dora": True, "use_rslora": True}),
}
for name, (base, settings) in cases.items():
    torch.manual_seed(1)
    model = AutoModelForCausalLM.from_pretrained(bases / base, attn_implementation="eager")
    config = LoraConfig(r=3, lora_alpha=5, fan_in_fan_out=base == "gpt2", task_type="CAUSAL_LM", **settings)
    model = get_peft_model(model, config).eval()
    with torch.no_grad():
        for parameter_name, parameter in model.named_parameters():
            if "lora_" in parameter_name:
                parameter += 0.3 * torch.randn_like(parameter)
        logits = model(ids).logits
    folder = here / f"peft-{name}"
    model.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)
    settings = json.loads((folder / "adapter_config.json").read_text())
    settings["base_model_name_or_path"] = None
    settings["revision"] = None
    (folder / "adapter_config.json").write_text(json.dumps(settings, indent=1, sort_keys=True) + "\n")
    (folder / "logits.json").write_text(json.dumps({"ids": ids.tolist(), "logits": logits.tolist()}))
