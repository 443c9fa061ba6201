"""What the headings of tables mean, and the words of the glossary."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from app.domain.search_space.hyperparameter import Catalogue

ON_PART = re.compile(r"^(validation|test) (?P<before>.+)$|^(?P<after>.+) on (validation|test)$")
ABOUT_PARTS = {
    "validation": "Measured on the validation part, by which trials are compared.",
    "test": "Measured on the test part, once, when a trial ends. It decides nothing.",
}


class Term(NamedTuple):
    """A word of the glossary."""

    name: str
    text: str

    @property
    def anchor(self) -> str:
        return make_slug(self.name)


GLOSSARY = (
    Term(
        "Dataset",
        "One uploaded table: rows in time order with a date column, feature columns and the "
        "target column, which is what is forecast. A series is the numbers of the target.",
    ),
    Term(
        "Split",
        "The rows in three parts, in time order. Networks are fitted to the train part, compared "
        "on the validation part, and scored once on the test part, which decides nothing.",
    ),
    Term(
        "Experiment",
        "One search: a dataset, a split, a search space, a strategy, pruning, an objective, a "
        "budget and a seed.",
    ),
    Term(
        "Search space",
        "Which hyperparameters vary, and over which values or ranges. To widen the search space "
        "is to let a range go further where the best trials are at its end.",
    ),
    Term(
        "Hyperparameter",
        "A setting that is chosen before training, such as the number of units or the learning "
        "rate. The values that one trial got are its parameters.",
    ),
    Term(
        "Strategy",
        "How the parameters of the next trial are chosen: at random, from a grid, or from what "
        "earlier trials have shown. Optuna calls it a sampler.",
    ),
    Term(
        "Pruning",
        "Trials that look worse than the others are ended early, so that the time goes to better "
        "ones. Optuna calls what does this a pruner.",
    ),
    Term("Trial", "One set of parameters, trained and evaluated. Trials are numbered from 1."),
    Term(
        "Training",
        "One network being fitted. Trials that differ only in the number of epochs or in patience "
        "share a training.",
    ),
    Term("Epoch", "One pass of a training over the train part. Both losses are recorded for each."),
    Term(
        "Loss",
        "What training makes smaller: the squared error of scaled values. The train loss is that "
        "of the rows a network learns from, the validation loss that of rows it has not seen.",
    ),
    Term(
        "Objective",
        "The number by which trials are compared: the smaller, the better. It is always measured "
        "on the validation part.",
    ),
    Term(
        "Standard error",
        "How far a score could be off by chance. Two scores that differ by less than about one "
        "standard error cannot be told apart.",
    ),
    Term(
        "Forecast",
        "What a model expects of rows that it does not know. The origin is the last row that it "
        "knows; a step says how many rows ahead a value lies; the horizon is the last step.",
    ),
    Term(
        "Band",
        "The range in which a value should lie with 80 % or 95 % probability, if errors go on as "
        "they were on the validation and the test part.",
    ),
    Term(
        "Baseline",
        "A forecast that needs no network, such as naive (last value), seasonal naive or ETS. A "
        "network is worth having only if it is better.",
    ),
    Term(
        "Naive (last value)",
        "The simplest baseline: the next value equals the last one. In daily data: tomorrow = "
        "today.",
    ),
    Term(
        "Skill",
        "How much smaller the RMSE is than that of naive (last value) on the same rows: 1 − error "
        "/ naive error. At 0 or below, the model is not worth having.",
    ),
    Term(
        "RMSE",
        "The root of the mean squared error, in the units of the target. Large errors count more.",
    ),
    Term("MAE", "The mean absolute error, in the units of the target."),
    Term(
        "MAPE",
        "The mean absolute error as a percentage of the actual values. It says nothing where the "
        "target is near 0.",
    ),
    Term(
        "MASE",
        "The MAE relative to that of the naive forecast, or of the seasonal naive one, on the "
        "train part. RMSSE is the same of the RMSE.",
    ),
    Term(
        "Diagnosis",
        "What the two loss curves say: overfitting from an epoch on, underfitting, erratic, "
        "plateau, diverged, or converged without overfitting.",
    ),
    Term(
        "Parameter importance",
        "How much of the differences between trials a hyperparameter accounts for. Partial "
        "dependence at the best trial is the objective that is expected when one hyperparameter "
        "of the best trial changes and the others stay.",
    ),
    Term(
        "Custom model",
        "A Python file of your own in the folder models, written for Talos, Hyperas, Keras Tuner "
        "or hyperopt. It is searched in place of the built-in network.",
    ),
    Term(
        "Warm start",
        "A search that is given results of earlier experiments, or pasted ones, as if they were "
        "its own first trials.",
    ),
    Term(
        "Bundle",
        "The zip file that you download: the model with a program that predicts from a new CSV, "
        "without Foretune.",
    ),
    Term(
        "State",
        "Of a trial: queued, running, then completed, failed, stopped or pruned. It is finished "
        "when it is none of queued and running. An experiment can be paused, too: it waits for "
        "you.",
    ),
    Term(
        "Worker",
        "The process that trains. It has one or more slots, each of which trains one network at a "
        "time.",
    ),
)


@dataclass(frozen=True)
class Help:
    """What a heading means. anchor: of the word in the glossary; "" where there is none."""

    slug: str
    text: str
    anchor: str = ""


HELP: Mapping[str, tuple[str, str]] = {  # the text, and the word of the glossary
    "trial": ("Its number in the experiment, from 1. It leads to the trial's page.", "Trial"),
    "state": ("Whether it waits, runs or has finished, and how it finished.", "State"),
    "objective": (
        "What the search makes as small as possible, on the validation part. ± is its standard "
        "error.",
        "Objective",
    ),
    "difference to best": ("How much larger its objective is than the best one.", "Objective"),
    "validation loss": ("Its validation loss by epoch, as a small curve.", "Epoch"),
    "standard error of the objective": (
        "How far the objective could be off by chance.",
        "Standard error",
    ),
    "rmse": ("The root of the mean squared error, in the units of the target.", "RMSE"),
    "mae": ("The mean absolute error, in the units of the target.", "MAE"),
    "mape": ("The mean absolute error as a percentage of the actual values.", "MAPE"),
    "skill": (
        "How much smaller the RMSE is than that of naive (last value). Above 0 is better than it.",
        "Skill",
    ),
    "best epoch": ("The epoch with the lowest objective, whose weights are kept.", "Epoch"),
    "epochs": ("How many epochs were trained.", "Epoch"),
    "epochs trained": ("How many epochs were trained before it finished.", "Epoch"),
    "duration": ("How long the trial took, from its start to its end.", "Trial"),
    "took": ("How long it took to compute.", ""),
    "training took": ("The seconds of all its epochs.", "Training"),
    "diagnosis": ("What the curves of train and validation loss say.", "Diagnosis"),
    "mase": ("The MAE relative to that of a naive forecast on the train part.", "MASE"),
    "rmsse": ("The RMSE relative to that of a naive forecast on the train part.", "MASE"),
    "smape": ("The error relative to the mean of actual and predicted, up to 200 %.", "MAPE"),
    "wape": ("The sum of all errors relative to the sum of all values.", "MAPE"),
    "bias": ("The mean of predicted − actual: above 0, forecasts are too high.", "Forecast"),
    "right direction": ("How often it is right that the value rises, or falls.", "Forecast"),
    "held by the 80 % band": ("How many values lie in the band: 80 % should.", "Band"),
    "held by the 95 % band": ("How many values lie in the band: 95 % should.", "Band"),
    "80 % band held": ("How many values lie in the band: 80 % should.", "Band"),
    "width of the 80 % band": ("The mean width of the band: the narrower, the better.", "Band"),
    "width of the 95 % band": ("The mean width of the band: the narrower, the better.", "Band"),
    "80 % band": ("The value should lie here in 80 of 100 cases.", "Band"),
    "95 % band": ("The value should lie here in 95 of 100 cases.", "Band"),
    "forecast": ("The value that is expected.", "Forecast"),
    "naive (last value)": (
        "The simplest baseline: the next value equals the last one.",
        "Naive (last value)",
    ),
    "rmse of naive (last value)": (
        "The error of the simplest baseline on the same rows.",
        "Naive (last value)",
    ),
    "seasonal naive": ("A baseline: the value of one season before.", "Baseline"),
    "delivered model": ("What the experiment's download predicts with.", "Bundle"),
    "this trial": ("What the network of this trial scores.", "Trial"),
    "step": ("How many rows ahead of the last known row.", "Forecast"),
    "ahead": ("The same as a span of time.", "Forecast"),
    "last known row": ("The origin: a forecast knows this row and those before it.", "Forecast"),
    "expected: mean (range)": ("What was forecast for the steps after it.", "Forecast"),
    "happened: mean (range)": ("What the values then were.", "Forecast"),
    "rank": ("Its place among the trials that can be compared, best first.", "Trial"),
    "parameters that differ": ("Those of its values that others here do not have.", ""),
    "experiment": ("Its name leads to its page. Below: strategy and dataset.", "Experiment"),
    "trials": ("How many trials have finished, of all that are planned.", "Trial"),
    "best on validation": ("The error of the best trial on the validation part.", "Objective"),
    "time": ("How long the search took, or about how long it still takes.", ""),
    "stored": ("What its models, forecasts and curves take in the database.", ""),
    "created": ("When it was created.", ""),
    "dataset": ("Its name leads to its page.", "Dataset"),
    "rows": ("How many rows, one for each point in time.", "Dataset"),
    "from": ("The date of the first row.", "Dataset"),
    "to": ("The date of the last row.", "Dataset"),
    "target": ("The column that is forecast.", "Dataset"),
    "features": ("The columns that the network reads.", "Dataset"),
    "uploaded": ("When it was uploaded.", ""),
    "column": ("A column of the CSV.", "Dataset"),
    "role": ("What the column is used for: date, target or feature.", "Dataset"),
    "lowest": ("The lowest value of the column.", ""),
    "highest": ("The highest value of the column.", ""),
    "missing": ("How many rows have no value in this column.", ""),
    "read as": ("How the text in this column was parsed.", ""),
    "example": ("A cell as it is in the file, and as it was parsed.", ""),
}


def find_help(heading: str, catalogue: Catalogue | None = None) -> Help | None:
    """What a heading means; None where it needs no words.

    catalogue: of the hyperparameters that head columns by their names.
    """
    if catalogue is not None and heading in catalogue:
        hyperparameter = catalogue[heading]
        text = f"{hyperparameter.label}. {hyperparameter.help}".strip()
        return Help(make_slug(heading), text, "hyperparameter")
    key = heading.strip().lower()
    about_part = ""
    match = ON_PART.match(key)
    if key not in HELP and match is not None:
        key = match["before"] or match["after"]
        about_part = ABOUT_PARTS[match[1] or match[4]]
    if key not in HELP:
        return None
    text, term = HELP[key]
    return Help(make_slug(heading), f"{text} {about_part}".strip(), make_slug(term))


def make_slug(text: str) -> str:
    """A text as a part of an address: naive-last-value."""
    return "-".join(re.findall(r"[a-z0-9]+", text.lower()))
