"""What axe finds on a page, by the rules of WCAG 2.2 AA and its own best practices."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
SERIOUS = ("serious", "critical")


def run_axe(page: Page) -> list[dict[str, Any]]:
    """Each violated rule, with its impact and the elements that violate it."""
    options = {"runOnly": {"type": "tag", "values": TAGS}}
    violations: list[dict[str, Any]] = Axe().run(page, options=options).response["violations"]
    return violations


def serious_findings(page: Page) -> list[str]:
    """The rules of which a violation is serious or critical, each with an example."""
    return [
        f"{one['id']}: {one['nodes'][0]['html']}"
        for one in run_axe(page)
        if one["impact"] in SERIOUS
    ]
