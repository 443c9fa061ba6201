"""Made-up forms: files are uploaded, previewed and saved, experiments previewed and begun."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.csv_reading.series import NONE as NO_DATE
from app.services.csv_fields import OPTIONS as DIALECT_OPTIONS
from app.web.forms.experiment import blank_fields
from app.web.forms.space_editor import new_space_fields
from tests.app.routes.test_hostile_files import cells_put_in, encoded_oddly, shaped_oddly

FILES = st.one_of(cells_put_in(), encoded_oddly(), shaped_oddly(), st.binary(max_size=300))
FILE_NAMES = st.sampled_from(["walk.csv", "", "\u202ewalk.csv", "a" * 300, "../x.csv", "x.xlsx"])
EDGES = st.sampled_from(
    ["", " ", "0", "1", "-1", "1e999", "nan", "Close", "Date", "\x00", "<b>", "9" * 50, NO_DATE]
)
TEXTS = st.one_of(EDGES, st.text(max_size=30), st.integers().map(str))
SMALL_SPACE = {
    "units_1": {"choice": [2, 3]},
    "time_steps": 5,
    "batch_size": 16,
    "epochs": 2,
    "patience": 0,
}
HYPEROPT_CODE = "space = {'units_1': hp.choice('units_1', [2, 3])}"
BUTTONS = ("check", "read_hyperopt")
ENCODABLE = "utf-8"


def _answers() -> st.SearchStrategy[dict[str, str]]:
    """Corrections of how a file reads: mostly values that the page offers."""
    strategies = {
        name: st.sampled_from(sorted(options)) | TEXTS for name, options in DIALECT_OPTIONS.items()
    }
    for name in ("date", "target", "features", "name", "corrected", "like"):
        strategies[name] = TEXTS
    for name in ("key_columns", "key", "missing_numbers"):
        strategies[name] = TEXTS | st.sampled_from(["Close", "*", "*wide", "-999"])
    fields = st.sampled_from([*DIALECT_OPTIONS, "date", "key", "target"])
    strategies["choose"] = st.tuples(fields, TEXTS).map("=".join)
    for name in DIALECT_OPTIONS:
        strategies[f"shown_{name}"] = TEXTS
    return st.fixed_dictionaries({}, optional=strategies)


def _experiments() -> st.SearchStrategy[dict[str, str]]:
    """The filled-in form of a small search, with a few of its fields exchanged."""
    good = blank_fields() | new_space_fields(SMALL_SPACE)
    good |= {"name": "made up", "dataset_id": "1", "strategy": "random", "max_trials": "2"}
    good["hyperopt"] = HYPEROPT_CODE
    names = [*good, *BUTTONS, "pasted_results"]
    changes = st.dictionaries(st.sampled_from(names), TEXTS, max_size=3)
    return changes.map(lambda changed: {**good, **changed})


class FormFuzzer:
    """Sends forms as a browser does, and checks and counts every answer.

    `count` is told the status of each.
    """

    def __init__(self, client: TestClient, count: Callable[[int], None], options: settings) -> None:
        self.client = client
        self.count = count
        self.options = options

    def uploads(self, examples: int) -> None:
        """Upload a file, look at how it reads and at its chart, and save it."""

        @given(content=FILES, filename=FILE_NAMES, answers=_answers())
        @settings(self.options, max_examples=examples)
        def check_upload(content: bytes, filename: str, answers: dict[str, str]) -> None:
            files = {"file": (filename, content, "text/csv")}
            answer = self.client.post("/datasets", files=files, follow_redirects=False)
            # Without a name, a file is a field, and too large for one.
            self._check(answer, (303, 400, 422), content[:200])
            if answer.status_code != 303:
                return
            address = answer.headers["Location"]
            sent = _encodable(answers)
            for path in (address, f"{address}/charts/series"):
                page = self.client.get(path, params=sent)
                self._check(page, (200, 422), (content[:200], sent))
            saved = self.client.post(address, data=sent, follow_redirects=False)
            self._check(saved, (303, 422), (content[:200], sent))
            if saved.status_code == 303:
                self._check(self.client.get(saved.headers["Location"]), (200,), sent)

        check_upload()

    def experiments(self, examples: int) -> None:
        """Preview the form of an experiment, send it, and open what it has begun."""

        @given(fields=_experiments())
        @settings(self.options, max_examples=examples)
        def check_form(fields: dict[str, str]) -> None:
            sent = _encodable(fields)
            preview = self.client.post("/experiments/preview", data=sent)
            self._check(preview, (200, 422), sent)
            json.loads(preview.text)
            answer = self.client.post("/experiments", data=sent, follow_redirects=False)
            self._check(answer, (200, 303, 422), sent)
            if answer.status_code == 303:
                self._check(self.client.get(answer.headers["Location"]), (200,), sent)

        check_form()

    def _check(self, answer: Any, expected: tuple[int, ...], sent: object) -> None:
        self.count(answer.status_code)
        assert answer.status_code in expected, (answer.request.url, sent, answer.text[:2000])


def _encodable(fields: Mapping[str, str]) -> dict[str, str]:
    """The fields as a browser can send them: without lone surrogates."""
    return {
        name: value.encode(ENCODABLE, "replace").decode(ENCODABLE) for name, value in fields.items()
    }
