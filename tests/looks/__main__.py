"""Look at every page: `python -m tests.looks FOLDER [ADDRESS]`, in some ten minutes.

Takes pictures of each page into FOLDER, on two widths in light and dark, and prints what axe finds
and what else is wrong, and the clicks that the first user's jobs take. ADDRESS: of a product that
runs already, whose first experiment has finished; else one is started.
"""

import sys
from contextlib import nullcontext
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.chromium import opened
from tests.looks import checks, jobs
from tests.looks.checks import Finding
from tests.looks.pages import list_pages
from tests.screenshots.product import (
    Screen,
    open_page,
    started_product,
    take_picture,
    wait_for_search,
)

SEARCH_SECONDS = 60.0  # of training
SCREENS = tuple(
    Screen(width, scheme, f"-{width}-{scheme}")
    for width in (1400, 420, 320)
    for scheme in ("light", "dark")
)
PICTURED_WIDTHS = (1400, 420)


def main() -> None:
    """Look at everything, then print tables."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    product = nullcontext(sys.argv[2]) if len(sys.argv) > 2 else started_product(SEARCH_SECONDS)
    with product as address, opened() as browser:
        page = open_page(browser, address, SCREENS[0])
        wait_for_search(page)
        print_jobs(browser, address)
        findings: list[Finding] = []
        paths = list_pages(page)
        for screen in SCREENS:
            findings += look(browser, address, screen, paths, folder)
    print_findings(list(paths), findings)


def look(
    browser: Browser, address: str, screen: Screen, paths: dict[str, str], folder: Path
) -> list[Finding]:
    """Visit each page on one screen."""
    page = open_page(browser, address, screen)
    findings = []
    for name, path in paths.items():
        page.goto(path)
        checks.wait_until_drawn(page)
        found = checks.check_page(page, name, screen)
        print(f"{name}{screen.suffix}: {len(found)}", file=sys.stderr, flush=True)
        findings += found
        if screen.width in PICTURED_WIDTHS:
            take_picture(page, folder / f"{name}{screen.suffix}.png")
    page.context.close()
    return findings


def print_jobs(browser: Browser, address: str) -> None:
    """The clicks and seconds of each job, beside the clicks that are wanted."""
    print("| job | clicks | wanted | seconds |\n|---|---|---|---|")
    for title, job, wanted in jobs.JOBS:
        effort = jobs.measure(open_page(browser, address, SCREENS[0]), job)
        print(f"| {title} | {effort.clicks} | {wanted} | {effort.seconds:.1f} |", flush=True)


def print_findings(names: list[str], findings: list[Finding]) -> None:
    """axe's serious and critical findings by page and screen, then each finding once."""
    suffixes = [screen.suffix[1:] for screen in SCREENS]
    print("\naxe, serious or critical:\n")
    print("| page |", " | ".join(suffixes), "|")
    print("|---|" + "---|" * len(suffixes))
    for name in names:
        counts = [
            sum(
                finding.is_serious
                for finding in findings
                if (finding.page, finding.screen) == (name, suffix)
            )
            for suffix in suffixes
        ]
        print(f"| {name} |", " | ".join(map(str, counts)), "|")
    print(f"\n{len(findings)} findings:")
    for text in dict.fromkeys(f"- {finding.page}: {finding.text}" for finding in findings):
        screens = [
            finding.screen for finding in findings if f"- {finding.page}: {finding.text}" == text
        ]
        print(text, f"({', '.join(screens)})")


if __name__ == "__main__":
    main()
