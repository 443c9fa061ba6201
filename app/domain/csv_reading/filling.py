"""Missing values, filled from the rows beside them."""

from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from app.domain.csv_reading.series import Cells

FillMethod = Literal["fill", "interpolate"]

FILL_METHODS: dict[FillMethod, str] = {  # and what is said of the rows
    "fill": "filled with the previous value",
    "interpolate": "interpolated between the rows before and after, so that they know the next row",
}


def fill_missing(rows: pd.DataFrame, method: FillMethod) -> pd.DataFrame:
    """Rows in the order of their dates, with missing values filled.

    fill: the value of the row before, whatever comes after. interpolate: on the straight line over
    time between the last value before and the first one after; where there is no value on one of
    these sides, none is filled.
    """
    if method == "fill":
        return rows.ffill()
    moments = pd.DatetimeIndex(rows.index).to_numpy().astype("datetime64[us]").astype(np.int64)
    since_first = (moments - moments[0]).astype(np.float64)
    filled = rows.copy()
    for name in rows.columns:
        filled[name] = _interpolate(since_first, rows[name].to_numpy(dtype="float64"))
    return filled


def list_filled(rows: pd.DataFrame, filled: pd.DataFrame) -> Cells:
    """Row and column of each cell that is filled, of rows that have all values, (cells, 2)."""
    is_filled = rows.isna().to_numpy() & filled.notna().to_numpy()
    is_complete = filled.notna().all(axis=1).to_numpy()
    return np.argwhere(is_filled[is_complete]).astype(np.int64)


def _interpolate(moments: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The values (rows,) with those between two others on the line that joins these."""
    is_known = ~np.isnan(values)
    if not is_known.any():
        return values
    lines: NDArray[np.float64] = np.interp(
        moments,
        moments[is_known],
        values[is_known],
        left=np.nan,
        right=np.nan,
    )
    return np.where(is_known, values, lines)
