"""How people write our hyperparameters and their values in hyperopt code."""

import re
from collections.abc import Mapping
from difflib import get_close_matches

from app.domain.search_space.catalogue import Catalogue, Hyperparameter, Value

ALIASES: Mapping[str, tuple[str, ...]] = {
    "learning_rate": ("lr", "learn_rate", "learningrate", "lrate", "eta"),
    "batch_size": ("bs", "batch", "batchsize", "batch_sizes"),
    "time_steps": (
        "ts",
        "timesteps",
        "time_step",
        "lookback",
        "look_back",
        "window",
        "window_size",
        "seq_len",
    ),
    "recurrent_layers": (
        "lstm_layers",
        "num_lstm_layers",
        "n_lstm_layers",
        "gru_layers",
        "rnn_layers",
        "layers",
    ),
    "dense_layers": ("num_dense_layers", "n_dense_layers", "hidden_layers"),
    "epochs": ("epoch", "n_epochs", "num_epochs", "nb_epochs", "nb_epoch"),
    "optimizer": ("optim", "opt", "optimiser", "optmz"),
    "cell": ("cell_type", "rnn_type", "layer_type"),
    "output_activation": ("activation_output", "last_activation"),
    "scaling": ("scaler",),
    "patience": ("early_stopping_patience",),
}

_SIZE = "(?:units|nodes|neurons|cells)"
_CELL = "(?:lstm|gru|rnn)"
_NUMBER = r"(?P<number>\d)?"
_LAST_NUMBER = r"(?:_?(?P<last_number>\d))?"

NUMBERED_NAMES = (  # a pattern, and our name without kind and number
    (rf"{_CELL}_?{_NUMBER}_?{_SIZE}{_LAST_NUMBER}", "units"),
    (rf"{_SIZE}_?{_CELL}?_?{_NUMBER}", "units"),
    (rf"{_CELL}_?{_NUMBER}_?recurrent_dropouts?{_LAST_NUMBER}", "recurrent_dropout"),
    (rf"{_CELL}_?{_NUMBER}_?input_dropouts?{_LAST_NUMBER}", "input_dropout"),
    (rf"{_CELL}_?{_NUMBER}_?dropouts?{_LAST_NUMBER}", "dropout"),
    (rf"(?P<kind>recurrent_|input_)?dropouts?_?{_CELL}?_?{_NUMBER}", "dropout"),
    (rf"dense_?{_NUMBER}_?{_SIZE}{_LAST_NUMBER}", "dense_units"),
    (rf"{_SIZE}_dense_?{_NUMBER}", "dense_units"),
)

# Keys of a branch that name no hyperparameter, but the one that the whole hp.choice belongs to.
OWNER_KEYS = ("layers", "type", "name", "kind", "value", "n", "count", "number")

NUMBER_WORDS = {"zero": 0, "none": 0, "one": 1, "two": 2, "three": 3}
VALUE_SPELLINGS = {
    "rms": "rmsprop",
    "rms_prop": "rmsprop",
    "min_max": "minmax",
    "minmaxscaler": "minmax",
}

MIN_SIMILARITY = 0.5  # of a name that is suggested, from 0 to 1
MAX_COMPARED = 60  # characters of a key


def resolve_name(written: str, catalogue: Catalogue) -> str | None:
    """The hyperparameter that a key means; None where it means none."""
    if written in catalogue:
        return written
    normalized = re.sub(r"[\s\-]+", "_", written.strip().lower())
    if normalized in catalogue:
        return normalized
    name = _match_alias(normalized) or _match_numbered_name(normalized)
    if name not in catalogue:
        return None
    return name


def _match_alias(written: str) -> str | None:
    for name, aliases in ALIASES.items():
        if written in aliases:
            return name
    return None


def _match_numbered_name(written: str) -> str | None:
    for pattern, stem in NUMBERED_NAMES:
        match = re.fullmatch(pattern, written)
        if match:
            groups = match.groupdict()
            kind = groups.get("kind") or ""
            number = groups.get("number")
            if number is None:
                number = groups.get("last_number") or "1"
            return f"{kind}{stem}_{number}"
    return None


def closest_name(written: str, catalogue: Catalogue) -> str | None:
    """The name or alias that is most similar to a key without a meaning; None where none is."""
    names = list(catalogue)
    for name, aliases in ALIASES.items():
        if name in catalogue:
            names += aliases
    shortened = written.lower()[:MAX_COMPARED]
    matches = get_close_matches(
        shortened,
        names,
        n=1,
        cutoff=MIN_SIMILARITY,
    )
    if not matches:
        return None
    return matches[0]


def resolve_value(row: Hyperparameter, value: Value) -> Value:
    """A value as the catalogue spells it: "RMS" is rmsprop, "two" layers are 2."""
    if not isinstance(value, str):
        return value
    normalized = value.strip().lower()
    if row.kind == "integer":
        return NUMBER_WORDS.get(normalized, value)
    spelling = VALUE_SPELLINGS.get(normalized, normalized)
    if row.kind == "category" and spelling in row.choices:
        return spelling
    return value
