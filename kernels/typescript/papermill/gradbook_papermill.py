"""papermill writes its parameters as TypeScript: `const learningRate = 0.003;`."""

import json

from papermill.engines import NBClientEngine as Engine  # noqa: F401 (named in pyproject.toml)
from papermill.translators import Translator, papermill_translators


class TypeScriptTranslator(Translator):
    """A Python value as TypeScript source."""

    @classmethod
    def translate_none(cls, val):
        return "null"

    @classmethod
    def translate_bool(cls, val):
        return "true" if val else "false"

    @classmethod
    def translate_float(cls, val):
        return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}.get(repr(val), repr(val))

    @classmethod
    def translate_str(cls, val):
        return json.dumps(val)

    @classmethod
    def translate_dict(cls, val):
        return "{" + ", ".join(f"{json.dumps(str(k))}: {cls.translate(v)}" for k, v in val.items()) + "}"

    @classmethod
    def translate_list(cls, val):
        return "[" + ", ".join(cls.translate(v) for v in val) + "]"

    @classmethod
    def comment(cls, cmt_str):
        return f"// {cmt_str}".strip()

    @classmethod
    def assign(cls, name, str_val):
        return f"const {name} = {str_val};"


papermill_translators.register("typescript", TypeScriptTranslator)
