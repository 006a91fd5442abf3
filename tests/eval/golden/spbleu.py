"""Makes spbleu/: two tiny SentencePiece models in place of sacrebleu's flores101 (Unigram) and flores200 (BPE), and what
sacrebleu says with them. Its own models are 5 MB each and under a licence of their own; the code is the same.

Run with the peers' Python: bench/.peers/venv/bin/python tests/eval/golden/spbleu.py
Made with sacrebleu 2.6.0, sentencepiece 0.2.3.
"""
import json
import pathlib
import random
import shutil
import tempfile

import sentencepiece
from sacrebleu.metrics import BLEU
from sacrebleu.tokenizers import tokenizer_spm

folder = pathlib.Path(__file__).parent / "spbleu"
folder.mkdir(exist_ok=True)
rng = random.Random(5)
WORDS = ("the a cat dog sat ran quickly on under mat, 3,000.5 50% it's don't naïve über été 猫 坐在 垫子上。 ½ ﬁne x-y "
         "end. end! ☃ emoji😀").split()
lines = [" ".join(rng.choice(WORDS) for _ in range(rng.randint(2, 12))) for _ in range(200)]
known = [line.replace("☃", "").replace("😀", "").replace("猫", "") for line in lines]
cases = [(line, [" ".join(rng.sample(line.split(), len(line.split())) + [rng.choice(WORDS)]), line[3:]])
         for line in lines[:20]] + [("", ["a"]), ("  two  blanks \u3000", ["two blanks"])]

place = pathlib.Path(tempfile.mkdtemp())
(place / "models").mkdir()
tokenizer_spm.SACREBLEU_DIR = str(place)
result = {"cases": cases, "models": {}}
for name, kind, size, rules in [("flores101", "unigram", 80, "nmt_nfkc"), ("flores200", "bpe", 90, "identity")]:
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(known), model_prefix=str(folder / name),
                                             vocab_size=size, model_type=kind, hard_vocab_limit=False, minloglevel=2,
                                             normalization_rule_name=rules)
    (folder / f"{name}.vocab").unlink()
    url = tokenizer_spm.SPM_MODELS[name]["url"]
    shutil.copy(folder / f"{name}.model", place / "models" / url.split("/")[-1])
    bleu = BLEU(tokenize=name)
    one = BLEU(tokenize=name, effective_order=True)
    spm = sentencepiece.SentencePieceProcessor(model_file=str(folder / f"{name}.model"))
    references = list(zip(*[pair for _, pair in cases if len(pair) == 2]))
    whole = bleu.corpus_score([text for text, pair in cases if len(pair) == 2], references)
    result["models"][name] = {
        "pieces": [spm.encode(text, out_type=str) for text, _ in cases],
        "corpus": whole.score,
        "sentences": [one.sentence_score(text, pair).score for text, pair in cases],
    }
(folder / "scores.json").write_text(json.dumps(result, ensure_ascii=False))
