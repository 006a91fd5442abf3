"""Makes golden/nf4.json: the 16 values of NF4 from the quantiles of the normal distribution (arXiv 2305.14314).

8 of them above zero and 7 below, evenly apart in probability from 1/2 to an offset, zero itself, all divided by the largest. The
offset is the middle between 1 - 1/30 and 1 - 1/32, as the authors' code has it with seven digits.

Run with the peers' Python (npm run bench:peers): bench/.peers/venv/bin/python tests/engine/golden/nf4.py
"""
import json
import pathlib

import numpy
from scipy.stats import norm

OFFSET = 0.9677083


def quantiles(count: int) -> numpy.ndarray:
    return norm.ppf(numpy.linspace(OFFSET, 0.5, count + 1)[:-1])


values = numpy.sort(numpy.concatenate([quantiles(8), [0.0], -quantiles(7)]))
values /= values.max()
path = pathlib.Path(__file__).with_name("nf4.json")
path.write_text(json.dumps(values.tolist(), indent=2) + "\n")
