"""What is slow each time is noticed; what is slow once is not."""

import time

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient

from tests.stopwatch import MAX_TRIES, Stopwatch, seconds_without_processor

SLOW_SECONDS = 0.2
MAX_SECONDS = 0.1


@pytest.fixture
def pauses():
    """How long the next answers take."""
    return []


@pytest.fixture
def stopwatch(pauses):
    app = FastAPI()

    @app.post("/echo")
    async def echo(request: Request):
        time.sleep(pauses.pop(0) if pauses else 0.0)
        return (await request.body()).decode()

    return Stopwatch(app, MAX_SECONDS)


def test_a_quick_answer_reaches_the_client_and_is_not_noted(stopwatch):
    answer = TestClient(stopwatch).post("/echo", content="hello")

    assert answer.json() == "hello"
    assert stopwatch.slow == []
    assert stopwatch.repeated == 0


def test_an_answer_that_is_slow_once_is_not_noted(stopwatch, pauses):
    pauses += [SLOW_SECONDS]

    answer = TestClient(stopwatch).post("/echo", content="hello")

    assert answer.json() == "hello"
    assert stopwatch.slow == []
    assert stopwatch.repeated == 1


def test_an_answer_that_is_slow_each_time_is_noted_with_its_request(stopwatch, pauses):
    pauses += [SLOW_SECONDS] * MAX_TRIES

    answer = TestClient(stopwatch).post("/echo?a=1", content="hello")

    assert answer.json() == "hello"
    (problem,) = stopwatch.slow
    assert "POST /echo?a=1 with b'hello'" in problem
    assert stopwatch.longest >= MAX_SECONDS


def test_the_time_that_threads_wait_for_a_processor_is_added_up(monkeypatch, tmp_path):
    for thread, nanoseconds in (("1", 2_000_000_000), ("2", 500_000_000)):
        folder = tmp_path / thread
        folder.mkdir()
        (folder / "schedstat").write_text(f"7 {nanoseconds} 3\n")
    monkeypatch.setattr("tests.stopwatch.THREADS", tmp_path)

    assert seconds_without_processor() == 2.5
