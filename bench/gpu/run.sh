#!/bin/sh
# The GPU bench on a machine that reaches no registry: this folder with its node_modules, and a Python that has
# torch, jax and JAX's CUDA plugin, are all it takes.
#
#   sh bench/gpu/run.sh [PYTHON] [RESULT.json]       GRADBOOK_BENCH=smoke in front: a tiny model, on any device
set -eu
cd "$(dirname "$0")/../.."
python=${1:-python3}
result=${2:-gpu.json}
if [ -z "${GRADBOOK_PJRT_PLUGIN:-}" ]; then
  GRADBOOK_PJRT_PLUGIN=$("$python" - <<'PY'
import glob, site, sysconfig
folders = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), *site.getsitepackages(), site.getusersitepackages()]
names = ["jax_plugins/xla_cuda13", "jax_plugins/xla_cuda12", "jax_plugins/xla_rocm7", "xla_plugins/xla_cpu_pjrt"]
found = [path for name in names for folder in folders for path in sorted(glob.glob(f"{folder}/{name}/*.so"))]
print(next((path for path in found if path.endswith(("_plugin.so", "_pjrt.so"))), ""))
PY
)
fi
[ -n "$GRADBOOK_PJRT_PLUGIN" ] || { echo "run.sh: expected JAX's CUDA plugin beside $python, got none; name another Python, or set GRADBOOK_PJRT_PLUGIN" >&2; exit 1; }
export GRADBOOK_PJRT_PLUGIN GRADBOOK_BENCH_PYTHON="$python"
command -v nvidia-smi > /dev/null && nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader
"$python" -c 'import importlib.metadata as m; print(*(f"{n} {m.version(n)}" for n in ("torch", "jax") if any(d.name == n for d in m.distributions())), sep=", ")'
exec node_modules/.bin/node bench/run.ts gpu --peers --json "$result"
