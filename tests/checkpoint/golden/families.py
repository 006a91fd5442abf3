"""Makes golden/llama, mistral, bert, t5 and t5-1.1: small models with random weights as Hugging Face's transformers
saves them, and their logits.

Run with the peers' Python (npm run bench:peers): bench/.peers/venv/bin/python tests/checkpoint/golden/families.py
Made with transformers 5.23.0, torch 2.15.0.
"""
import json
import pathlib

import torch
from safetensors.torch import save_file
from transformers import (
    BertConfig, BertForMaskedLM, LlamaConfig, LlamaForCausalLM, MistralConfig, MistralForCausalLM, T5Config,
    T5ForConditionalGeneration,
)

IDS = [[3, 1, 4, 1, 5, 9, 2, 6], [10, 4, 7, 8, 3, 2, 0, 0]]
WRITTEN = [[0, 3, 5, 7], [0, 8, 2, 1]]
llama = dict(vocab_size=11, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=4,
             num_key_value_heads=2, max_position_embeddings=8, rms_norm_eps=1e-5)
t5 = dict(vocab_size=11, d_model=16, d_kv=4, d_ff=24, num_layers=2, num_heads=4, decoder_start_token_id=0,
          pad_token_id=0)


def save(name, model, **inputs):
    folder = pathlib.Path(__file__).parent / name
    torch.manual_seed(1)
    model = model.eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter += 0.2 * torch.randn_like(parameter)
    model.save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    with torch.no_grad():
        logits = model(**{key: torch.tensor(value) for key, value in inputs.items()}).logits
    (folder / "logits.json").write_text(json.dumps({**inputs, "logits": logits.tolist()}))


not_padding = [[int(i != 0) for i in row] for row in IDS]
save("llama", LlamaForCausalLM(LlamaConfig(**llama, rope_theta=500.0)), input_ids=IDS)
save("mistral", MistralForCausalLM(MistralConfig(**llama, sliding_window=3, tie_word_embeddings=True,
                                                 attn_implementation="eager")), input_ids=IDS)
save("bert", BertForMaskedLM(BertConfig(vocab_size=11, hidden_size=16, num_hidden_layers=2, num_attention_heads=4,
                                        intermediate_size=24, max_position_embeddings=8)),
     input_ids=IDS, attention_mask=not_padding)
save("t5", T5ForConditionalGeneration(T5Config(**t5)), input_ids=IDS, attention_mask=not_padding,
     decoder_input_ids=WRITTEN)


# T5 1.1 has an output layer of its own, as on the hub; transformers 5 keeps one only when it loads one.
newer = T5ForConditionalGeneration(T5Config(**t5, num_decoder_layers=1, feed_forward_proj="gated-gelu",
                                            tie_word_embeddings=False))
newer.lm_head = torch.nn.Linear(16, 11, bias=False)
save("t5-1.1", newer, input_ids=IDS, attention_mask=not_padding, decoder_input_ids=WRITTEN)
folder = pathlib.Path(__file__).parent / "t5-1.1"
state = {name: value.contiguous() for name, value in newer.state_dict().items() if "embed_tokens" not in name}
save_file(state, folder / "model.safetensors", {"format": "pt"})
config = json.loads((folder / "config.json").read_text())
(folder / "config.json").write_text(json.dumps({**config, "tie_word_embeddings": False}, indent=2))
