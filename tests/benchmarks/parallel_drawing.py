"""How long parallel coordinates of many trials take in a browser: the first drawing, and a brush.

    python -m tests.benchmarks.parallel_drawing [--trials 5000] [--rounds 10] [--data FOLDER]

Headless Chromium opens the tab anew each round, without a cache. The first drawing is counted from
the start of the navigation to the frame after the lines are in the page; so page, scripts and data
count. A brush is counted from the release of the pointer to the frame after the lines that the
table's filter finds are drawn.
"""

import argparse
import os
import statistics
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.benchmarks.large import prepared, served
from tests.browser.chromium import opened

PATH = "/experiments/1?tab=parallel"
AXIS = 1
WATCH = """
window.moments = {};
const keep = (name) => (moments[name] ??= performance.now());
const note = (name) => requestAnimationFrame(() => setTimeout(() => keep(name)));
addEventListener("pointerup", () => keep("released"), true);
new MutationObserver(() => {
  if (document.querySelector("#chart-parallel .line[d]")) note("drawn");
  if (document.getElementById("parallel-count")?.textContent.includes("finds")) note("found");
}).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
"""


def brush(page: Page) -> None:
    """Drag over the middle of an axis."""
    box = page.locator(".axis .area").nth(AXIS).bounding_box()
    assert box is not None
    x = box["x"] + box["width"] / 2
    page.mouse.move(x, box["y"] + 0.4 * box["height"])
    page.mouse.down()
    page.mouse.move(x, box["y"] + 0.6 * box["height"])
    page.mouse.up()


def visit(browser: Browser, address: str) -> tuple[float, float]:
    """Milliseconds to the first drawing, and from a brush to the lines it finds."""
    context = browser.new_context(base_url=address, viewport={"width": 1400, "height": 900})
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(PATH, wait_until="commit")
    page.wait_for_selector("#chart-parallel .line[d]", state="attached", timeout=60_000)
    page.wait_for_timeout(1000)
    brush(page)
    page.wait_for_timeout(3000)
    moments = page.evaluate("moments")
    context.close()
    return moments["drawn"], moments["found"] - moments["released"]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--data", type=Path, default=None)
    options = parser.parse_args()
    drawn = []
    found = []
    with (
        prepared(options.data, options.trials, 3) as settings,
        served(settings) as (host, _),
        opened() as browser,
    ):
        visit(browser, f"http://{host}")  # a first one warms up
        for _ in range(options.rounds):
            first, second = visit(browser, f"http://{host}")
            drawn.append(first)
            found.append(second)
    print(
        f"{options.trials:,} trials: drawn after {statistics.median(drawn):.0f} ms "
        f"({min(drawn):.0f} to {max(drawn):.0f}), a brush shows what it finds after "
        f"{statistics.median(found):.0f} ms ({min(found):.0f} to {max(found):.0f}); "
        f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    )


if __name__ == "__main__":
    main()
