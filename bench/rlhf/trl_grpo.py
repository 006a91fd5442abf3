"""TRL's GRPOTrainer on the setting of setting.ts. Usage: trl_grpo.py SETTING_JSON

The trainer's own loop runs; a callback holds it before each step until a turn is asked for, and times steps as turns.py does.
"""
import json
import sys
import tempfile
import time

import torch
import transformers
import trl
from datasets import Dataset
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast, TrainerCallback
from trl import GRPOConfig, GRPOTrainer

setting = json.loads(sys.argv[1])
torch.set_num_threads(setting["threads"])
torch.manual_seed(0)
transformers.utils.logging.set_verbosity_error()
vocabulary = setting["vocabulary"]
words = {f"t{i}": i for i in range(vocabulary)}
raw = Tokenizer(models.WordLevel(words, unk_token="t0"))
raw.pre_tokenizer = pre_tokenizers.Whitespace()
tokenizer = PreTrainedTokenizerFast(tokenizer_object=raw, eos_token="t0", pad_token="t0", unk_token="t0")
model = GPT2LMHeadModel(GPT2Config(
    vocab_size=vocabulary, n_positions=setting["context"], n_embd=setting["width"], n_layer=setting["layers"],
    n_head=setting["heads"], bos_token_id=0, eos_token_id=0, pad_token_id=0, resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0))
# The trainer makes its reference by loading the model a second time.
folder = tempfile.mkdtemp()
model.save_pretrained(folder)
tokenizer.save_pretrained(folder)
model = GPT2LMHeadModel.from_pretrained(folder)
generator = torch.Generator().manual_seed(1)
ids = torch.randint(1, vocabulary, (1000, setting["prompt"]), generator=generator).tolist()
prompts = Dataset.from_list([{"prompt": " ".join(f"t{i}" for i in row)} for row in ids])


def reward(completion_ids, **_):
    return [sum(1 for i in row if i % 2 == 0) / len(row) for row in completion_ids]


class Turns(TrainerCallback):
    """Reads how many steps are asked for, writes how long each took."""

    wanted, times, start = 0, [], 0.0

    def on_step_begin(self, args, state, control, **_):
        if self.wanted == 0:
            line = sys.stdin.readline()
            if not line:
                sys.exit(0)
            self.wanted, self.times = int(line), []
        self.start = time.perf_counter()

    def on_step_end(self, args, state, control, **_):
        self.times.append((time.perf_counter() - self.start) * 1e3)
        if len(self.times) == self.wanted:
            print(json.dumps(self.times), file=wire, flush=True)
            self.wanted = 0


# Whatever else prints goes to standard error.
wire, sys.stdout = sys.stdout, sys.stderr
config = GRPOConfig(
    output_dir=tempfile.mkdtemp(), use_cpu=True, bf16=False, report_to="none", disable_tqdm=True, logging_steps=10**6,
    save_strategy="no", max_steps=10**6, per_device_train_batch_size=setting["answers"], gradient_checkpointing=False,
    num_generations=setting["group"], max_completion_length=setting["answer"], beta=setting["klCoefficient"], loss_type="grpo",
    learning_rate=setting["learningRate"], lr_scheduler_type="constant", weight_decay=0.0, temperature=1.0, top_k=0,
    generation_kwargs={"min_new_tokens": setting["answer"]})
trainer = GRPOTrainer(model=model, reward_funcs=reward, args=config, train_dataset=prompts, processing_class=tokenizer,
                      callbacks=[Turns()])
about = {"trl": trl.__version__, "torch": torch.__version__, "transformers": transformers.__version__}
print(json.dumps({**about, "parameters": sum(p.numel() for p in model.parameters())}), file=wire, flush=True)
trainer.train()
