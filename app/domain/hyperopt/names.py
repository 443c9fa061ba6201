"""How people write our hyperparameters and their values in hyperopt code."""

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from app.domain.search_space.catalogue import Catalogue, Hyperparameter, Value

ALIASES: Mapping[str, tuple[str, ...]] = {  # without what stands between words
    "learning_rate": (
        "lr", "learnrate", "lrate", "eta", "initiallr", "initlr", "lrinit", "baselr", "startlr",
        "adamlr", "optimizerlr", "initiallearningrate", "learningrateinit", "baselearningrate",
    ),
    "batch_size": (
        "bs", "batch", "batchsizes", "batches", "minibatch", "minibatchsize", "trainbatchsize",
        "batchsz", "batchdim",
    ),
    "time_steps": (
        "ts", "timestep", "lookback", "lookbackwindow", "lookbackperiod", "lookbacksize",
        "lookbackdays", "window", "windowsize", "windowlength", "windowlen", "windows",
        "timewindow", "slidingwindow", "seqlen", "seqlength", "seqsize", "sequencelength",
        "sequencelen", "lag", "lags", "lagsize", "nsteps", "nstepsin", "numsteps", "stepsin",
        "inputlength", "inputwindow", "inputsteps", "inputwidth", "history", "historysize",
        "historylength",
        "pasthistory", "paststeps", "pastwindow", "contextlength",
    ),
    "epochs": ("epoch", "maxepochs", "maxepoch", "trainingepochs", "trainepochs"),
    "optimizer": (
        "optim", "opt", "optimiser", "optmz", "optimizers", "optimizername", "optimizertype",
        "optname", "optimname", "opttype",
    ),
    "cell": (
        "celltype", "rnntype", "layertype", "rnncell", "cellname", "recurrentcell", "unittype",
        "rnnlayer", "recurrenttype", "rnn", "model", "modeltype", "modelname", "architecture",
        "network", "networktype",
    ),
    "output_activation": (
        "activationoutput", "lastactivation", "finalactivation", "outputact", "activationlast",
        "outactivation", "activationout",
    ),
    "scaling": (
        "scaler", "scalertype", "scalername", "scalingmethod", "scalingtype", "normalization",
        "normalisation", "normalizer", "featurescaling",
    ),
    "patience": ("earlystoppingpatience", "earlystoppatience", "espatience", "stoppingpatience"),
}  # fmt: skip
UNCLEAR: Mapping[str, tuple[str, ...]] = {  # words that can mean several, in the same spelling
    "hidden": ("units_1", "dense_units_1"),
    "hiddenlayer": ("recurrent_layers", "dense_layers"),
    "hiddenlayers": ("recurrent_layers", "dense_layers"),
    "hiddenlayersize": ("units_1", "dense_units_1"),
    "hiddenlayersizes": ("units_1", "dense_units_1"),
    "dense": ("dense_layers", "dense_units_1"),
    "lstm": ("units_1", "recurrent_layers"),
    "gru": ("units_1", "recurrent_layers"),
    "steps": ("time_steps",),
    "activation": ("output_activation",),
}
COUNTS = ("n", "num", "nb", "no", "number", "of", "count", "amount")  # say that a number follows
ORDINALS = {"first": "1", "second": "2", "third": "3"}
SIZES = {"units", "unit", "nodes", "node", "neurons", "neuron", "cells", "size", "dim", "width"}
CELLS = {"lstm", "gru", "rnn", "recurrent", "cell"}
LAYERS = {"layer", "layers", "l"}
DENSE = {"dense", "fc", "mlp"}
DROPOUTS = {"dropout", "dropouts", "drop", "dropoutrate", "dropoutrates"}
FRACTIONS = {"rate", "rates", "prob", "probability", "fraction", "p"}  # what a dropout is
RECURRENT = {"recurrent", "rec"}

# Keys of a branch that name no hyperparameter, but the one that the whole hp.choice belongs to.
OWNER_KEYS = ("layers", "type", "name", "kind", "value", "n", "count", "number")

NUMBER_WORDS = {"zero": 0, "none": 0, "one": 1, "two": 2, "three": 3}
VALUE_SPELLINGS = {
    "rms": "rmsprop",
    "rms_prop": "rmsprop",
    "min_max": "minmax",
    "minmaxscaler": "minmax",
}

MIN_SIMILARITY = 0.75  # of a name that is suggested, from 0 to 1
LATER_LAYERS = ("2", "3")  # in names that are suggested only for keys with that number
MAX_COMPARED = 60  # characters of a key


def resolve_name(written: str, catalogue: Catalogue) -> str | None:
    """The hyperparameter that a key means; None where it means none."""
    if written in catalogue:
        return written
    normalized = re.sub(r"[\s\-]+", "_", written.strip().lower())
    if normalized in catalogue:
        return normalized
    words = _words_of(written)
    name = _match_alias(words) or _match_layer(words)
    if name not in catalogue:
        return None
    return name


def _words_of(written: str) -> list[str]:
    """The words and numbers of a key: `lstm`, `1`, `units` of lstm1_units or lstm1Units."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", written[: 2 * MAX_COMPARED])
    words = re.findall(r"[a-z]+|[0-9]+", spaced.lower())
    return [ORDINALS.get(word, word) for word in words]


def _match_alias(words: Sequence[str]) -> str | None:
    for spelling in _spellings_of(words):
        for name, aliases in ALIASES.items():
            if spelling in aliases or spelling == name.replace("_", ""):
                return name
    return None


def _spellings_of(words: Sequence[str]) -> list[str]:
    """The words as one, also without those that say that they are a number."""
    without_counts = [word for word in words if word not in COUNTS]
    return ["".join(words), "".join(without_counts)]


def _match_layer(words: Sequence[str]) -> str | None:
    """The hyperparameter of a layer, such as units_2, that words mean in any order."""
    numbers = [word for word in words if word.isdigit()]
    if len(numbers) > 1:
        return None
    meant = {word for word in words if not word.isdigit() and word not in COUNTS}
    number = int(numbers[0]) if numbers else 1
    if meant & DROPOUTS:
        return _match_dropout(meant, number)
    if meant & SIZES:
        return _match_size(meant, number)
    if numbers and len(meant) == 1:
        if meant <= DENSE:
            return f"dense_units_{number}"
        if meant <= CELLS:
            return f"units_{number}"
    if "layers" in meant and not numbers:
        kind = meant - LAYERS - {"stacked"}
        if kind <= CELLS:
            return "recurrent_layers"
        if kind <= DENSE:
            return "dense_layers"
    return None


def _match_dropout(meant: set[str], number: int) -> str | None:
    kind = meant - DROPOUTS - FRACTIONS - LAYERS
    if kind & RECURRENT and kind <= RECURRENT | CELLS:
        return f"recurrent_dropout_{number}"
    if "input" in kind and kind <= CELLS | {"input"}:
        return f"input_dropout_{number}"
    if kind <= CELLS:
        return f"dropout_{number}"
    return None


def _match_size(meant: set[str], number: int) -> str | None:
    kind = meant - SIZES
    if kind <= CELLS | LAYERS or kind <= CELLS | {"hidden"}:
        return f"units_{number}"
    if kind & DENSE and kind <= DENSE | LAYERS | {"hidden"}:
        return f"dense_units_{number}"
    return None


def suggest_names(written: str, catalogue: Catalogue) -> tuple[str, ...]:
    """The hyperparameters that a key without a clear meaning may mean."""
    words = _words_of(written)
    for spelling in _spellings_of(words):
        unclear = UNCLEAR.get(spelling, ())
        if unclear and all(name in catalogue for name in unclear):
            return unclear
    spellings = {}
    for name in list_first_names(catalogue, words):
        spellings[name] = name
        for alias in ALIASES.get(name, ()):
            spellings[alias] = name
    shortened = written.lower()[:MAX_COMPARED]
    matches = get_close_matches(shortened, spellings, n=1, cutoff=MIN_SIMILARITY)
    return tuple(spellings[match] for match in matches)


def list_first_names(catalogue: Catalogue, numbers: Sequence[str] = ()) -> list[str]:
    """The names without those of later layers, unless their number is one of these."""
    names = []
    for name in catalogue:
        number = name[-1]
        if number not in LATER_LAYERS or number in numbers:
            names.append(name)
    return names


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
