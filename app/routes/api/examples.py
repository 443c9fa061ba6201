"""Examples of requests, shown at /docs."""

from typing import Any

from app.domain.presets import QUICK_LOOK

TPE_SEARCH = {
    "name": "Quick look",
    "dataset_id": 1,
    "strategy": "tpe",
    "max_trials": 12,
    "space": QUICK_LOOK.space_for(["level", "difference"]),  # which every series allows
}
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
    "points": [
        {"cell": "lstm", "units_1": 32},
        {"cell": "gru", "units_1": 48, "learning_rate": 0.002},
    ],
}
REDUCTION = {
    "name": "A grid of 72 that shrinks",
    "dataset_id": 1,
    "strategy": "reduction",
    "max_trials": 40,
    "reduction_method": "spearman",
    "reduction_interval": 5,
    "reduction_window": None,
    "reduction_threshold": 0.3,
    "space": {
        "units_1": {"choice": [8, 16, 32, 64]},
        "learning_rate": {"choice": [0.01, 0.003, 0.001]},
        "optimizer": {"choice": ["adam", "rmsprop", "sgd"]},
        "time_steps": {"choice": [10, 30]},
    },
}
WARM_START = {
    "name": "A search that starts from two results",
    "dataset_id": 1,
    "strategy": "tpe",
    "space": {
        "units_1": {"integer": [8, 64]},
        "learning_rate": {"loguniform": [0.0003, 0.03]},
        "epochs": 30,
    },
    "pasted_results": "units_1,learning_rate,objective\n32,0.003,14.2\n48,0.001,13.1\n",
}
EXPERIMENTS: dict[str, Any] = {
    "search": {
        "summary": "A TPE search, the second layer only where there is one",
        "value": TPE_SEARCH,
    },
    "grid": {"summary": "Every combination of a few values", "value": GRID},
    "reduction": {
        "summary": "A grid in random order, reduced while it runs as Talos does it",
        "value": REDUCTION,
    },
    "warm start": {"summary": "A search that starts from pasted results", "value": WARM_START},
    "points": {"summary": "The parameters you give, one trial each", "value": POINTS},
}

DOUBTFUL_DATES = {  # the answer to a CSV that does not decide how its dates are written
    "detail": [
        {
            "loc": ["body", "date_format"],
            "msg": '"Date" could be read in two ways: "01/02/2000" is taken for 2000-01-02, '
            "month before day.",
            "choices": [
                {"value": "%m/%d/%Y", "label": "month before day"},
                {"value": "%d/%m/%Y", "label": "day before month"},
            ],
        }
    ]
}
