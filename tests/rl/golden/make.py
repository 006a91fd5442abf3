"""Trajectories of Gymnasium's CartPole-v1, which ours has to repeat.

pip install gymnasium numpy; python tests/rl/golden/make.py
"""
import json
from pathlib import Path

import gymnasium
import numpy as np

trajectories = []
for seed, rule in [(0, "random"), (1, "left"), (2, "balance"), (3, "random")]:
    env = gymnasium.make("CartPole-v1")
    observation, _ = env.reset(seed=seed)
    generator = np.random.default_rng(seed)
    start = [float(x) for x in env.unwrapped.state]
    steps = []
    while True:
        if rule == "random":
            action = int(generator.integers(2))
        elif rule == "left":
            action = 0
        else:
            action = int(observation[2] + 0.5 * observation[3] + 0.1 * observation[1] + 0.05 * observation[0] > 0)
        observation, reward, terminated, truncated, _ = env.step(action)
        steps.append([action, [float(x) for x in env.unwrapped.state], reward, terminated, truncated])
        if terminated or truncated:
            break
    # Long trajectories: every tenth state is enough.
    if len(steps) > 100:
        steps = [step if i % 10 == 9 else [step[0], None, *step[2:]] for i, step in enumerate(steps)]
    trajectories.append({"rule": rule, "start": start, "steps": steps})

out = Path(__file__).parent / "cart-pole.json"
out.write_text(json.dumps({"gymnasium": gymnasium.__version__, "trajectories": trajectories}) + "\n")
