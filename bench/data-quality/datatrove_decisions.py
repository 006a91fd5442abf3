"""datatrove's decision about every document of a JSONL file: datatrove_decisions.py FILE, JSON on standard output."""

import json
import sys

from datatrove.data import Document
from datatrove.pipeline.filters import C4QualityFilter, FineWebQualityFilter, GopherQualityFilter, GopherRepetitionFilter

steps = {
    "gopherQuality": GopherQualityFilter(),
    "gopherRepetition": GopherRepetitionFilter(),
    "c4": C4QualityFilter(),
    "fineweb": FineWebQualityFilter(),
}
texts = [json.loads(line)["text"] for line in open(sys.argv[1], encoding="utf8")]


def keeps(step, text):
    verdict = step.filter(Document(text=text, id="x"))
    return verdict is True


print(json.dumps({name: [keeps(step, text) for text in texts] for name, step in steps.items()}))
