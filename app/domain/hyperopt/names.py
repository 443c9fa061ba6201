"""The names people write in hyperopt code for our hyperparameters, and how they spell their values."""

import re
from collections.abc import Mapping
from difflib import get_close_matches

from app.domain.search_space.catalogue import Catalogue, Hyperparameter

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
SIZE = "(?:units|nodes|neurons|cells)"
NUMBERED = (  # what a numbered name is called, and ours
    (rf"(?:lstm|gru|rnn)_?(?P<n>\d)?_?{SIZE}(?:_?(?P<m>\d))?", "units"),
    (rf"{SIZE}_?(?:lstm|gru|rnn)?_?(?P<n>\d)?", "units"),
    (r"(?:lstm|gru|rnn)_?(?P<n>\d)?_?recurrent_dropouts?(?:_?(?P<m>\d))?", "recurrent_dropout"),
    (r"(?:lstm|gru|rnn)_?(?P<n>\d)?_?input_dropouts?(?:_?(?P<m>\d))?", "input_dropout"),
    (r"(?:lstm|gru|rnn)_?(?P<n>\d)?_?dropouts?(?:_?(?P<m>\d))?", "dropout"),
    (r"(?P<t>recurrent_|input_)?dropouts?_?(?:lstm|gru|rnn)?_?(?P<n>\d)?", "dropout"),
    (rf"dense_?(?P<n>\d)?_?{SIZE}(?:_?(?P<m>\d))?", "dense_units"),
    (rf"{SIZE}_dense_?(?P<n>\d)?", "dense_units"),
)
OWN_VALUE = (
    "layers",
    "type",
    "name",
    "kind",
    "value",
    "n",
    "count",
    "number",
)  # in a branch: what it decides itself
WORDS = {"zero": 0, "none": 0, "one": 1, "two": 2, "three": 3}
SPELLINGS = {"rms": "rmsprop", "rms_prop": "rmsprop", "min_max": "minmax", "minmaxscaler": "minmax"}


def our_name(written: str, catalogue: Catalogue) -> str | None:
    """The hyperparameter that a key means; None where it means none."""
    if written in catalogue:
        return written
    plain = re.sub(r"[\s\-]+", "_", written.strip().lower())
    found = plain if plain in catalogue else None
    found = found or next((name for name, others in ALIASES.items() if plain in others), None)
    for pattern, stem in NUMBERED if found is None else ():
        match = re.fullmatch(pattern, plain)
        if match:
            parts = match.groupdict()
            found = f"{parts.get('t') or ''}{stem}_{parts.get('n') or parts.get('m') or 1}"
            break
    return found if found in catalogue else None


def nearest(written: str, catalogue: Catalogue) -> str:
    """The known name most like a key that means nothing; empty where none is."""
    known = [
        *catalogue,
        *[alias for name, others in ALIASES.items() if name in catalogue for alias in others],
    ]
    close = get_close_matches(written.lower()[:60], known, n=1, cutoff=0.5)
    return close[0] if close else ""


def our_value(row: Hyperparameter, value: str | int | float | bool) -> str | int | float | bool:
    """A value as the catalogue spells it: "RMS" is rmsprop, "two" layers are 2."""
    if not isinstance(value, str):
        return value
    plain = value.strip().lower()
    if row.kind == "integer":
        return WORDS.get(plain, value)
    spelt = SPELLINGS.get(plain, plain)
    return spelt if row.kind == "category" and spelt in row.choices else value
