"""Across experiments, in the browser: notes, ticks that lead to a comparison, and a leaderboard."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from app.config import Settings
from app.db.engine import Database
from app.domain.terms import ExperimentState
from tests import factories
from tests.browser.accessibility import serious_findings
from tests.clock import now
from tests.ports import free_port

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def visit(chromium: Browser, settings: Settings, database: Database) -> Iterator[Page]:
    """A page of a server without a worker, whose database has two searches that have ended."""
    with database.write() as session:
        for name, best in (("across one", 1.0), ("across two", 0.5)):
            made = factories.experiment(session, name=name)
            for number in (1, 2):
                factories.completed_trial(session, made, number, best * number, units_1=number + 1)
            made.state = ExperimentState.COMPLETED
            made.finished_at = now()
    port = free_port()
    command = [sys.executable, "-m", "app", "serve", "--port", str(port)]
    server = subprocess.Popen([*command, "--data", str(settings.data)], cwd=ROOT)
    context = chromium.new_context(
        viewport={"width": 1400, "height": 900}, base_url=f"http://127.0.0.1:{port}"
    )
    page = context.new_page()
    for _ in range(300):
        try:
            page.request.get("/healthz")
            break
        except Error:
            time.sleep(0.1)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    server.terminate()
    server.wait(timeout=30)
    assert complaints == []


def test_two_searches_are_annotated_ticked_compared_and_ranked(visit: Page):
    page = visit
    page.goto("/experiments/1")
    page.get_by_text("Add notes or tags").click()
    page.get_by_role("textbox", name="Tags").fill("across, first")
    page.get_by_role("textbox", name="Notes").fill("# Why\n\n**Two** searches.")
    page.get_by_role("button", name="Save").click()

    expect(page.locator(".markdown strong")).to_have_text("Two")
    assert serious_findings(page) == []

    page.goto("/experiments?search=across&sort=name")
    assert serious_findings(page) == []
    page.get_by_label("Tick all on this page").check()
    page.get_by_role("button", name="Delete…").click()
    expect(page.locator("h1")).to_have_text("Delete these 2 experiments?")
    page.get_by_role("link", name="Keep them").click()
    expect(page).to_have_url(re.compile("search=across&sort=name"))
    page.get_by_label("Tick all on this page").check()
    page.get_by_role("button", name="Compare").click()

    expect(page.locator(".comparison thead")).to_contain_text("of across two")
    page.get_by_role("link", name="Pin as baseline").first.click()
    expect(page.locator(".comparison .difference").first).to_be_visible()
    expect(page.locator("#chart-epochs")).to_contain_text("(baseline)")
    page.get_by_role("button", name="against the baseline").first.click()
    expect(page.locator("#chart-validation")).to_contain_text("minus")
    assert serious_findings(page) == []

    page.get_by_role("link", name="Experiments", exact=True).first.click()
    page.locator("tbody a[href^='/datasets/']").first.click()
    expect(page.locator("#leaderboard")).to_contain_text("across one")
    assert serious_findings(page) == []

    for address in (page.url, "/experiments", "/experiments/1/report.html"):
        page.set_viewport_size({"width": 420, "height": 900})
        page.goto(address)
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 420
    expect(page.locator("figure svg")).to_have_count(4)
    assert serious_findings(page) == []
