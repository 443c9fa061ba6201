"""Run Foretune on an empty database, let the sample search finish, and take README's pictures."""

from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser.chromium import opened
from tests.screenshots.product import (
    ROOT,
    Screen,
    find_best_trial,
    open_page,
    started_product,
    take_picture,
    wait_for_search,
)

FOLDER = Path(__file__).parent
SEARCH_SECONDS = 60.0  # of training
DESKTOP = Screen(1400, "light", "")
SCREENS = (DESKTOP, Screen(1400, "dark", "-dark"), Screen(420, "light", "-narrow"))


def main() -> None:
    """Take every picture."""
    with started_product(SEARCH_SECONDS) as address, opened() as browser:
        take_pictures(browser, address)


def take_pictures(browser: Browser, address: str) -> None:
    """Wait for the end of the search, then picture each page on each screen."""
    page = open_page(browser, address, DESKTOP)
    wait_for_search(page)
    paths = {
        "experiments": "/experiments",
        "experiment": "/experiments/1",
        "trial": find_best_trial(page),
        "form": "/experiments/new?preset=quick-look",
        "dataset": "/datasets/1",
        "datasets": "/datasets",
        "importance": "/experiments/1/importance",
        "comparison": "/experiments/1/comparison",
    }
    for screen in SCREENS:
        page = open_page(browser, address, screen)
        for name, path in paths.items():
            page.goto(path)
            save_picture(page, name + screen.suffix)
    take_upload_picture(open_page(browser, address, DESKTOP))


def take_upload_picture(page: Page) -> None:
    """Picture the page that asks whether an upload was read right."""
    page.goto("/datasets")
    page.set_input_files("#file", ROOT / "app" / "samples" / "ibm.csv")
    page.get_by_role("heading", name="Does it read right?").wait_for()
    save_picture(page, "upload")


def save_picture(page: Page, name: str) -> None:
    take_picture(page, FOLDER / f"{name}.png")
    print(f"{name}.png")


if __name__ == "__main__":
    main()
