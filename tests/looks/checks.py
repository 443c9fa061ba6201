"""What is checked of a page on a screen: axe, its width, its head, its headings, its focus."""

from dataclasses import dataclass
from itertools import pairwise

from playwright.sync_api import Page

from tests.browser.accessibility import SERIOUS, run_axe
from tests.screenshots.product import Screen

WALKED_WIDTHS = (1400, 420)
MAX_STOPS = 200
# What can have the focus, one by one: whether it is covered then, and whether its mark is seen.
FOCUS_PROBLEMS = """(most) => {
  const stops = "a[href], button, input, select, textarea, summary, [tabindex='0']";
  const isReachable = (one) => one.checkVisibility() && !one.disabled && one.tabIndex >= 0;
  const places = [[0.5, 0.5], [0.1, 0.2], [0.9, 0.8], [0.1, 0.8], [0.9, 0.2]];
  const problemOf = (element) => {
    element.focus();
    const text = element.id || element.name || element.textContent.trim().slice(0, 30);
    const name = `${element.localName} ${text}`;
    const box = element.getBoundingClientRect();
    if (!box.width || document.activeElement !== element) return "";
    const style = getComputedStyle(element);
    const isMarked = style.outlineStyle !== "none" || style.boxShadow !== "none";
    if (!isMarked) return `no mark of the focus: ${name}`;
    const isSeen = places.some(([x, y]) => {
      const top = document.elementFromPoint(box.left + x * box.width, box.top + y * box.height);
      return top && (element.contains(top) || top.contains(element));
    });
    return isSeen ? "" : `covered while it has the focus: ${name}`;
  };
  const found = [...document.querySelectorAll(stops)].filter(isReachable).slice(0, most);
  const problems = [...found, ...found.reverse()].map(problemOf);
  return [...new Set(problems)].filter(Boolean);
}"""
HEADINGS = """() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
  .filter((one) => one.checkVisibility()).map((one) => Number(one.localName[1]))"""


@dataclass(frozen=True)
class Finding:
    """Something wrong on a page. `screen`: such as "1400-light"."""

    page: str
    screen: str
    text: str
    is_serious: bool = False  # in the words of axe: serious or critical


def wait_until_drawn(page: Page) -> None:
    """Wait for charts and for what scripts add."""
    for chart in page.locator(".chart:visible").all():
        chart.locator(".main-svg").first.wait_for()
    page.wait_for_timeout(300)


def check_page(page: Page, name: str, screen: Screen) -> list[Finding]:
    """All that is wrong."""
    label = screen.suffix[1:]
    findings = [Finding(name, label, text) for text in check_frame(page, screen.width)]
    findings += list_violations(page, name, label)
    if screen.color_scheme == "light" and screen.width in WALKED_WIDTHS:
        findings += [Finding(name, label, text) for text in walk_through(page)]
    return findings


def list_violations(page: Page, name: str, label: str) -> list[Finding]:
    """What axe finds, of every impact."""
    findings = []
    for violation in run_axe(page):
        example = violation["nodes"][0]["html"][:120]
        text = f"{violation['id']} ({violation['impact']}): {example}"
        findings.append(Finding(name, label, text, violation["impact"] in SERIOUS))
    return findings


def check_frame(page: Page, width: int) -> list[str]:
    """The width, language, title, skip link and headings of a page."""
    problems = []
    widest = page.evaluate("document.documentElement.scrollWidth")
    if widest > width:
        problems.append(f"{widest} pixels wide")
    if page.evaluate("document.documentElement.lang") != "en":
        problems.append("no language")
    if "Foretune" not in page.title():
        problems.append(f"its title is “{page.title()}”")
    levels = page.evaluate(HEADINGS)
    if levels.count(1) != 1:
        problems.append(f"{levels.count(1)} headings of the first level")
    for level, next_level in pairwise(levels):
        if next_level > level + 1:
            problems.append(f"a heading h{next_level} after an h{level}")
    return problems


def walk_through(page: Page) -> list[str]:
    """Move the focus down a page and up again: each stop is seen, with its mark."""
    page.keyboard.press("Tab")  # from here on a page shows where the focus is
    problems: list[str] = page.evaluate(FOCUS_PROBLEMS, MAX_STOPS)
    return problems
