"""Made-up requests to the whole API, alone and in chains, and made-up forms, beside a real worker.

`python -m tests.app.routes.api.fuzzing --minutes 8`
"""

import argparse
import json
import math
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from sqlalchemy import select

from app.config import Settings
from app.db.engine import Database
from app.db.models import Trial
from app.db.upgrade import upgrade_database
from app.domain.search_space.parameters import CATALOGUE
from app.main import create_app
from app.routes.api.examples import EXPERIMENTS
from app.schemas import MAX_SEED, ExperimentRequest
from tests import factories
from tests.app.routes.form_fuzzing import FormFuzzer
from tests.faults.processes import Process, end_afterwards
from tests.stopwatch import Stopwatch

load_all_checks()
CHECKED = CHECKS.get_by_names(
    (
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_schema_conformance",
    )
)
MAX_ANSWER_SECONDS = 2.0
JSON = {"Content-Type": "application/json"}
FIELD = re.compile(r"\{\w+\}")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE", "CONNECT", "BREW")
EDGES = [
    0,
    1,
    -1,
    2**31,
    10**30,
    0.5,
    1e308,
    1e-308,
    math.inf,
    math.nan,
    "",
    "\x00",
    "lstm",
    True,
    None,
    [],
    {},
]
RANGE = st.tuples(st.sampled_from(EDGES), st.sampled_from(EDGES)).map(list)
VALUES = st.one_of(
    st.sampled_from(EDGES),
    st.dictionaries(
        st.sampled_from(["choice", "uniform", "loguniform", "integer", "quniform", "when", "x"]),
        st.one_of(
            RANGE,
            st.lists(st.sampled_from(EDGES), max_size=4),
            st.dictionaries(st.text(max_size=5), RANGE),
        ),
        max_size=3,
    ),
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=9),
        lambda inner: st.lists(inner, max_size=3),
    ),
)
LOOSE = settings(
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
    print_blob=False,
)


def server(folder: Path, database_url: str = "") -> FastAPI:
    """A server that has one of everything."""
    chosen = Settings(data=folder, database_url=database_url)
    upgrade_database(chosen)
    database = Database(chosen.url)
    with database.write() as session:
        factories.dataset(session, rows=1000)
        factories.completed_trial(session, factories.experiment(session))
    database.close()
    return create_app(chosen)


@contextmanager
def working(settings: Settings) -> Iterator[Process]:
    """A worker that trains what a server begins meanwhile, whatever that is."""
    worker = Process("worker", settings, slots=1)
    with end_afterwards([worker]):
        yield worker


def find_worker_problems(worker: Process) -> list[str]:
    """What a worker must not do, whatever it is given: end, or raise."""
    log = worker.read_log()
    problems = []
    if not worker.is_running:
        problems.append(f"the worker has ended: {log[-2000:]}")
    if "Traceback" in log:
        problems.append(f"the worker raised: {log[log.index('Traceback') :][:2000]}")
    return problems


class Fuzzer:
    """Sends what hypothesis makes up, counts answers by status and checks them.

    `slow_answers`: what took longer than MAX_ANSWER_SECONDS.
    """

    def __init__(self, app: FastAPI) -> None:
        self.app = Stopwatch(app, MAX_ANSWER_SECONDS)
        self.schema = schemathesis.openapi.from_asgi(
            "/openapi.json", self.app, headers={"Host": "localhost"}
        )
        self.schema.config.update(base_url="http://localhost")
        self.operations = [found.ok() for found in self.schema.get_all_operations()]
        self.answers: Counter[int] = Counter()
        self.chained = 0
        self.sent_forms = 0

    @property
    def slow_answers(self) -> list[str]:
        return self.app.slow

    def run(self, seconds: float) -> None:
        """Send single requests, chains of them, unknown methods and forms, in turn."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.single(60)
            self.chains(6)
            self.methods(20)
            self.almost_right(20)
            self.forms(12)

    def forms(self, count: int) -> None:
        """Files and forms as a browser sends them."""
        with TestClient(
            self.app, base_url="http://localhost", raise_server_exceptions=False
        ) as client:
            fuzzer = FormFuzzer(client, self._count_form, LOOSE)
            fuzzer.uploads(count)
            fuzzer.experiments(count)

    def _count_form(self, status: int) -> None:
        self.sent_forms += 1
        self._count(status)

    def single(self, count: int) -> None:
        """Requests to any operation, valid or not; every other id exists."""

        @given(data=st.data())
        @settings(LOOSE, max_examples=count)
        def one(data: st.DataObject) -> None:
            operation = data.draw(st.sampled_from(self.operations))
            mode = data.draw(st.sampled_from(GenerationMode))
            there = (
                {part.name: 1 for part in operation.path_parameters}
                if data.draw(st.booleans())
                else None
            )
            case = data.draw(operation.as_strategy(generation_mode=mode, path_parameters=there))
            self._count(case.call_and_validate(checks=CHECKED).status_code)

        one()

    def chains(self, count: int) -> None:
        """Requests that use what earlier ones answered: read, stop, resume, retry."""
        fuzzer = self

        class Chain(self.schema.as_state_machine()):  # type: ignore[misc]
            def validate_response(self, response: Any, case: Any, *_: Any, **__: Any) -> None:
                fuzzer._count(response.status_code)
                fuzzer.chained += 1
                case.validate_response(response, checks=CHECKED)

        Chain.run(settings=settings(LOOSE, max_examples=count, stateful_step_count=8))

    def methods(self, count: int) -> None:
        """Methods that no operation has."""
        paths = st.sampled_from([operation.path for operation in self.operations])
        with TestClient(
            self.app, base_url="http://localhost", raise_server_exceptions=False
        ) as client:

            @given(
                method=st.sampled_from(METHODS),
                path=paths,
                number=st.integers(-1, 2),
                body=st.binary(max_size=99),
            )
            @settings(LOOSE, max_examples=count)
            def one(method: str, path: str, number: int, body: bytes) -> None:
                address = path.replace("{", "").replace("}", "").replace("_id", f"/{number}")
                for where in (
                    address,
                    FIELD.sub(str(number), path),
                ):
                    status = client.request(method, where, content=body).status_code
                    self._count(status)
                    assert status < 500, (method, where, body)

            one()

    def almost_right(self, count: int) -> None:
        """Experiments of the documentation's examples with one value exchanged: some begin."""
        keys = sorted(
            {*ExperimentRequest.model_fields, *CATALOGUE, *(f"space.{name}" for name in CATALOGUE)}
        )
        with TestClient(
            self.app, base_url="http://localhost", raise_server_exceptions=False
        ) as client:

            @given(
                st.sampled_from(sorted(EXPERIMENTS)),
                st.dictionaries(st.sampled_from(keys), VALUES, max_size=1),
                st.integers(0, MAX_SEED),
            )
            @settings(LOOSE, max_examples=count)
            def one(name: str, changes: dict[str, Any], seed: int) -> None:
                body = {**json.loads(json.dumps(EXPERIMENTS[name]["value"])), "seed": seed}
                for key, value in changes.items():
                    inner, _, outer = key.rpartition(".")
                    (body[inner] if inner else body)[outer] = value
                answer = client.post("/api/experiments", content=json.dumps(body), headers=JSON)
                self._count(answer.status_code)
                assert answer.status_code in (201, 422), (body, answer.text)
                if answer.status_code == 201:
                    assert client.get(f"/experiments/{answer.json()['id']}").status_code == 200

            one()

    def _count(self, status: int) -> None:
        self.answers[status] += 1


def main() -> int:
    """Say how many answers of which status there were."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument(
        "--database-url", default="", help="an empty PostgreSQL database, else a SQLite file"
    )
    asked = parser.parse_args()
    minutes: float = asked.minutes
    with tempfile.TemporaryDirectory() as folder:
        app = server(Path(folder), asked.database_url)
        fuzzer = Fuzzer(app)
        with working(app.state.settings) as worker:
            fuzzer.run(60 * minutes)
            problems = find_worker_problems(worker)
        with app.state.database.read() as session:
            states = Counter(session.scalars(select(Trial.state)))
    counted = ", ".join(f"{status}: {count:,}" for status, count in sorted(fuzzer.answers.items()))
    print(
        f"{minutes:g} minutes, {fuzzer.answers.total():,} requests "
        f"({fuzzer.chained:,} in chains, {fuzzer.sent_forms:,} of forms). {counted}."
    )
    print(f"5xx: {sum(count for status, count in fuzzer.answers.items() if status >= 500)}")
    print(f"trials beside it: {dict(states)}")
    print(f"longest answer: {fuzzer.app.longest:.2f} s, repeated {fuzzer.app.repeated} times")
    problems += fuzzer.slow_answers
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
