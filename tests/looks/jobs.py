"""What the first user wants to do, done in the browser, with each click counted."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Locator, Page

from tests.screenshots.product import list_trials

LONGEST_MILLISECONDS = 60_000


@dataclass
class Effort:
    """What a job takes."""

    clicks: int = 0
    seconds: float = 0.0

    def click(self, locator: Locator) -> None:
        locator.click(timeout=LONGEST_MILLISECONDS)
        self.clicks += 1


Job = Callable[[Page, Effort], None]


def measure(page: Page, job: Job) -> Effort:
    """Do a job from its first page on; the time of loading that page counts."""
    effort = Effort()
    start = time.perf_counter()
    job(page, effort)
    effort.seconds = time.perf_counter() - start
    stop_search(page)
    page.context.close()
    return effort


def stop_search(page: Page) -> None:
    """Stop the search whose page a job has led to: it would slow down what is looked at next."""
    address = re.search(r"/experiments/(\d+)$", page.url)
    if address and address[1] != "1":
        page.request.post(f"/api/experiments/{address[1]}/stop")


def start_default_search(page: Page, effort: Effort) -> None:
    page.goto("/datasets/1")
    effort.click(page.get_by_role("button", name="Start the default search"))
    page.wait_for_url(re.compile(r"/experiments/\d+"))


def start_from_form(page: Page, effort: Effort) -> None:
    page.goto("/datasets/1")
    effort.click(page.get_by_role("link", name="See or change it first"))
    effort.click(page.locator("#start-bar").get_by_role("button", name=re.compile("^Start")))
    page.wait_for_url(re.compile(r"/experiments/\d+"))


def compare_two_best(page: Page, effort: Effort) -> None:
    """Sorts the table first where the two best trials are not its first."""
    best = {str(trial["number"]) for trial in list_trials(page)[:2]}
    page.goto("/experiments/1")
    ticks = page.locator("#trial-rows input[name=trials]")
    if {ticks.nth(index).input_value() for index in (0, 1)} != best:
        effort.click(page.locator("#trial-rows thead").get_by_role("link", name="objective").first)
        page.wait_for_url("**sort=**")
    effort.click(ticks.nth(0))
    effort.click(ticks.nth(1))
    effort.click(page.get_by_role("button", name=re.compile("^Compare")).last)
    page.wait_for_url("**/comparison**")


def download_best_model(page: Page, effort: Effort) -> None:
    page.goto("/experiments/1")
    with page.expect_download(timeout=LONGEST_MILLISECONDS):
        effort.click(page.get_by_role("link", name=re.compile("^Download")).first)


JOBS: tuple[tuple[str, Job, str], ...] = (
    ("a search from the dataset's page", start_default_search, "1-2"),
    ("the same through the form", start_from_form, "1-2"),
    ("compare the two best trials", compare_two_best, "2"),
    ("download the best model", download_best_model, "1"),
)
