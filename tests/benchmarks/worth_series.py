"""The series of tests.benchmarks.worth, and what other programs scored on them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from app.samples import EL_NINO, IBM
from tests.shared import GE

DATA = Path(__file__).parent / "data" / "worth"
SHARED_SERIES = GE.parent / "series"


@dataclass(frozen=True)
class WorthSeries:
    """A CSV with its target.

    `elsewhere`: test RMSE of other programs, from the README beside the CSV: fitted on the first
    nine tenths of the rows, with the true history up to each row.
    """

    name: str
    path: Path
    target: str
    elsewhere: Mapping[str, float] = field(default_factory=dict)


ALL_SERIES = (
    WorthSeries(
        "air", SHARED_SERIES / "air.csv", "y", {"ridge": 16.4, "LightGBM": 17.5, "NHITS": 21.3}
    ),
    WorthSeries(
        "taylor",
        SHARED_SERIES / "taylor.csv",
        "y",
        {"ridge": 138.7, "LightGBM": 197.6, "NHITS": 175.6},
    ),
    WorthSeries(
        "sunspots",
        SHARED_SERIES / "sunspots.csv",
        "y",
        {"ridge": 16.15, "LightGBM": 17.37, "NHITS": 18.3},
    ),
    WorthSeries("ge", GE, "Close", {"ridge": 0.2721, "LightGBM": 0.2711}),
    WorthSeries("ibm", IBM.path, "Close"),
    WorthSeries("elnino", EL_NINO.path, "Temperature"),
    WorthSeries("co2", DATA / "co2.csv", "co2"),
    WorthSeries("gdp", DATA / "gdp.csv", "realgdp"),
    WorthSeries("unemployment", DATA / "unemployment.csv", "rate"),
    WorthSeries("sea_surface", DATA / "sea_surface.csv", "temperature"),
    WorthSeries("seattle", DATA / "seattle.csv", "temp_max"),
    WorthSeries("seattle_hourly", DATA / "seattle_hourly.csv", "temp"),
)


def series_here() -> list[WorthSeries]:
    """Those whose file is there."""
    return [series for series in ALL_SERIES if series.path.exists()]
