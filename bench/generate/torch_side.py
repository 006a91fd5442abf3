"""Peers of the bench generate. Usage: torch_side.py KIND VOCABULARY PROMPT TOKENS THREADS

KIND torch: a GPT written out with a key-value cache and sampling; transformers: GPT2LMHeadModel.generate. Both 6 layers, 6 heads,
width 384, context 256, float32. Writes a JSON line when ready; then for each line `n` writes n texts and their times in ms.
"""
import sys

import torch
import torch.nn.functional as F
import transformers
from transformers import GPT2Config, GPT2LMHeadModel

from turns import serve_turns

kind = sys.argv[1]
vocabulary, prompt_length, tokens, threads = map(int, sys.argv[2:6])
torch.set_num_threads(threads)
torch.manual_seed(0)
config = GPT2Config(vocab_size=vocabulary, n_positions=256, n_embd=384, n_layer=6, n_head=6, bos_token_id=None,
                    eos_token_id=None)
model = GPT2LMHeadModel(config).eval()
prompt = torch.arange(prompt_length)[None] % vocabulary
w = {name: value for name, value in model.transformer.named_parameters()}


@torch.inference_mode()
def by_hand():
    caches = [(torch.empty(1, 6, 256, 64), torch.empty(1, 6, 256, 64)) for _ in range(6)]
    ids, start = prompt, 0
    for _ in range(tokens):
        end = start + ids.shape[1]
        x = F.embedding(ids, w["wte.weight"]) + w["wpe.weight"][start:end]
        for i, (keys, values) in enumerate(caches):
            h = f"h.{i}."
            normed = F.layer_norm(x, (384,), w[h + "ln_1.weight"], w[h + "ln_1.bias"])
            q, k, v = torch.addmm(w[h + "attn.c_attn.bias"], normed[0], w[h + "attn.c_attn.weight"]).split(384, -1)
            q, k, v = (t.view(1, -1, 6, 64).transpose(1, 2) for t in (q, k, v))
            keys[:, :, start:end], values[:, :, start:end] = k, v
            mixed = F.scaled_dot_product_attention(q, keys[:, :, :end], values[:, :, :end], is_causal=start == 0)
            mixed = mixed.transpose(1, 2).reshape(-1, 384)
            x = x + torch.addmm(w[h + "attn.c_proj.bias"], mixed, w[h + "attn.c_proj.weight"])
            normed = F.layer_norm(x, (384,), w[h + "ln_2.weight"], w[h + "ln_2.bias"])
            inner = F.gelu(torch.addmm(w[h + "mlp.c_fc.bias"], normed[0], w[h + "mlp.c_fc.weight"]), approximate="tanh")
            x = x + torch.addmm(w[h + "mlp.c_proj.bias"], inner, w[h + "mlp.c_proj.weight"])
        last = F.layer_norm(x[:, -1], (384,), w["ln_f.weight"], w["ln_f.bias"])
        ids = torch.multinomial(F.softmax(last @ w["wte.weight"].T, -1), 1)
        ids.item()
        start = end


@torch.inference_mode()
def by_transformers():
    model.generate(prompt, attention_mask=torch.ones_like(prompt), max_new_tokens=tokens, min_new_tokens=tokens, do_sample=True,
                   top_k=0, use_cache=True, pad_token_id=0)


write = by_hand if kind == "torch" else by_transformers
write()
serve_turns({"torch": torch.__version__, "transformers": transformers.__version__}, write)
