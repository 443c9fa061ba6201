"""The members of a bundle: networks and baselines, whose weighted mean it predicts."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from worker.bundles.model_files import ModelWriter

MEMBERS_FOLDER = "members"


@dataclass(frozen=True)
class NetworkMember:
    """A trained network. windows: worker.windows.PreparedData.settings."""

    name: str
    weight: float
    windows: Mapping[str, Any]
    write_model: ModelWriter

    @property
    def rows_before(self) -> int:
        """How many rows it needs before the one it predicts."""
        return int(self.windows["rows_before"])

    def folder(self, *, is_alone: bool) -> str:
        """Where in the bundle its model is."""
        if is_alone:
            return "."
        return f"{MEMBERS_FOLDER}/{self.name.replace(' ', '-')}"

    def describe(self, *, is_alone: bool) -> dict[str, Any]:
        """What predict.py needs to know of it, as JSON."""
        return {
            "name": self.name,
            "weight": self.weight,
            "kind": "network",
            "folder": self.folder(is_alone=is_alone),
            "rows_before": self.rows_before,
            "windows": dict(self.windows),
        }

    def write_files(self, bundle: Path, *, is_alone: bool) -> None:
        """Write its model."""
        folder = bundle / self.folder(is_alone=is_alone)
        folder.mkdir(parents=True, exist_ok=True)
        self.write_model(folder)


@dataclass(frozen=True)
class BaselineMember:
    """A baseline of app.domain.baselines by name, and what it was fitted to.

    document: naive {}; seasonal_naive {"season": rows}; drift {"change": c}; ridge: RidgeModel's.
    theta, ets, arima: {"model": its own document, "last_date", "last_value": of the last row it was
    fitted on}; it goes on from that row.
    """

    name: str
    weight: float
    document: Mapping[str, Any]

    @property
    def rows_before(self) -> int:
        """How many rows it needs before the one it predicts."""
        lags = self.document.get("lags", [self.document.get("season", 1)])
        return max([1, *map(int, lags)])

    @property
    def last_fitted_date(self) -> str | None:
        """The row that a CSV to predict from has to hold; None where any rows will do."""
        return self.document.get("last_date")

    def describe(self, *, is_alone: bool) -> dict[str, Any]:
        """What predict.py needs to know of it, as JSON; the same for one that is alone."""
        return {
            "name": self.name,
            "weight": self.weight,
            "kind": self.name,
            "rows_before": self.rows_before,
            "document": dict(self.document),
        }

    def write_files(self, bundle: Path, *, is_alone: bool) -> None:
        """Write nothing: its numbers are in settings.json."""


BundleMember = NetworkMember | BaselineMember
