"""Which column a person would forecast, and which ones help."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from app.domain.csv_reading.findings import Finding, FindingKind
from app.domain.csv_reading.future_rows import find_ended
from app.domain.csv_reading.numbers.column_names import plain_name
from app.domain.csv_reading.numbers.column_roles import NO_FEATURES
from app.domain.csv_reading.numbers.target_names import CHANGES, LESS_LIKELY, LIKELY_NAMES
from app.domain.csv_reading.series import Choice
from app.domain.texts import write_percentage

if TYPE_CHECKING:
    from app.domain.csv_reading.table import Table

MAX_OFFERED_TARGETS = 20
MAX_MISSING_FRACTION = 0.5  # of the values of a column that is a feature by default


@dataclass(frozen=True)
class TargetChoice:
    """The column that is forecast unless a person says otherwise.

    reason: why it was taken. is_named: whether its name says so. others: what else could be.
    """

    name: str
    reason: str
    is_named: bool
    others: tuple[str, ...]


def guess_target(table: "Table") -> str:
    """The name of the likeliest target."""
    return choose_target(table).name


def choose_target(table: "Table") -> TargetChoice:
    """The column that is called like something to forecast, else the last sensible one.

    Columns that the last rows lack, as those to forecast do, come before others of such names.
    Counters, ids, constants, quality flags, coordinates and parts of the date come last.
    """
    candidates = _find_candidates(table)
    others = tuple(candidates)
    ended = find_ended(table, candidates)
    likely = [name for name in candidates if not CHANGES.search(plain_name(name))] or candidates
    for names in (ended, likely):
        named = _find_named(names)
        if named is not None:
            return TargetChoice(named, "because of its name", True, others)
    if len(ended) == 1:
        reason = "because the last rows lack it alone"
        return TargetChoice(ended[0], reason, False, others)
    if len(candidates) == 1:
        reason = "because no other column of numbers can be one"
        return TargetChoice(candidates[0], reason, True, others)
    close = _find_close(table, candidates)
    if close is not None:
        reason = "because it and the three columns before it look like open, high, low and close"
        return TargetChoice(close, reason, False, others)
    likely = [name for name in likely if not LESS_LIKELY.search(plain_name(name))] or likely
    reason = "because no name says which column it is, and it is the last one"
    return TargetChoice(likely[-1], reason, False, others)


def default_features(table: "Table") -> list[str]:
    """The columns that are features unless a person says otherwise, in the file's order.

    Constants are among them: what happens to these is another choice.
    """
    without = {finding.column for finding in _of_kind(table, FindingKind.COUNTER)}
    features = [name for name in table.number_columns if name not in without]
    return features or table.number_columns


def report_roles(table: "Table") -> list[Finding]:
    """The columns that are no features by default, and why; and a target that no name says."""
    reports = []
    for name, role in table.roles.items():
        if role in NO_FEATURES:
            reports.append(_leave_out(name, role))
    for name in table.number_columns:
        missing = float(table.numbers[name].isna().mean())
        if name not in table.bounds.columns and missing > MAX_MISSING_FRACTION:
            percentage = write_percentage(missing, 0)
            reports.append(_leave_out(name, f"has no value in {percentage} of the rows"))
    if len(reports) == len(table.number_columns):
        return reports[:-1]
    return reports


def report_target(table: "Table") -> list[Finding]:
    """The default target where its name does not say that it is one, with the other columns."""
    choice = choose_target(table)
    if choice.is_named:
        return []
    offered = [choice.name, *(name for name in choice.others if name != choice.name)]
    finding = Finding(
        kind=FindingKind.TARGET,
        column=choice.name,
        message=f'"{choice.name}" is taken as the target, {choice.reason}.',
        field="target",
        choices=tuple(Choice(name, name) for name in offered[:MAX_OFFERED_TARGETS]),
    )
    return [finding]


def _leave_out(name: str, reason: str) -> Finding:
    return Finding(
        kind=FindingKind.COUNTER,
        column=name,
        message=f'"{name}" {reason} and is no feature unless you choose it.',
    )


def _of_kind(table: "Table", kind: FindingKind) -> list[Finding]:
    return [finding for finding in table.findings if finding.kind == kind]


def _find_candidates(table: "Table") -> list[str]:
    """The columns that can be a target: those that measure something, else any that vary."""
    constants = table.constant_columns
    roles = table.roles
    varying = [name for name in table.number_columns if name not in constants]
    measuring = [name for name in varying if name not in roles]
    filled = [
        name for name in measuring if table.numbers[name].isna().mean() <= MAX_MISSING_FRACTION
    ]
    not_counting = [name for name in varying if roles.get(name) not in NO_FEATURES]
    for candidates in (filled, measuring, not_counting, varying):
        if candidates:
            return candidates
    return table.number_columns


def _find_named(names: list[str]) -> str | None:
    """The first that is called like something to forecast."""
    for pattern in LIKELY_NAMES:
        for name in names:
            plain = plain_name(name)
            if pattern.search(plain) and not LESS_LIKELY.search(plain):
                return name
    return None


def _find_close(table: "Table", candidates: list[str]) -> str | None:
    """The fourth of four columns that look like open, high, low and close."""
    for index in range(len(candidates) - 3):
        columns = candidates[index : index + 4]
        numbers = table.numbers[columns].to_numpy()
        complete = numbers[~np.isnan(numbers).any(axis=1)]
        if not len(complete):
            continue
        is_high = complete[:, 1] == complete.max(axis=1)
        is_low = complete[:, 2] == complete.min(axis=1)
        if is_high.all() and is_low.all():
            return columns[3]
    return None
