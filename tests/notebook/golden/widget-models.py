"""Writes widget-models.json: the state keys of ipywidgets' own models, and the JSON types of their values.

python3 -m venv /tmp/venv && /tmp/venv/bin/pip install ipywidgets==8.1.9
/tmp/venv/bin/python tests/notebook/golden/widget-models.py > tests/notebook/golden/widget-models.json
"""

import json

import ipywidgets

# By the name of the front-end model; importing ipywidgets has registered all of its classes.
CLASSES = {key[2]: cls for key, cls in ipywidgets.widgets.widget._registry.items()}
NAMES = """IntSlider FloatSlider FloatLogSlider IntRangeSlider FloatRangeSlider IntText BoundedIntText FloatText
BoundedFloatText Text Textarea Dropdown RadioButtons ToggleButtons SelectMultiple Checkbox ToggleButton Button
FileUpload IntProgress FloatProgress Label HTML HBox VBox GridBox Tab Accordion Output Layout SliderStyle
DescriptionStyle TextStyle CheckboxStyle ToggleButtonStyle ToggleButtonsStyle ButtonStyle ProgressStyle LabelStyle
HTMLStyle""".split()
KINDS = {bool: "boolean", int: "number", float: "number", str: "string", type(None): "null"}


def kind(value):
    return KINDS.get(type(value), "array" if isinstance(value, (list, tuple)) else "object")


def describe(cls):
    state = cls().get_state()
    names = {key: value for key, value in state.items() if key.startswith(("_model_", "_view_m", "_view_name"))}
    return {"names": names, "keys": {key: kind(value) for key, value in sorted(state.items()) if key not in names}}


lines = [f'"{name}": {json.dumps(describe(CLASSES[f"{name}Model"]))}' for name in NAMES]
print("{\n" + ",\n".join(lines) + "\n}")
