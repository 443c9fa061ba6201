"""What is checked of a page on a screen: axe, its width, its head, its headings, its focus."""

from dataclasses import dataclass
from itertools import pairwise

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.screenshots.product import Screen

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
SERIOUS = ("serious", "critical")
WALKED_WIDTHS = (1400, 420)
MAX_TAB_STOPS = 80
# Of the focused element: how it is covered, or why nobody sees that it has the focus.
FOCUS_PROBLEM = """() => {
  const element = document.activeElement;
  if (element === document.body) return null;
  const text = element.id || element.name || element.textContent.trim().slice(0, 30);
  const name = `${element.localName} ${text}`;
  const box = element.getBoundingClientRect();
  if (!box.width || !box.height) return "";
  const style = getComputedStyle(element);
  const isMarked = style.outlineStyle !== "none" || style.boxShadow !== "none";
  if (!isMarked) return `no visible focus: ${name}`;
  const places = [[0.5, 0.5], [0.1, 0.2], [0.9, 0.8], [0.1, 0.8], [0.9, 0.2]];
  const isSeen = places.some(([x, y]) => {
    const top = document.elementFromPoint(box.left + x * box.width, box.top + y * box.height);
    return top && (element.contains(top) || top.contains(element));
  });
  return isSeen ? "" : `covered or out of sight while it has the focus: ${name}`;
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
    findings += run_axe(page, name, label)
    if screen.color_scheme == "light" and screen.width in WALKED_WIDTHS:
        findings += [Finding(name, label, text) for text in walk_through(page)]
    return findings


def run_axe(page: Page, name: str, label: str) -> list[Finding]:
    options = {"runOnly": {"type": "tag", "values": TAGS}}
    violations = Axe().run(page, options=options).response["violations"]
    findings = []
    for violation in violations:
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
    """Press Tab from the top of a page to its end, and back: each stop is seen, with its mark."""
    problems: dict[str, None] = {}
    for key in ("Tab", "Shift+Tab"):
        for _ in range(MAX_TAB_STOPS):
            page.keyboard.press(key)
            problem = page.evaluate(FOCUS_PROBLEM)
            if problem is None:
                break
            if problem:
                problems[problem] = None
    return list(problems)
