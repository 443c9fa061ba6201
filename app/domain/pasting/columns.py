"""What the columns of a pasted table are: hyperparameters, the objective, the state, or neither."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from app.domain.pasting.tables import COLUMN_OF_INDEX
from app.domain.search_space.catalogue import Catalogue
from app.domain.search_space.problems import excerpt

OBJECTIVE = "objective"
MAX_LISTED_NAMES = 8  # of columns that are not used
PREFIXES = (  # of names in the exports of other programs
    "params_", "params.", "params/", "param_", "param.", "config.", "config/",
    "hyperparameters.values.", "hyperparameters.", "hyperparameters/", "hparams.", "hparams/",
    "metrics.", "metrics/", "metric.", "summary.", "summary/", "misc.vals.", "result.",
)  # fmt: skip
STATES = ("state", "status")
MEASURES = {  # what an experiment's objective is called elsewhere
    "rmse": ("rmse", "val_rmse", "validation_rmse", "val_root_mean_squared_error"),
    "mae": ("mae", "val_mae", "validation_mae", "val_mean_absolute_error", "mean_absolute_error"),
    "mase": ("mase", "val_mase", "validation_mase"),
    "val_loss": ("val_loss", "validation_loss", "best_val_loss", "min_val_loss"),
}
GENERAL_MEASURES = ("value", "score", "target_value", "result", "fitness", "objective_value")
TRAIN_LOSS = "loss"  # the objective in hyperopt, that of the train part beside another measure
OTHER_MEASURES = (
    "mse", "val_mse", "mape", "val_mape", "val_mean_squared_error", "mean_squared_error", "error",
)  # fmt: skip
HIGHER_IS_BETTER = ("accuracy", "val_accuracy", "val_acc", "r2", "r2_score", "val_r2", "auc",
                    "mean_test_score", "best_score", "skill")  # fmt: skip
SAME_MEANING = (  # names of one hyperparameter
    ("learning_rate", "lr", "learn_rate", "learningrate", "eta", "step_size"),
    ("batch_size", "batch", "bs", "batchsize", "minibatch_size", "mini_batch_size"),
    ("units_1", "units", "hidden", "hidden_size", "hidden_units", "hidden_dim", "neurons",
     "n_units", "num_units", "lstm_units", "gru_units", "first_neuron", "units_layer_1", "units1"),
    ("units_2", "units2", "second_neuron", "units_layer_2"),
    ("dropout_1", "dropout", "dropout_rate", "drop_rate", "dropout1"),
    ("dropout_2", "dropout2"),
    ("recurrent_layers", "layers", "n_layers", "num_layers", "lstm_layers", "hidden_layers"),
    ("time_steps", "timesteps", "lookback", "look_back", "window", "window_size", "n_steps",
     "seq_len", "sequence_length", "seq_length", "window_length"),
    ("epochs", "n_epochs", "num_epochs", "max_epochs", "nb_epoch"),
    ("cell", "cell_type", "rnn_type", "rnn_cell", "layer_type"),
    ("optimizer", "opt", "optim", "optimiser"),
    ("dense_units_1", "dense_units", "fc_units"),
)  # fmt: skip


@dataclass(frozen=True)
class Columns:
    """What each column is, by its position.

    `names`: hyperparameters; `other_names`: those that are called otherwise in the table;
    `unused`: columns that are neither.
    """

    names: dict[int, str] = field(default_factory=dict)
    objective: int | None = None
    state: int | None = None
    other_names: dict[str, str] = field(default_factory=dict)
    unused: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    def describe_unused(self) -> str:
        """The columns that are not used, in quotation marks; the first ones where they are many."""
        names = [f'"{name}"' for name in self.unused[:MAX_LISTED_NAMES]]
        more = len(self.unused) - len(names)
        if more > 0:
            names.append(f"{more} more")
        return ", ".join(names)


def find_columns(
    names: Sequence[str], catalogue: Catalogue, measure: str, ignored: Collection[str]
) -> Columns:
    """What the columns of a table are. `measure`: what the experiment minimises."""
    by_position: dict[int, str] = {}
    other_names = {}
    problems = []
    by_word = _names_by_word(catalogue)
    for position, name in enumerate(names):
        hyperparameter = _find_hyperparameter(name, by_word)
        if hyperparameter is None or name == OBJECTIVE:
            continue
        if hyperparameter in by_position.values():
            first = names[_position_of(by_position, hyperparameter)]
            problems.append(_explain_twice(name, first, hyperparameter))
            continue
        by_position[position] = hyperparameter
        if _normalise(name) != hyperparameter.lower():
            other_names[excerpt(name)] = hyperparameter
    free = {position: name for position, name in enumerate(names) if position not in by_position}
    objective, problem = _find_objective(free, measure)
    if problem:
        problems.append(problem)
    state = _find_state(free)
    unused = []
    for position, name in free.items():
        is_index = name in COLUMN_OF_INDEX and position == 0
        if position not in (objective, state) and name not in ignored and not is_index:
            unused.append(excerpt(name))
    return Columns(by_position, objective, state, other_names, tuple(unused), tuple(problems))


def _names_by_word(catalogue: Catalogue) -> dict[str, str]:
    """The hyperparameters by their names and labels in lower case."""
    by_word = {}
    for row in catalogue.values():
        by_word[_normalise(row.label)] = row.name
    for row in catalogue.values():
        by_word[row.name.lower()] = row.name
    return by_word


def _find_hyperparameter(name: str, by_word: Mapping[str, str]) -> str | None:
    """The hyperparameter that a column is called after, perhaps in other words."""
    if name.lower() in by_word:
        return by_word[name.lower()]
    normalised = _normalise(name)
    if normalised in by_word:
        return by_word[normalised]
    for words in SAME_MEANING:
        if normalised in words:
            candidates = [by_word[word] for word in words if word in by_word]
            if len(set(candidates)) == 1:
                return candidates[0]
    return None


def _normalise(name: str) -> str:
    """A name in lower case, without the prefix of an export, its words joined by underscores."""
    text = name.strip().lower()
    for prefix in PREFIXES:
        if text.startswith(prefix):
            text = text.removeprefix(prefix)
            break
    for sign in " -/.":
        text = text.replace(sign, "_")
    return text.strip("_")


def _position_of(by_position: dict[int, str], name: str) -> int:
    positions = [position for position, other in by_position.items() if other == name]
    return positions[0]


def _explain_twice(name: str, first: str, hyperparameter: str) -> str:
    if name == first:
        return f'The column "{excerpt(name)}" is there twice.'
    return (
        f'The columns "{excerpt(first)}" and "{excerpt(name)}" both are {hyperparameter}. '
        "Delete one of them."
    )


def _find_objective(free: dict[int, str], measure: str) -> tuple[int | None, str]:
    """The column of the objective, and a question where it is not plain."""
    words = {position: _normalise(name) for position, name in free.items()}
    named = [position for position, name in free.items() if name.strip().lower() == OBJECTIVE]
    if len(named) > 1:
        return None, f'The column "{OBJECTIVE}" is there twice.'
    if named:
        return named[0], ""
    candidates = [position for position, word in words.items() if word in MEASURES[measure]]
    candidates += [position for position, word in words.items() if word in GENERAL_MEASURES]
    candidates += [position for position, word in words.items() if word.startswith("values_")]
    if not candidates and not _other_measures(words, measure):
        candidates = [position for position, word in words.items() if word == TRAIN_LOSS]
    if len(candidates) == 1:
        return candidates[0], ""
    if candidates:
        quoted = " and ".join(f'"{excerpt(free[position])}"' for position in candidates)
        return None, (
            f"Each of the columns {quoted} could be the objective, {measure}. Rename the one to "
            f'use to "{OBJECTIVE}".'
        )
    return None, _explain_no_objective(free, words, measure)


def _other_measures(words: dict[int, str], measure: str) -> list[int]:
    other_words = list(OTHER_MEASURES)
    for name, synonyms in MEASURES.items():
        if name != measure:
            other_words += synonyms
    return [position for position, word in words.items() if word in other_words]


def _explain_no_objective(free: dict[int, str], words: dict[int, str], measure: str) -> str:
    others = [excerpt(free[position]) for position in _other_measures(words, measure)]
    if others:
        return (
            f'This search minimises {measure}, and "{others[0]}" may be another measure. If it '
            f'is the same, rename the column to "{OBJECTIVE}"; else choose another objective.'
        )
    higher = [excerpt(free[position]) for position in words if words[position] in HIGHER_IS_BETTER]
    if higher:
        return (
            f'Column "{OBJECTIVE}" not found, and of "{higher[0]}" more is better, but the '
            f"objective is minimised: paste {measure}."
        )
    return f'Column "{OBJECTIVE}" not found: name the one with {measure} so.'


def _find_state(free: dict[int, str]) -> int | None:
    for position, name in free.items():
        if _normalise(name) in STATES:
            return position
    return None
