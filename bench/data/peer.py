"""The Python peers of the data benches: peer.py TASK FILE.

Writes a JSON line when ready; then for each line `n` runs n repetitions and writes their times in milliseconds.
"""

import json
import re
import sys
import warnings

from turns import serve_turns

warnings.filterwarnings("ignore")
task, path = sys.argv[1:3]
texts = [json.loads(line)["text"] for line in open(path, encoding="utf8")]


def minhash():
    from datasketch import MinHash

    def step():
        for text in texts:
            words = re.findall(r"\w+", text.lower())
            MinHash(num_perm=128).update_batch([" ".join(words[i : i + 5]).encode() for i in range(max(1, len(words) - 4))])

    return step


def filters():
    from datatrove.data import Document
    from datatrove.pipeline.filters import C4QualityFilter, FineWebQualityFilter, GopherQualityFilter, GopherRepetitionFilter

    steps = [GopherQualityFilter(), GopherRepetitionFilter(), C4QualityFilter(), FineWebQualityFilter()]

    def step():
        for one in steps:
            for text in texts:
                one.filter(Document(text=text, id="x"))

    return step


def html():
    import trafilatura

    return lambda: [trafilatura.extract(text) for text in texts]


step = {"minhash": minhash, "filters": filters, "html": html}[task]()
serve_turns({"python": sys.version.split()[0]}, step)
