"""Whether an experiment can be run as it is requested: every problem, at its field."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from app.db.models import Dataset
from app.domain.auto import PRUNINGS_OFFERED, STRATEGIES_OFFERED
from app.domain.calendar_inputs import find_cycles
from app.domain.csv_reading.series import Series
from app.domain.custom.catalogue import catalogue_for, custom_space, data_parameters
from app.domain.custom.detection import CustomModel
from app.domain.hyperopt.export_branches import HyperoptExportError
from app.domain.hyperopt.export_tree import hyperopt_entries
from app.domain.reduction.correlation import METHODS
from app.domain.search_space.data_fit import DataFacts, fit_problems
from app.domain.search_space.notes import describe_losses, find_unmet_conditions
from app.domain.search_space.parameters import (
    Parameters,
    parameter_problems,
    with_defaults,
    with_new_defaults,
)
from app.domain.search_space.space import SearchSpace, SpaceError
from app.domain.strategies import strategy_info
from app.domain.targets import possible_targets
from app.domain.terms import Part
from app.errors import FieldProblem, Invalid, Location, NotFound
from app.schemas import REDUCTION_FIELDS, ExperimentRequest
from app.services import datasets, default_searches, earlier_results, objectives, seasons
from app.services.earlier_results import EarlierResults
from app.services.part_sizes import find_part_problems

MAX_CHECKED_CONFIGURATIONS = 300


@dataclass(frozen=True)
class CheckedRequest:
    """A request that can be run, and what it amounts to.

    `points` have a value for every hyperparameter; there are none unless the strategy needs them.
    `space_notes`: what of the space is not searched, though it is written.
    `default_reason`: why the default search chose what the request did not say; "" where it said
    what to train.
    """

    request: ExperimentRequest
    custom_model: CustomModel | None
    space: SearchSpace
    points: list[Parameters]
    earlier_results: EarlierResults
    space_notes: tuple[str, ...] = ()
    default_reason: str = ""

    @property
    def n_trials(self) -> int:
        """How many trials the search may have."""
        if self.points:
            return len(self.points)
        return self.request.max_trials


def check_request(
    session: Session,
    request: ExperimentRequest,
    custom_model: CustomModel | None = None,
    is_preview: bool = False,
) -> CheckedRequest:
    """What a request amounts to. Raises Invalid with all its problems.

    A request that names a custom model and no space gets the space its file describes; one that
    does not say what to train is the default search of its dataset.
    """
    completed = default_searches.complete(session, request)
    check = _Check(session, completed.request, custom_model)
    check.is_preview = is_preview
    checked = check.run()
    return replace(checked, default_reason=completed.reason)


class _Check:
    """One check of a request, which collects the problems it finds."""

    is_preview = False

    def __init__(
        self, session: Session, request: ExperimentRequest, custom_model: CustomModel | None
    ) -> None:
        self.session = session
        self.request = request
        self.custom_model = custom_model
        self.catalogue = catalogue_for(custom_model)
        self.strategy = strategy_info(request.strategy)
        self.problems: list[FieldProblem] = []
        self.space_notes: tuple[str, ...] = ()

    def run(self) -> CheckedRequest:
        series = self.load_series()
        self.check_option("strategy", "no strategy", STRATEGIES_OFFERED)
        self.check_option("pruning", "no way of pruning", PRUNINGS_OFFERED)
        self.check_reduction()
        space = self.parse_space()
        points = self.complete_points()
        earlier = self.collect_earlier_results(space)
        if series is not None:
            parts = self.rows_by_part(series)
            self.problems += find_part_problems(parts, self.request.horizon)
            self.problems += objectives.find_problems(self.session, self.request)
        if self.problems or space is None or series is None:
            raise Invalid(self.problems)
        configurations = self.list_configurations(space, points)
        self.check_fit(series, configurations)
        if self.problems:
            raise Invalid(self.problems)
        return CheckedRequest(
            request=self.request,
            custom_model=self.custom_model,
            space=space,
            points=points,
            earlier_results=earlier,
            space_notes=self.space_notes,
        )

    def refuse(self, location: Location, message: str) -> None:
        """Note a problem. Steps of the location that are "" are left out."""
        steps = []
        for step in location:
            if step != "":
                steps.append(step)
        problem = FieldProblem(tuple(steps), message)
        self.problems.append(problem)

    def load_series(self) -> Series | None:
        try:
            dataset: Dataset = datasets.get(self.session, self.request.dataset_id)
        except NotFound as error:
            self.refuse(("dataset_id",), str(error))
            return None
        return datasets.series(self.session, dataset)

    def check_option(self, field: str, what: str, options: Collection[str]) -> None:
        value = getattr(self.request, field)
        if value in options:
            return
        offered = ", ".join(options)
        message = f'"{value}" is {what}. Choose one of: {offered}.'
        self.refuse((field,), message)

    def check_reduction(self) -> None:
        if self.strategy.shrinks_space:
            self.check_option("reduction_method", "no method of reduction", METHODS)
            return
        for name in REDUCTION_FIELDS:
            if name in self.request.model_fields_set:
                self.refuse((name,), f"{name} goes with the strategy reduction alone.")

    def parse_space(self) -> SearchSpace | None:
        try:
            document = self.space_document()
            space = SearchSpace.parse(document, self.catalogue).with_new_defaults()
        except SpaceError as error:
            for problem in error.problems:
                self.refuse(("space", problem.name), problem.message)
            return None
        for problem in find_unmet_conditions(space):
            self.refuse(("space", problem.name), problem.message)
        self.space_notes = tuple(describe_losses(document, space))
        if self.strategy.enumerates_space:
            for name in space.continuous:
                self.refuse(("space", name), _explain_continuous(name))
        if self.strategy.needs_hyperopt:
            self.check_hyperopt(space)
        return space

    def check_hyperopt(self, space: SearchSpace) -> None:
        """Refuse a space that hyperopt cannot express."""
        try:
            hyperopt_entries(space)
        except HyperoptExportError as error:
            message = f"{error} Name fewer values, or choose another strategy."
            self.refuse(("space",), message)

    def space_document(self) -> Mapping[str, Any]:
        if self.custom_model is None:
            return self.request.space
        if "space" in self.request.model_fields_set:
            return self.request.space
        return custom_space(self.custom_model)

    def complete_points(self) -> list[Parameters]:
        """The points that can be tried, with the fixed values of the space and the defaults."""
        if not self.strategy.needs_points:
            return []
        if not self.request.points:
            self.refuse(("points",), "The manual strategy needs at least one point to try.")
        fixed = {
            name: value
            for name, value in self.request.space.items()
            if not isinstance(value, Mapping | list)
        }
        points = []
        for number, point in enumerate(self.request.points):
            values = {**fixed, **point}
            parameters = with_new_defaults(values, self.catalogue)
            problems = parameter_problems(parameters, self.catalogue)
            for problem in problems:
                self.refuse(("points", number, problem.name), problem.message)
            if not problems:
                points.append(with_defaults(parameters, self.catalogue))
        return points

    def collect_earlier_results(self, space: SearchSpace | None) -> EarlierResults:
        if space is None:
            return EarlierResults()
        results = earlier_results.collect(self.session, self.request, space, self.is_preview)
        self.problems += results.problems
        return results

    def rows_by_part(self, series: Series) -> dict[Part, range]:
        n_rows = len(series.target_values)
        split = self.request.split.to_split()
        return split.parts(n_rows)

    def list_configurations(
        self, space: SearchSpace, points: list[Parameters]
    ) -> list[tuple[Location, Parameters]]:
        """Parameters to check against the data, each with the field it comes from.

        These are all points, all of a small space, or a sample of a large one.
        """
        configurations: list[tuple[Location, Parameters]] = []
        if self.strategy.needs_points:
            return [(("points", number), point) for number, point in enumerate(points)]
        for parameters in _list_or_sample(space):
            configurations.append((("space",), parameters))
        return configurations

    def read_data_facts(self, series: Series) -> DataFacts:
        """The seasons and the calendar of the dataset."""
        dataset = datasets.get(self.session, self.request.dataset_id)
        return DataFacts(
            season_lengths=seasons.lengths_of(self.session, dataset),
            cycles=find_cycles(series.dates),
        )

    def check_fit(self, series: Series, configurations: list[tuple[Location, Parameters]]) -> None:
        """Refuse configurations that do not suit the data, with one message a field."""
        parts = self.rows_by_part(series)
        train_rows = len(parts[Part.TRAIN])
        validation_rows = len(parts[Part.VALIDATION])
        allows_log_return = "log_return" in possible_targets(series)
        data = self.read_data_facts(series)
        messages: dict[Location, str] = {}
        for location, parameters in configurations:
            about_data: Mapping[str, object] = parameters
            if self.request.custom_model:
                about_data = data_parameters(parameters)
            for problem in fit_problems(
                about_data, train_rows, validation_rows, data, self.request.horizon
            ):
                field = (*location, problem.name)
                messages.setdefault(field, problem.message)
            is_log_return = parameters.get("target") == "log_return"
            if is_log_return and not allows_log_return:
                field = (*location, "target")
                message = _explain_no_logarithm(series.target)
                messages.setdefault(field, message)
        for location, message in messages.items():
            self.refuse(location, message)


def _list_or_sample(space: SearchSpace) -> list[Parameters]:
    """All combinations of a small space, or a sample of a large one."""
    size = space.size()
    if size is not None and size <= MAX_CHECKED_CONFIGURATIONS:
        return list(space.grid())
    generator = np.random.default_rng(0)
    samples = []
    for _ in range(MAX_CHECKED_CONFIGURATIONS):
        samples.append(space.sample(generator))
    return samples


def _explain_continuous(name: str) -> str:
    return (
        f"A grid needs values that can be counted, and {name} has an unlimited number of them: "
        "give a choice, or a step."
    )


def _explain_no_logarithm(target: str) -> str:
    return (
        f'"{target}" has values of zero or less, which have no logarithm: '
        "choose level or difference."
    )
