"""The Python side of contestant.ts's serveTurns: reports readiness, then times a step on demand until the input ends."""

import json
import sys
import time


def serve_turns(about, step):
    print(json.dumps(about), flush=True)
    for line in sys.stdin:
        times = []
        for _ in range(int(line)):
            start = time.perf_counter()
            step()
            times.append((time.perf_counter() - start) * 1e3)
        print(json.dumps(times), flush=True)
