"""Run exported models with Python's onnxruntime.

Reads JSON lines {"model": path, "inputs": [{"name", "shape", "values"}]}; writes for each a JSON line with the
shape and the values of the output "logits".
"""

import json
import sys

import numpy as np
import onnxruntime

for line in sys.stdin:
    request = json.loads(line)
    session = onnxruntime.InferenceSession(request["model"], providers=["CPUExecutionProvider"])
    feeds = {
        given["name"]: np.array(given["values"], dtype=np.int32).reshape(given["shape"])
        for given in request["inputs"]
    }
    (logits,) = session.run(["logits"], feeds)
    print(json.dumps({"shape": list(logits.shape), "values": logits.ravel().tolist()}))
