"""What one hyperparameter may be, as one line of text.

`32` is fixed; `16, 32` are values to choose from; `8..64` is a range, `1e-4..1e-2 log` one on a
logarithmic scale, `8..64 step 8` one in steps. `16, 32 when recurrent_layers=2` has a condition.
"""

from collections.abc import Mapping
from typing import Final

from app.domain.search_space.parameters import Catalogue, Hyperparameter
from app.web.forms.fields import format_value, split_words

RANGE: Final = ".."
WHEN: Final = " when "
PARTS: Final = ("kind", "value", "choices", "low", "high", "step", "when")
HIGHEST_SUGGESTED: Final = 0.5  # of fractions such as dropout
SUGGESTED_FACTORS: Final = {"integer": 4, "number": 10}


def read_texts(fields: Mapping[str, str], catalogue: Catalogue) -> dict[str, str]:
    """The fields of a form with the seven of each hyperparameter in place of its line of text."""
    read = dict(fields)
    for name, hyperparameter in catalogue.items():
        text = read.pop(f"space.{name}.text", None)
        if text is None:
            continue
        for part, value in read_text(text, hyperparameter).items():
            read[f"space.{name}.{part}"] = value
    return read


def read_text(text: str, hyperparameter: Hyperparameter) -> dict[str, str]:
    """The seven fields that a line of text says."""
    parts = dict.fromkeys(PARTS, "")
    padded = f" {text.strip()}"
    before, _, parts["when"] = padded.partition(WHEN)
    line = before.strip()
    is_number = hyperparameter.kind in ("integer", "number")
    if line in hyperparameter.choices:
        return parts | {"kind": "fixed", "value": line}
    if RANGE in line and is_number:
        return parts | _read_range(line, hyperparameter)
    words = split_words(line)
    if len(words) > 1:
        return parts | {"kind": "choice", "choices": ", ".join(words)}
    return parts | {"kind": "fixed", "value": line}


def _read_range(line: str, hyperparameter: Hyperparameter) -> dict[str, str]:
    """A range, with what follows it; what cannot be read stays a value, which is then refused."""
    low, _, rest = line.partition(RANGE)
    high, *options = rest.split() or [""]
    kind = "uniform"
    if hyperparameter.kind == "integer":
        kind = "integer"
    read = {"low": low.strip(), "high": high.strip()}
    if options == ["log"]:
        return read | {"kind": "loguniform"}
    if not options:
        return read | {"kind": kind}
    if len(options) == 2 and options[0] == "step":
        return read | {"kind": kind, "step": options[1]}
    if len(options) == 3 and options[:2] == ["log", "step"]:
        return read | {"kind": "loguniform", "step": options[2]}
    return {"kind": "fixed", "value": line}


def write_text(fields: Mapping[str, str], name: str) -> str:
    """The line of text for the seven fields of a hyperparameter."""

    def part(suffix: str) -> str:
        return fields.get(f"space.{name}.{suffix}", "").strip()

    kind = part("kind") or "fixed"
    if kind == "fixed":
        text = part("value")
    elif kind == "choice":
        text = ", ".join(split_words(part("choices")))
    else:
        text = f"{part('low')}{RANGE}{part('high')}"
        if kind == "loguniform":
            text += " log"
        if part("step"):
            text += f" step {part('step')}"
    if part("when"):
        text += f"{WHEN}{part('when')}"
    return text


def suggest_text(hyperparameter: Hyperparameter) -> str:
    """What a hyperparameter could be searched over."""
    if hyperparameter.kind == "flag":
        return "false, true"
    if hyperparameter.kind == "category":
        return ", ".join(hyperparameter.choices)
    low = hyperparameter.low
    high = hyperparameter.high
    if not hyperparameter.log:
        if hyperparameter.kind == "number":
            high = min(high, HIGHEST_SUGGESTED)
        return f"{format_value(low)}{RANGE}{format_value(high)}"
    default = max(float(hyperparameter.default), 1.0 if hyperparameter.kind == "integer" else 1e-9)
    factor = SUGGESTED_FACTORS[hyperparameter.kind]
    low = max(low, default / factor)
    high = min(high, default * factor)
    if hyperparameter.kind == "integer":
        return f"{max(1, round(low))}{RANGE}{round(high)} log"
    return f"{low:.3g}{RANGE}{high:.3g} log"
