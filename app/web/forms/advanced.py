"""What the parts of the form's Advanced section are set to, each in one line."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.auto import AUTO, Chosen
from app.domain.custom.detection import CustomModel
from app.domain.texts import join_words
from app.web.forms.fields import split_words
from app.web.forms.labels import DELIVERED_LABELS, OBJECTIVE_LABELS

NONE = "none"
BUILT_IN = "built-in"
DELIVERED_WORDS = {str(name): label for name, label in DELIVERED_LABELS.items()}


@dataclass(frozen=True)
class AdvancedParts:
    """One line for each part, and an overview of those that matter most."""

    overview: str = ""
    strategy: str = ""
    pruning: str = ""
    objective: str = ""
    budget: str = ""
    seed: str = ""
    deliver: str = ""
    warm_start: str = ""
    hyperopt: str = ""
    network: str = ""


def describe_advanced(
    fields: Mapping[str, str], custom_model: CustomModel | None, chosen: Chosen | None
) -> AdvancedParts:
    """The parts as the fields of a form say. chosen: what `auto` comes to, where that is known."""
    strategy = fields.get("strategy", AUTO)
    pruning = fields.get("pruning", AUTO)
    if chosen is not None:
        strategy = _name_choice(strategy, chosen.strategy)
        pruning = _name_choice(pruning, chosen.pruning)
    title, _ = OBJECTIVE_LABELS.get(fields.get("objective", ""), ("", ""))
    budget = _describe_budget(fields)
    seed = fields.get("seed", "").strip()
    warm_start = _describe_warm_start(fields)
    network = _describe_network(custom_model)
    hyperopt = NONE
    if fields.get("hyperopt", "").strip():
        hyperopt = "code pasted"
    overview = [f"strategy {strategy}", f"pruning {pruning}", title]
    overview += [f"time budget {budget}", f"seed {seed}"]
    if warm_start != NONE:
        overview.append(f"warm start from {warm_start}")
    if network != BUILT_IN:
        overview.append(network)
    return AdvancedParts(
        overview=" · ".join(overview),
        strategy=strategy,
        pruning=pruning,
        objective=title,
        budget=budget,
        seed=seed,
        deliver=DELIVERED_WORDS.get(fields.get("deliver", ""), ""),
        warm_start=warm_start,
        hyperopt=hyperopt,
        network=network,
    )


def _name_choice(name: str, chosen: str) -> str:
    if name == AUTO:
        return f"{AUTO}, here {chosen}"
    return name


def _describe_budget(fields: Mapping[str, str]) -> str:
    minutes = fields.get("budget_minutes", "").strip()
    return f"{minutes} min" if minutes else NONE


def _describe_warm_start(fields: Mapping[str, str]) -> str:
    sources = []
    numbers = split_words(fields.get("start_from", ""))
    if numbers:
        noun = "experiment" if len(numbers) == 1 else "experiments"
        sources.append(f"{noun} {', '.join(numbers)}")
    if fields.get("pasted_results", "").strip():
        sources.append("pasted results")
    if not sources:
        return NONE
    return join_words(sources)


def _describe_network(custom_model: CustomModel | None) -> str:
    if custom_model is None:
        return BUILT_IN
    return f"{custom_model.name}.py"
