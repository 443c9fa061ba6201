"""Lines of units, types and formats are told from lines of names."""

import pytest

from app.domain.csv_reading.layout.units import are_units


@pytest.mark.parametrize(
    "cells",
    [
        ["TS", "RN", "Deg C", "%", "meters/second", "W/m^2"],
        ["", "", "Avg", "Smp", "Avg"],
        ["[UTC]", "[°C]", "(%)"],
        ["5s", "15s", "20d", "14n"],
        ["yr", "mo", "dy", "degT", "m/s"],
        ["datetime64[ns]", "float64", "int64"],
        ["YYYY-MM-DD", "hh:mm:ss", "hPa"],
        ["s", "kWh", "Some gauge"],
    ],
)
def test_units_are_recognised(cells):
    assert are_units(cells)


@pytest.mark.parametrize(
    "cells",
    [
        ["Date", "Open", "Close"],
        ["t", "T_in", "T_out", "wind"],
        ["", "EXR.D.USD.EUR.SP00.A"],
        ["Data", "Zamkniecie"],
        ["", ""],
    ],
)
def test_names_are_no_units(cells):
    assert not are_units(cells)
