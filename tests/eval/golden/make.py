"""Makes metrics.json: what sacrebleu, rouge-score, scikit-learn and jiwer say about easy and nasty cases.

Run with the peers' Python (npm run bench:peers): bench/.peers/venv/bin/python tests/eval/golden/make.py
Made with sacrebleu 2.6.0, rouge-score 0.1.2, scikit-learn 1.9.1, jiwer 4.0.0, nltk 3.10.4.
"""
import json
import pathlib
import random
import string
from collections import Counter
import re

import jiwer
import numpy as np
from nltk.stem.porter import PorterStemmer
from rouge_score import rouge_scorer
from sacrebleu.metrics import BLEU, CHRF, TER
from sklearn import metrics

rng = random.Random(7)
WORDS = ("the a cat dog sat ran quickly on under mat, 3,000.5 50% U.S.A. it's don't (really) \"well\" naïve "
         "über été 猫 坐在 垫子上。 日本語 x-y 12-13 <skipped> &quot;q&quot; &amp; end. end! a/b $5 ☃ emoji😀 "
         "relational flies dying happily generalizations").split()


def sentence(longest=14):
    return " ".join(rng.choice(WORDS) for _ in range(rng.randint(0, longest)))


def noisy(text):
    words = text.split()
    for _ in range(rng.randint(0, 4)):
        kind = rng.random()
        if words and kind < 0.3:
            words.pop(rng.randrange(len(words)))
        elif kind < 0.6:
            words.insert(rng.randint(0, len(words)), rng.choice(WORDS))
        elif words:
            i, j = sorted((rng.randrange(len(words)), rng.randint(0, len(words))))
            moved, words = words[i:j], words[:i] + words[j:]
            at = rng.randint(0, len(words))
            words = words[:at] + moved + words[at:]
    return " ".join(words)


pairs = [("", ["nothing here"]), ("something", [""]), ("the cat sat on the mat", ["the cat sat on the mat"]),
         ("the", ["the"]), ("  the  cat\u00a0sat ", ["the cat sat", "a cat sat"]), ("cat cat cat", ["the cat"]),
         ("It is 3,000.5-ish, isn't it?", ["It's 3,000.5 ish."]), ("line one\nline two", ["line one\nline 2"])]
for _ in range(60):
    reference = sentence()
    others = [noisy(reference) for _ in range(rng.randint(0, 2))]
    pairs.append((noisy(reference), [reference, *others]))

bleu = []
for tokenize in ("13a", "intl", "zh", "char", "none"):
    for smooth in ("exp", "floor", "add-k", "none"):
        for lowercase in (False, True):
            if lowercase and smooth != "exp":
                continue
            options = dict(tokenize=tokenize, smooth_method=smooth, lowercase=lowercase)
            one, all_ = BLEU(**options, effective_order=True), BLEU(**options)
            most = max(len(refs) for _, refs in pairs)
            streams = [[refs[i] if i < len(refs) else None for _, refs in pairs] for i in range(most)]
            corpus = all_.corpus_score([text for text, _ in pairs], streams)
            bleu.append({"tokenize": tokenize, "smoothing": smooth, "lowercase": lowercase,
                         "sentences": [one.sentence_score(text, refs).score for text, refs in pairs],
                         "corpus": corpus.score, "precisions": corpus.precisions,
                         "signature": "|".join(str(one.get_signature()).split("|")[1:-1])})

chrf = []
for options in (dict(), dict(word_order=2), dict(char_order=4, beta=1, lowercase=True)):
    metric = CHRF(**options)
    most = max(len(refs) for _, refs in pairs)
    streams = [[refs[i] if i < len(refs) else None for _, refs in pairs] for i in range(most)]
    chrf.append({"options": options, "sentences": [metric.sentence_score(t, r).score for t, r in pairs],
                 "corpus": metric.corpus_score([t for t, _ in pairs], streams).score})

# Long texts with many moved stretches, for the heuristics of TER.
long = []
for _ in range(12):
    reference = " ".join(rng.choice(WORDS[:14]) for _ in range(rng.randint(20, 70)))
    long.append((noisy(noisy(noisy(reference))), [reference]))
ter = []
for options in (dict(), dict(normalized=True, case_sensitive=True), dict(normalized=True, no_punct=True)):
    metric = TER(**options)
    ter.append({"options": options, "sentences": [metric.sentence_score(t, r).score for t, r in pairs + long],
                "corpus": metric.corpus_score([t for t, _ in pairs + long],
                                              [[r[0] for _, r in pairs + long]]).score})

rouge = []
for stem in (False, True):
    scorer = rouge_scorer.RougeScorer(["rouge1", "rouge2", "rougeL", "rougeLsum"], use_stemmer=stem)
    lines = [(t, r[0]) for t, r in pairs] + [
        ("the cats sat\nthe dog ran home", "a dog ran\nthe cat sat down\nhome"),
        ("one two three\n\nfour five", "five four\nthree two one\n")]
    rouge.append({"stem": stem, "pairs": lines,
                  "scores": [{k: list(v) for k, v in scorer.score(ref, t).items()} for t, ref in lines]})

stems = ("caresses ponies ties caress cats feed agreed plastered bled motoring sing conflated troubled sized hopping "
         "tanned falling hissing fizzed failing filing happy sky skies dying news relational conditional rational "
         "valenci hesitanci digitizer conformabli radicalli differentli vileli analogousli vietnamization predication "
         "operator feudalism decisiveness hopefulness callousness formaliti sensitiviti sensibiliti triplicate "
         "formative formalize electriciti electrical hopeful goodness revival allowance inference airliner gyroscopic "
         "adjustable defensible irritant replacement adjustment dependent adoption homologou communism activate "
         "angulariti homologous effective bowdlerize probate rate cease controll roll died dies tied generally "
         "fully theology apology say enjoy by oxen yes as abbey").split()
stemmer = PorterStemmer()

classes = []
for labels in (["a", "b"], ["a", "b", "c"], [0, 1], ["only"]):
    for size in (1, 9, 50):
        truth = [rng.choice(labels) for _ in range(size)]
        said = [t if rng.random() < 0.6 else rng.choice(labels) for t in truth]
        entry = {"truth": truth, "predicted": said, "accuracy": metrics.accuracy_score(truth, said),
                 "mcc": metrics.matthews_corrcoef(truth, said)}
        with np.errstate(all="ignore"):
            kappa = metrics.cohen_kappa_score(truth, said)
        entry["kappa"] = None if np.isnan(kappa) else kappa
        for average in ("micro", "macro", "weighted"):
            entry[average] = metrics.precision_recall_fscore_support(truth, said, average=average, zero_division=0)[:3]
        if labels == [0, 1]:
            entry["binary"] = metrics.precision_recall_fscore_support(truth, said, average="binary", zero_division=0)[:3]
        classes.append(entry)

ranking = []
for size in (2, 10, 200):
    happened = [True, False] + [rng.random() < 0.4 for _ in range(size - 2)]
    for digits in (1, 6):
        scores = [round(min(1, max(0, 0.3 * h + 0.7 * rng.random())), digits) for h in happened]
        ranking.append({"scores": scores, "positive": happened, "auc": metrics.roc_auc_score(happened, scores),
                        "ap": metrics.average_precision_score(happened, scores),
                        "brier": metrics.brier_score_loss(happened, scores),
                        "log_loss": metrics.log_loss(happened, scores, labels=[False, True])})


def ece(scores, happened, bins=10):
    scores, happened = np.array(scores), np.array(happened)
    edges = np.linspace(0, 1, bins + 1)
    place = np.clip(np.searchsorted(edges, scores, side="left") - 1, 0, bins - 1)
    return sum(abs(scores[place == b].mean() - happened[place == b].mean()) * (place == b).mean()
               for b in range(bins) if (place == b).any())


for entry in ranking:
    entry["ece"] = float(ece(entry["scores"], entry["positive"]))

# SQuAD's official script in a few lines: the definitions of normalization, exact match and F1.
def normalize(s):
    s = "".join(c for c in s.lower() if c not in set(string.punctuation))
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", s).split())


def f1(a, b):
    x, y = normalize(a).split(), normalize(b).split()
    if not x or not y:
        return float(x == y)
    same = sum((Counter(x) & Counter(y)).values())
    return 0.0 if same == 0 else 2 * same / (len(x) + len(y))


answers = [(t, r) for t, r in pairs]
squad = {"em": float(np.mean([max(normalize(t) == normalize(r) for r in refs) for t, refs in answers])),
         "f1": float(np.mean([max(f1(t, r) for r in refs) for t, refs in answers]))}

spoken = [(t, r[0]) for t, r in pairs if r[0].strip()]
rates = {"wer": jiwer.wer([r for _, r in spoken], [t for t, _ in spoken]),
         "cer": jiwer.cer([r for _, r in spoken], [t for t, _ in spoken])}

out = pathlib.Path(__file__).parent / "metrics.json"
out.write_text(json.dumps({"pairs": pairs, "long": long, "bleu": bleu, "chrf": chrf, "ter": ter, "rouge": rouge,
                           "stems": [[w, stemmer.stem(w)] for w in stems], "classes": classes, "ranking": ranking,
                           "squad": squad, "spoken": spoken, "rates": rates}, ensure_ascii=False) + "\n")
