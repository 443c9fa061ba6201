"""What a search started from: results that were copied when its experiment was created.

They are copies, so that deleting an earlier experiment changes nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app.db.models import Experiment, WarmStartResult
from app.domain.texts import join_words
from app.services.earlier_results import EarlierResults
from app.services.wording import count_nouns


class ResultSource(NamedTuple):
    """A source of results in words, and the experiment to link to where there is one."""

    text: str
    experiment_id: int | None


@dataclass(frozen=True)
class WarmStart:
    """What a search started from.

    `trials` counts the results by their experiment; the key None stands for deleted experiments.
    `notes` says how a pasted table was read, before the search has begun.
    """

    trials: dict[int | None, int] = field(default_factory=dict)
    pasted: int = 0
    ignored: int = 0
    notes: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many results its strategy learned from before its first trial."""
        n_trials = sum(self.trials.values())
        return n_trials + self.pasted

    @property
    def experiments(self) -> list[int]:
        """The ids of the experiments whose trials count, without deleted ones."""
        experiment_ids = []
        for experiment_id in self.trials:
            if experiment_id is not None:
                experiment_ids.append(experiment_id)
        return experiment_ids

    @property
    def sources(self) -> list[ResultSource]:
        """Where the results come from."""
        sources = []
        for experiment_id, count in self.trials.items():
            trials = count_nouns(count, "trial")
            experiment = _name_experiment(experiment_id)
            text = f"{trials} of {experiment}"
            sources.append(ResultSource(text, experiment_id))
        if self.pasted:
            text = count_nouns(self.pasted, "pasted result")
            sources.append(ResultSource(text, None))
        return sources

    @property
    def ignored_text(self) -> str:
        """A sentence about the results that do not count, or "" where all of them count."""
        if not self.ignored:
            return ""
        verb = "lie"
        if self.ignored == 1:
            verb = "lies"
        return f"{self.ignored:,} more {verb} outside its search space or failed: not counted."

    @property
    def text(self) -> str:
        """All of it in words, or "" where there are no results."""
        texts = [source.text for source in self.sources]
        if not texts:
            return ""
        sources = join_words(texts)
        text = f"Warm start from {sources}. {self.ignored_text}"
        return " ".join([text.rstrip(), *self.notes])


def store(session: Session, experiment: Experiment, results: EarlierResults) -> None:
    """Keep the results with a new experiment, numbered from 1."""
    experiment.results_ignored = results.ignored
    rows = [
        {
            "experiment_id": experiment.id,
            "number": number,
            "parameters": row.parameters,
            "objective": row.objective,
            "is_pasted": row.is_pasted,
            "from_experiment_id": row.from_experiment_id,
        }
        for number, row in enumerate(results.rows, start=1)
    ]
    if rows:
        session.execute(insert(WarmStartResult), rows)
    session.flush()


def summarise(session: Session, experiment: Experiment) -> WarmStart:
    """What a search started from."""
    warm_starts = summarise_all(session, [experiment])
    return warm_starts[experiment.id]


def summarise_all(session: Session, experiments: Collection[Experiment]) -> dict[int, WarmStart]:
    """What each of these searches started from, by experiment id, in one query."""
    row = WarmStartResult
    columns = (row.experiment_id, row.is_pasted, row.from_experiment_id)
    experiment_ids = [experiment.id for experiment in experiments]
    query = (
        select(*columns, func.count())
        .where(row.experiment_id.in_(experiment_ids))
        .group_by(*columns)
        .order_by(func.min(row.number))
    )
    trials: dict[int, dict[int | None, int]] = defaultdict(dict)
    pasted: Counter[int] = Counter()
    for experiment_id, is_pasted, source_id, count in session.execute(query):
        if is_pasted:
            pasted[experiment_id] += count
        else:
            trials[experiment_id][source_id] = count
    return {
        experiment.id: WarmStart(
            trials=trials.get(experiment.id, {}),
            pasted=pasted[experiment.id],
            ignored=experiment.results_ignored,
        )
        for experiment in experiments
    }


def preview(results: EarlierResults) -> WarmStart:
    """What a search would start from."""
    trials: Counter[int | None] = Counter(results.unread)
    pasted = 0
    for row in results.rows:
        if row.is_pasted:
            pasted += 1
        else:
            trials[row.from_experiment_id] += 1
    return WarmStart(dict(trials), pasted, results.ignored, results.notes)


def _name_experiment(experiment_id: int | None) -> str:
    if experiment_id is None:
        return "an experiment deleted since"
    return f"experiment {experiment_id}"
