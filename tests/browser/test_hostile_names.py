"""Names made to break pages: nothing of them runs, and no page bursts."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import update

from app.config import Settings
from app.db.engine import Database
from app.db.models import Baseline, Dataset, Experiment, LogLine, Training, Trial, Upload, Worker
from app.db.upgrade import upgrade_database
from app.main import ROUTERS
from app.routes import health
from app.services import uploads
from tests import factories
from tests.app.commands.processes import answers, wait_until
from tests.ports import free_port

pytestmark = [pytest.mark.browser, pytest.mark.slow]
MARKUP = (
    """"'></script></pre><script>hacked=1</script>"""
    "<img src=x onerror=hacked=1><svg onload=hacked=1>"
)
NAMES = {
    "markup, turned around": (
        f"{MARKUP}<a href=javascript:hacked=1>x</a>{{{{7*7}}}}"
        "\u202e\u202etxet\u200f שלום \u2067\u202d"
    ),
    "endless": "W" * 10_000,
}
COLUMN = "<img src=x onerror=hacked=1><b>bold</b>\u202e"
UPLOAD = "0" * 32
PAGES = {  # a page for each address that answers with one
    "/": "/",
    "/access": "/access",
    "/datasets": "/datasets",
    "/datasets/{dataset_id}": "/datasets/1",
    "/uploads/{upload_id}": f"/uploads/{UPLOAD}",
    "/experiments": "/experiments",
    "/experiments/new": "/experiments/new?dataset=1&experiment=1",
    "/experiments/{experiment_id}": "/experiments/1",
    "/experiments/{experiment_id}/baselines": "/experiments/1/baselines",
    "/experiments/{experiment_id}/importance": "/experiments/1/importance",
    "/experiments/{experiment_id}/comparison": "/experiments/1/comparison?trials=1,2",
    "/experiments/{experiment_id}/report.html": "/experiments/1/report.html",
    "/experiments/delete": "/experiments/delete?experiments=1",
    "/comparison": "/comparison?experiments=1&trials=2&pin=2",
    "/trials/{trial_id}": "/trials/2",
    "/docs": "/docs",
    "/glossary": "/glossary",
}
TABS = ("/experiments/1?tab=parallel&trial=2", "/experiments/1?tab=timeline")
NO_PAGES = (
    "/live",
    "/charts/",
    "/comparison/chart",
    ".csv",
    ".py",
    "/best-model",
    "/bundle",
    "/panel",
    "/tabs/",
    "/filter-check",
    "/filter-names",
    "/experiments/{experiment_id}/curves",
    "/experiments/{experiment_id}/pareto",
)


def stuff(database: Database, name: str) -> None:
    """Write a name wherever a person or a network's author can make the product show one."""
    with database.write() as session:
        session.execute(update(Dataset).values(name=name, filename=name))
        session.execute(update(Experiment).values(name=name, reason=name, notes=name))
        session.execute(
            update(Trial)
            .where(Trial.state == "failed")
            .values(error=name, traceback=name, failure_cause=name[:40], notes=name)
        )
        session.execute(update(Training).values(engine_reason=name))
        session.execute(update(LogLine).values(message=name))
        session.execute(update(Upload).values(filename=name))
        is_uploaded = Baseline.filename.is_not(None)
        theirs = update(Baseline).where(is_uploaded)
        session.execute(theirs.values(name=name[:60], filename=name, problem=name))
        session.execute(update(Worker).values(hostname=name))


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One of everything, of columns with hostile names."""
    settings = Settings(data=tmp_path_factory.mktemp("names"))
    upgrade_database(settings)
    database = Database(settings.url)
    content = (
        factories.random_walk_csv()
        .replace(b"Volume", f'"{COLUMN}"'.encode())
        .replace(b"Close", b"W" * 10_000)
    )
    with database.write() as session:
        made = factories.dataset(session, content=content)
        assert made.target == COLUMN.strip("\u202e")
        experiment = factories.experiment(session)
        factories.completed_trial(session, experiment)
        failed = factories.trial(session, experiment, 2, units_1=4)
        failed.state = "failed"
        for number in range(3, 15):  # enough to tell what mattered
            factories.completed_trial(
                session, experiment, number, objective=float(number % 3), units_1=2 + number % 3
            )
        session.add(LogLine(trial_id=failed.id, message="x"))
        board = factories.board(session, experiment)
        factories.add_baseline(session, experiment, board, "theirs", 0.1).filename = "x.csv"
        uploads.create(session, "x.csv", content).id = UPLOAD
    yield database
    database.close()


@pytest.fixture(scope="module")
def address(database: Database) -> Iterator[str]:
    """A server on it, without a worker."""
    port, file = free_port(), str(database.engine.url.database)
    command = [
        sys.executable,
        "-m",
        "app",
        "serve",
        "--data",
        str(Path(file).parent),
        "--port",
        str(port),
    ]
    process = subprocess.Popen(command, cwd=Path(__file__).parents[2], env=dict(os.environ))
    wait_until(lambda: answers(port))
    yield f"http://127.0.0.1:{port}"
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=30)


def test_every_page_is_among_those_looked_at():
    paths = {
        route.path
        for module in ROUTERS
        if module is not health
        for route in module.router.routes
        if "GET" in route.methods
    }

    assert {path for path in paths if not any(part in path for part in NO_PAGES)} == set(PAGES)


@pytest.mark.parametrize(("kind", "width"), [("markup, turned around", 1400), ("endless", 420)])
def test_hostile_names_are_text_on_every_page(
    chromium: Browser, address: str, database: Database, kind: str, width: int
):
    stuff(database, NAMES[kind])
    page = chromium.new_page(base_url=address, viewport={"width": width, "height": 900})
    said: list[str] = []
    page.on(
        "console",
        lambda message: said.append(message.text) if message.type in ("error", "warning") else None,
    )
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    for path in (*PAGES.values(), *TABS):
        page.goto(path)
        expect(page.locator("main")).to_be_visible()
        for chart in page.locator("[data-chart-url]").all():
            expect(chart.locator(".main-svg").first).to_be_visible()
        assert page.evaluate("() => typeof hacked") == "undefined", path
        assert (
            page.locator("img[src=x], svg[onload], a[href^=javascript], script:not([src])").count()
            == 0
        ), path
        assert page.locator(".chart b, .chart tspan[style*=bold]").count() == 0, path
        widest = page.evaluate("() => document.documentElement.scrollWidth")
        assert widest <= width, f"{path} is {widest} pixels wide"
        assert said == [], path
    page.close()


def test_a_name_that_turns_writing_around_turns_nothing_else(
    chromium: Browser, address: str, database: Database
):
    stuff(database, NAMES["markup, turned around"])
    page = chromium.new_page(base_url=address)
    page.goto("/experiments")
    link = page.locator("main a", has_text=re.compile("שלום")).first

    assert link.evaluate("element => getComputedStyle(element).unicodeBidi") == "isolate"

    page.close()
