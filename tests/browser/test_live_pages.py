"""Pages of a running search: no worker; the test writes rows as a worker would."""

import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from app.config import Settings
from app.db.engine import Database
from app.db.models import Epoch, Experiment, Trial, Worker
from app.db.upgrade import upgrade_database
from app.domain.terms import ExperimentState, TrialState
from app.queue import artifacts
from tests import factories
from tests.browser.accessibility import serious_findings
from tests.browser.chromium import VARIANTS
from tests.browser.conftest import START_SECONDS
from tests.clock import now
from tests.ports import free_port

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SOON = 2_000  # milliseconds within which a page shows what has happened


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """A server on a database with one search: judged, failed, running and queued trials."""
    settings = Settings(data=tmp_path_factory.mktemp("live"), port=free_port())
    upgrade_database(settings)
    database = Database(settings.url)
    made = rows(database)
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("FORETUNE_")
    }
    command = [
        sys.executable,
        "-m",
        "app",
        "serve",
        "--data",
        str(settings.data),
        "--port",
        str(settings.port),
    ]
    process = subprocess.Popen(
        command, env=environment, cwd=Path(__file__).parents[2], start_new_session=True
    )
    wait_for(settings.address, process)
    yield SimpleNamespace(address=settings.address, database=database, **made)
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=30)
    database.close()


def rows(database: Database) -> dict[str, int]:
    with database.write() as session:
        made = factories.experiment(session, name="A search that runs", max_trials=40)
        for number in range(1, 25):
            judged = factories.completed_trial(
                session, made, number, 1 + number % 7, units_1=number + 1
            )
        failed = factories.trial(session, made, 25, units_1=40)
        failed.state, failed.failure_cause, failed.error = (
            TrialState.FAILED,
            "diverged",
            "Diverged at epoch 2.",
        )
        failed.traceback = "Traceback: here"
        running = factories.trial(session, made, 26, units_1=41, epochs=50)
        running.state, running.started_at = TrialState.RUNNING, now()
        made.state = ExperimentState.RUNNING
        session.flush()
        return {
            "experiment": made.id,
            "judged": judged.id,
            "failed": failed.id,
            "running": running.id,
        }


def wait_for(address: str, process: subprocess.Popen) -> None:
    deadline = now().timestamp() + START_SECONDS
    while now().timestamp() < deadline:
        assert process.poll() is None, "the server ended while it started"
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=2).close()
            return
        except OSError:
            continue
    raise AssertionError("the server does not answer")


def end_epoch(search: SimpleNamespace) -> int:
    """What a worker writes when an epoch of the running trial ends; the number of that epoch."""
    with search.database.write() as session:
        trial = session.get_one(Trial, search.running)
        trial.epochs_trained += 1
        row = {"train_loss": 0.5, "val_loss": 0.7, "objective": 3.0, "seconds": 0.1}
        session.add(Epoch(training_id=trial.training_id, number=trial.epochs_trained, **row))
        return trial.epochs_trained


@pytest.fixture
def look(chromium: Browser, search: SimpleNamespace) -> Iterator[Page]:
    """A fresh page; anything the browser complains about fails the test."""
    context = chromium.new_context(viewport={"width": 1400, "height": 900}, base_url=search.address)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type == "error" else None,
    )
    yield page
    context.close()
    assert complaints == []


def test_a_new_epoch_is_seen_within_two_seconds_on_both_pages(look: Page, search: SimpleNamespace):
    look.goto(f"/trials/{search.running}")
    number = end_epoch(search)

    expect(look.locator("#summary p.small").first).to_contain_text(
        f"Epoch {number} of 50", timeout=SOON
    )
    expect(look).to_have_title(f"{number}/50 trial 26 of A search that runs · Foretune")
    expect(look.locator("#chart-losses .main-svg").first).to_be_visible()

    look.goto(f"/experiments/{search.experiment}")
    number = end_epoch(search)

    expect(look.locator("#running")).to_contain_text(f"epoch {number} of 50", timeout=SOON)


def test_news_leave_focus_open_details_typing_and_the_place_on_the_page_alone(
    look: Page, search: SimpleNamespace
):
    look.goto(f"/experiments/{search.experiment}?sort=epochs_trained&descending=true")

    expect(look.locator("#chart-objective .main-svg").first).to_be_visible()

    look.locator("#columns > summary").click()
    look.locator("#search").fill("units_1>")
    place = "() => [window.scrollY, document.querySelector('#trials').getBoundingClientRect().top]"
    before = look.evaluate(place)
    number = end_epoch(search)

    expect(look.locator("#running")).to_contain_text(f"epoch {number} of 50", timeout=SOON)
    expect(look.locator("#search")).to_be_focused()
    expect(look.locator("#search")).to_have_value("units_1>")
    expect(look.locator("#columns")).to_have_attribute("open", "")
    assert look.evaluate(place) == before

    link = look.locator("#trial-rows").get_by_role("link", name="26", exact=True)
    link.focus()
    number = end_epoch(search)
    cell = look.locator("#trial-rows tr", has_text="running").get_by_text(str(number), exact=True)

    expect(cell).to_be_visible(timeout=SOON)
    expect(link).to_be_focused()


def test_a_part_in_which_text_is_marked_waits_until_it_is_no_longer(
    look: Page, search: SimpleNamespace
):
    look.goto(f"/trials/{search.running}")
    line = look.locator("#summary p.small").first
    look.evaluate("() => getSelection().selectAllChildren(document.querySelector('#summary h1'))")
    number = end_epoch(search)

    expect(look).to_have_title(
        f"{number}/50 trial 26 of A search that runs · Foretune", timeout=SOON
    )
    expect(line).not_to_contain_text(f"Epoch {number} of")

    look.evaluate("() => getSelection().removeAllRanges()")

    expect(line).to_contain_text(f"Epoch {number} of", timeout=SOON)


def test_the_end_of_a_trial_is_shown_and_said_aloud(look: Page, search: SimpleNamespace):
    with search.database.write() as session:
        made = session.get_one(Trial, search.running).experiment
        ending = factories.trial(session, made, 27, units_1=50)
        ending.state = TrialState.RUNNING
        session.flush()
        trial_id = ending.id

    look.goto(f"/trials/{trial_id}")

    expect(look).to_have_title("0/2 trial 27 of A search that runs · Foretune", timeout=SOON)

    with search.database.write() as session:
        session.get_one(Trial, trial_id).state = TrialState.STOPPED

    expect(look.locator("#summary h1 .state")).to_have_text("stopped", timeout=SOON)
    expect(look.locator("#said")).to_have_text("Trial 27: stopped")


def test_the_banner_goes_when_a_worker_comes(look: Page, search: SimpleNamespace):
    look.goto("/experiments")

    expect(look.locator("#banner")).to_contain_text("foretune worker")

    with search.database.write() as session:
        session.add(Worker(id="browser", hostname="here", pid=1, slots=2))

    expect(look.locator("#banner .banner")).to_have_count(0, timeout=SOON)
    expect(look.locator("#worker-status")).to_have_text("1 worker, 2 slots")

    with search.database.write() as session:
        session.get_one(Worker, "browser").stopped_at = now()

    expect(look.locator("#banner")).to_contain_text("foretune worker", timeout=SOON)


def test_a_page_whose_server_is_away_says_so_until_it_is_back(
    chromium: Browser, search: SimpleNamespace
):
    with search.database.write() as session:
        session.merge(Worker(id="alive", hostname="here", pid=1, slots=1))
    context = chromium.new_context(base_url=search.address, timezone_id="Asia/Tokyo")
    page = context.new_page()
    page.goto(f"/experiments/{search.experiment}")
    line = page.locator("#connection")
    dot = page.locator("#worker-status .dot")

    expect(dot).to_have_css("background-color", "rgb(111, 208, 140)", timeout=SOON)
    expect(line).to_be_hidden()

    context.route("**/live*", lambda route: route.abort())

    hour = now().astimezone(ZoneInfo("Asia/Tokyo")).hour
    said = re.compile(rf"^Connection lost, data from {hour:02}:\d\d:\d\d, trying again$")
    expect(line).to_have_text(said, timeout=4 * SOON)
    expect(line).to_be_visible()
    expect(dot).to_have_css("background-color", "rgb(154, 163, 168)")

    context.unroute_all()

    expect(line).to_be_hidden(timeout=2 * SOON)
    expect(dot).to_have_css("background-color", "rgb(111, 208, 140)")

    context.close()
    with search.database.write() as session:
        session.get_one(Worker, "alive").stopped_at = now()


def test_a_chosen_scale_and_view_are_drawn_and_the_scale_is_remembered(
    look: Page, search: SimpleNamespace
):
    look.goto(f"/trials/{search.judged}")
    legend = look.locator("#chart-test .legendtext")

    bands = ["95 % band", "80 % band"]
    expect(legend).to_have_text([*bands, "actual", "predicted", "naive (last value)"])

    look.get_by_role("group", name="What is drawn of the test part").get_by_role(
        "button", name="errors"
    ).click()

    expect(legend).to_have_text(["predicted − actual", "naive (last value) − actual"])

    look.get_by_role("button", name="log", exact=True).click()
    look.reload()

    expect(look.get_by_role("button", name="log", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )


def test_trials_far_worse_than_usual_stand_at_the_edge_of_a_close_up(
    look: Page, search: SimpleNamespace
):
    with search.database.write() as session:
        made = factories.experiment(session, name="One bad trial", max_trials=40)
        for number in range(1, 10):
            factories.completed_trial(session, made, number, 2 + number / 100, units_1=number + 1)
        factories.completed_trial(session, made, 10, 70.0, units_1=50)

    look.goto(f"/experiments/{made.id}")
    close_up = look.get_by_role("button", name="close-up")

    expect(close_up).to_have_attribute("aria-pressed", "true")

    legend = look.locator("#chart-objective .legendtext")

    expect(legend.filter(has_text="above")).to_have_count(1)

    ticks = look.locator("#chart-objective .ytick text")

    assert max(float(tick) for tick in ticks.all_text_contents()) < 3

    look.get_by_role("group", name="Scale of the objective").get_by_role(
        "button", name="linear"
    ).click()

    expect(legend.filter(has_text="above")).to_have_count(0)
    assert max(float(tick) for tick in ticks.all_text_contents()) > 50

    close_up.click()

    expect(legend.filter(has_text="above")).to_have_count(1)

    look.goto(f"/experiments/{search.experiment}")
    look.locator("#chart-objective .points path").first.wait_for()

    expect(close_up).to_be_hidden()  # nothing is squeezed there


def test_charts_take_the_colours_of_the_scheme_as_it_changes(look: Page, search: SimpleNamespace):
    look.emulate_media(color_scheme="light")
    look.goto(f"/trials/{search.judged}")
    title = look.locator("#chart-losses .xtitle")

    expect(title).to_have_css("fill", "rgb(27, 37, 41)")

    look.emulate_media(color_scheme="dark")

    expect(title).to_have_css("fill", "rgb(230, 234, 235)")


def test_the_best_point_of_the_chart_lies_above_the_line_and_leads_to_its_trial(
    look: Page, search: SimpleNamespace
):
    look.goto(f"/experiments/{search.experiment}")
    points = look.locator("#chart-objective .points path")
    points.first.wait_for()
    look.locator("#chart-objective").scroll_into_view_if_needed()
    box = points.nth(6).bounding_box()  # trial 7: the first of the best ones
    look.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    expect(look.locator("#chart-objective .hovertext").first).to_contain_text("trial 7: 1")

    look.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    expect(look.get_by_role("heading", name="Trial 7")).to_be_visible()


def test_the_table_behind_a_chart_leads_to_the_trials_and_is_a_csv(
    look: Page, search: SimpleNamespace
):
    look.goto(f"/experiments/{search.experiment}")
    numbers = look.locator("#numbers-chart-objective")
    numbers.get_by_text("Numbers as a table").press("Enter")

    expect(numbers.locator("caption")).to_contain_text("Objective")
    with look.expect_download() as download:
        numbers.get_by_role("button", name="Download as CSV").click()
    lines = download.value.path().read_text().splitlines()
    heads = [text.strip('"') for text in lines[0].split(",")]
    assert heads[:2] == ["trial", "best so far"]
    assert dict(zip(heads, lines[7].split(","), strict=True))["completed"] == "1"
    numbers.get_by_role("link", name="7", exact=True).click()

    expect(look.get_by_role("heading", name="Trial 7")).to_be_visible()


def test_ticks_stay_through_sorting_paging_and_news_and_end_at_six(
    look: Page, search: SimpleNamespace
):
    look.goto(f"/experiments/{search.experiment}?size=20&sort=number")
    tray = look.locator("#tray")

    expect(tray.get_by_role("button", name="Compare")).to_be_hidden()

    for number in (3, 7):
        look.get_by_role("checkbox", name=f"Compare trial {number}", exact=True).check()

    expect(look).to_have_url(re.compile(r"picked=3,7$"))
    expect(tray).to_contain_text("2 selected")

    look.get_by_role("link", name="objective", exact=True).click()
    expect(look.locator("#trial-rows th[aria-sort]")).to_contain_text("objective")
    for number in (5, 12, 18):
        look.get_by_role("checkbox", name=f"Compare trial {number}", exact=True).check()
    look.get_by_role("link", name="Next ›").click()
    expect(look.locator("#trial-rows .pager")).to_contain_text("Page 2 of 2")
    end_epoch(search)
    look.get_by_role("checkbox", name="Compare trial 6", exact=True).check()
    other = look.get_by_role("checkbox", name="Compare trial 13", exact=True)

    expect(look).to_have_url(re.compile(r"picked=3,7,5,12,18,6\b"))
    expect(tray).to_contain_text("6 selected")
    expect(tray).to_contain_text("At most 6 trials are compared at once: untick one first.")
    expect(other).to_be_disabled()
    expect(other).to_have_attribute("title", re.compile("untick one first"))

    look.get_by_role("checkbox", name="Compare trial 6", exact=True).uncheck()

    expect(other).to_be_enabled()

    tray.get_by_role("button", name="Compare").click()

    expect(look.get_by_label("Trials")).to_have_value("3, 7, 5, 12, 18")

    look.go_back()
    look.get_by_role("link", name="Clear").click()

    expect(look.locator("#trial-rows input:checked")).to_have_count(0)
    expect(tray.get_by_role("button", name="Compare")).to_be_hidden()


def test_without_javascript_the_pages_read_and_offer_to_be_refreshed(
    chromium: Browser, search: SimpleNamespace
):
    context = chromium.new_context(java_script_enabled=False, base_url=search.address)
    page = context.new_page()
    page.goto(f"/experiments/{search.experiment}?search=units_1<=3")

    expect(page.locator("#trial-rows tbody.trials tr")).to_have_count(2)
    expect(page.get_by_role("button", name="log")).to_be_hidden()

    page.get_by_role("link", name="Refresh it").click()

    expect(page.locator("#trial-rows tbody.trials tr")).to_have_count(2)

    context.close()


def test_an_experiment_is_one_screen_whose_address_changes_without_loading_it_anew(
    look: Page, search: SimpleNamespace
):
    look.goto(f"/experiments/{search.experiment}?search=units_1>=2")
    look.locator("#chart-objective .points path").first.wait_for()
    look.evaluate("() => { window.isSamePage = true; }")
    measure = """() => {
      const box = document.querySelector(".trial-scroll");
      box.scrollTop = 300;
      const top = (element) => Math.round(element.getBoundingClientRect().top);
      return {
        bottom: box.getBoundingClientRect().bottom,
        width: document.documentElement.scrollWidth,
        scrolled: box.scrollTop,
        gap: top(box.querySelector("thead th")) - top(box),
        heights: [...box.querySelectorAll("tbody.trials tr")].map((row) => row.offsetHeight),
      };
    }"""
    measured = look.evaluate(measure)
    rows = look.locator("#trial-rows tbody.trials tr")

    assert measured["bottom"] <= 900
    assert measured["width"] <= 1400
    assert set(measured["heights"]) == {28}
    assert measured["scrolled"] > 0
    assert measured["gap"] == 0

    event = "new CustomEvent('foretune:query', {detail: {search: 'units_1 >= 24', page: null}})"
    look.evaluate(f"() => document.dispatchEvent({event})".replace(" >= ", ">="))

    expect(look).to_have_url(re.compile(r"search=units_1%3E%3D24$"))
    expect(rows).not_to_have_count(len(measured["heights"]))
    found = rows.count()
    expect(look.locator("#search")).to_have_value("units_1>=24")

    look.locator("#search").fill("units_1>=25")
    look.keyboard.press("Enter")
    expect(rows).to_have_count(found - 1)
    look.get_by_role("link", name="duration").click()
    expect(look.locator("#trial-rows th[aria-sort]")).to_contain_text("duration")
    look.get_by_role("link", name="What comes next", exact=True).click()

    expect(look.locator("#tab-future")).to_be_visible()
    expect(look).to_have_url(re.compile("search=units_1%3E%3D25&sort=duration&tab=future"))
    assert look.evaluate("() => window.isSamePage")


def test_a_row_opens_beside_the_table_and_stays_through_news_and_reloading(
    look: Page, search: SimpleNamespace
):
    look.goto(f"/experiments/{search.experiment}?sort=number")
    panel = look.locator("#panel")
    look.locator("#trial-rows tbody.trials tr").nth(6).locator("td").nth(2).click()

    expect(panel.get_by_role("heading", name="Trial 7")).to_be_visible()
    expect(panel).to_be_focused()
    expect(panel.locator("#panel-losses .main-svg").first).to_be_visible()
    expect(look).to_have_url(re.compile("sort=number&trial=7$"))

    look.locator("#panel-losses").evaluate("(chart) => { window.drawn = chart; }")
    look.keyboard.press("j")
    expect(panel.get_by_role("heading", name="Trial 8")).to_be_visible()
    look.keyboard.press("k")
    look.keyboard.press("k")
    expect(panel.get_by_role("heading", name="Trial 6")).to_be_visible()
    expect(look.locator("#trial-rows tr.open a[aria-current]")).to_have_text("6")
    assert look.evaluate("() => window.drawn === document.getElementById('panel-losses')")

    look.locator("#chart-objective").evaluate("(chart) => { window.history_ = chart; }")
    number = end_epoch(search)
    expect(look.locator("#running")).to_contain_text(f"epoch {number} of 50", timeout=SOON)
    expect(panel.get_by_role("heading", name="Trial 6")).to_be_visible()
    assert look.evaluate("() => history_ === document.getElementById('chart-objective')")

    look.reload()
    expect(panel.get_by_role("heading", name="Trial 6")).to_be_visible()
    look.keyboard.press("Escape")

    expect(panel).to_be_hidden()
    expect(look).to_have_url(re.compile("sort=number$"))


@pytest.mark.parametrize(("width", "scheme"), VARIANTS)
def test_the_pages_of_a_search_fit_the_screen_and_pass_axe(
    chromium: Browser, search: SimpleNamespace, width: int, scheme: str
):
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    experiment = f"/experiments/{search.experiment}"
    trials = [f"/trials/{trial}" for trial in (search.judged, search.failed, search.running)]
    pages = ["/comparison?trials=1,2,3&pin=2", "/baselines", "/report.html", "/importance"]
    for path in ("/experiments", experiment, *trials, *[experiment + name for name in pages]):
        page.goto(search.address + path)
        for chart in page.locator(".chart").all():
            expect(chart.locator(".main-svg").first).to_be_visible()
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width, path
        assert serious_findings(page) == [], path
    context.close()


def test_one_click_downloads_the_best_model_as_soon_as_a_worker_has_packed_it(
    look: Page, search: SimpleNamespace
):
    with search.database.write() as session:
        session.merge(Worker(id="packer", hostname="here", pid=1, slots=1))
    look.goto(f"/experiments/{search.experiment}")
    look.get_by_role("button", name="Download the best model").click()

    expect(look.locator("#best")).to_contain_text("is being packed and checked", timeout=SOON)

    with look.expect_download() as download, search.database.write() as session:
        claim = artifacts.claim_bundle(session)
        artifacts.complete_bundle(session, claim.token, b"PK a zip")

    assert Path(download.value.path()).read_bytes() == b"PK a zip"
    expect(look.get_by_role("link", name="Download the best model")).to_be_visible()
    assert "#" not in look.url

    with search.database.write() as session:
        session.get_one(Worker, "packer").stopped_at = now()


def test_a_page_that_is_open_says_when_the_database_is_gone_and_when_it_is_back(
    chromium: Browser, search, tmp_path
):
    page = chromium.new_context(viewport={"width": 1400, "height": 900}).new_page()
    page.goto(f"{search.address}/experiments/{search.experiment}")
    file = search.database.file
    away = file.rename(tmp_path / "away.db")
    banner = page.get_by_role("alert")

    expect(banner).to_contain_text(f"The database {file} is gone: put it back", timeout=5 * SOON)
    expect(page.get_by_role("heading", name="A search that runs")).to_be_visible()

    away.rename(file)

    expect(banner).to_have_count(0, timeout=5 * SOON)

    page.context.close()


def test_a_browser_notifies_once_when_a_watched_search_ends_though_nobody_looks(
    look: Page, search: SimpleNamespace
):
    with search.database.write() as session:
        made = factories.experiment(session, name="A watched search")
        made.state = ExperimentState.RUNNING
        session.flush()
        experiment_id = made.id
    look.add_init_script(
        "window.notified = [];"
        "window.Notification = class { static permission = 'default';"
        " static async requestPermission() { return (this.permission = 'granted'); }"
        " constructor(title, { body }) { window.notified.push(`${title}: ${body}`); }"
        " addEventListener() {} };"
    )
    look.goto(f"{search.address}/experiments/{experiment_id}")
    button = look.get_by_role("button", name="Notify me")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    look.evaluate("() => Object.defineProperty(document, 'hidden', { get: () => true })")

    with search.database.write() as session:
        ended = session.get_one(Experiment, experiment_id)
        ended.state = ExperimentState.COMPLETED
        ended.finished_at = now()

    expect(button).to_have_count(0, timeout=5 * SOON)
    look.wait_for_timeout(SOON)
    assert look.evaluate("() => window.notified") == ["A watched search: The search is finished."]


def test_a_failure_and_a_new_best_are_said_one_after_the_other(look: Page, search: SimpleNamespace):
    look.clock.install()
    with look.expect_response("**/experiments/*/live*"):
        look.goto(f"/experiments/{search.experiment}")
    with search.database.write() as session:
        made = session.get_one(Experiment, search.experiment)
        factories.completed_trial(session, made, 38, 0.5, units_1=60)
        factories.trial(session, made, 39, units_1=61).state = TrialState.FAILED

    expect(look.locator("#said")).to_have_text("2 trials have failed.", timeout=SOON)

    look.clock.fast_forward(10_000)

    best = re.compile(r"^Trial 38 is the best so far with a validation RMSE of [\d.]+\.$")
    expect(look.locator("#said")).to_have_text(best, timeout=SOON)


def test_a_filter_is_suggested_checked_and_added_to_by_cells(look: Page, search: SimpleNamespace):
    look.goto(f"/experiments/{search.experiment}?sort=number")
    field = look.get_by_role("combobox", name="Filter")
    options = look.locator("#search-options").get_by_role("option")
    rows = look.locator("#trial-rows [data-filter^='state']")
    count = look.locator("#filter-count")
    expect(rows.first).to_be_visible()
    total = rows.count()

    field.press_sequentially("smoke or valid")
    for first_option, steps in (("validation RMSE", 1), ("=", 3)):
        expect(options.first).to_have_text(first_option)
        for _ in range(steps):
            field.press("ArrowDown")
        field.press("Enter")
    expect(field).to_have_value("smoke or validation RMSE < ")
    field.press_sequentially("abc")
    field.press("Enter")

    message = look.get_by_role("alert")
    expect(message).to_contain_text('takes a number, not "abc" (character 28).')
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(rows).to_have_count(total)
    assert "search=" not in look.url
    assert look.evaluate("getSelection().toString()") == "abc"

    field.press_sequentially("2.5 and cel = lsmt")
    field.press("Enter")
    message.get_by_role("button", name="cell", exact=True).click()
    field.press("Enter")
    message.get_by_role("button", name="lstm").click()
    field.press("Enter")

    expect(count).to_contain_text(f" of {total} trials")
    found = rows.count()
    assert 0 < found < total
    expect(count).to_contain_text(f"{found} of {total} trials")
    expect(look.locator("#search-said")).to_have_text(f"{found} of {total} trials match")
    expect(message).to_have_count(0)

    adder = look.locator("#add-filter")
    adder.focus()
    for _ in range(2):
        look.keyboard.press("ArrowDown")
    for _ in range(3):
        look.keyboard.press("ArrowRight")
    expect(adder).to_have_attribute("aria-label", re.compile("epochs_trained"))
    look.keyboard.press("Enter")

    expect(field).to_have_value(
        "(smoke or validation RMSE < 2.5 and cell = lstm) and epochs_trained = 3"
    )
    expect(adder).to_be_focused()
    look.locator("#trial-rows [data-filter='units_1 = 8']").hover()
    expect(adder).to_have_attribute("title", "Filter: epochs_trained = 3")
    look.locator("#search-help summary").click()
    assert Axe().run(look, "#filter").response["violations"] == []
    look.get_by_text("Views").click()
    look.get_by_label("Save this view as").fill("Good")
    look.get_by_role("button", name="Save view").click()
    look.get_by_role("link", name="Clear").click()
    expect(count).to_have_text(f"{total} trials")
    expect(field).to_have_value("")
    look.get_by_text("Views").click()
    look.get_by_role("link", name="Good").click()

    expect(count).to_contain_text(f"{found} of {total} trials")
