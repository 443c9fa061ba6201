"""A CSV with several series below one another."""

import numpy as np

SYMBOLS = ("AAA", "BBB", "CCC")


def panel_csv(rows: int = 40) -> bytes:
    """Three series of so many days each, which count from 100, 200 and 300."""
    lines = ["Date,Symbol,Close"]
    for number, symbol in enumerate(SYMBOLS, start=1):
        for day in range(rows):
            lines.append(f"{np.datetime64('2020-01-01') + day},{symbol},{100 * number + day}")
    return ("\n".join(lines) + "\n").encode()
