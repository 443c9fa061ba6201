"""Requests to copy from, shown at /docs."""

from typing import Any

from app.domain.presets import QUICK_LOOK

SEARCH = {"name": "Quick look", "dataset_id": 1, "strategy": "tpe", "max_trials": 12, "space": dict(QUICK_LOOK.space)}
GRID = {
    "name": "A grid of eight",
    "dataset_id": 1,
    "strategy": "grid",
    "max_trials": 8,
    "seed": 7,
    "split": {"train": 0.7, "validation": 0.15, "test": 0.15},
    "space": {
        "units_1": {"choice": [16, 32]},
        "time_steps": {"choice": [10, 30]},
        "optimizer": {"choice": ["adam", "rmsprop"]},
        "epochs": 30,
    },
}
POINTS = {
    "name": "Two networks by hand",
    "dataset_id": 1,
    "strategy": "manual",
    "space": {"target": "difference", "epochs": 40},
    "points": [{"cell": "lstm", "units_1": 32}, {"cell": "gru", "units_1": 48, "learning_rate": 0.002}],
}
EXPERIMENTS: dict[str, Any] = {
    "search": {"summary": "A TPE search, the second layer only where there is one", "value": SEARCH},
    "grid": {"summary": "Every combination of a few values", "value": GRID},
    "points": {"summary": "The parameters you give, one trial each", "value": POINTS},
}
