"""The chips of the search space, which open to a text box."""

import re

from playwright.sync_api import Locator, Page


def open_chip(page: Page, label: str) -> Locator:
    """The text box of a hyperparameter, opened where it is closed."""
    summary = page.locator(".space-row > summary").filter(
        has=page.locator("span:first-child", has_text=re.compile(f"^{re.escape(label)}$"))
    )
    field = page.get_by_label(label, exact=True)
    if not field.is_visible():
        fixed = page.locator("#fixed")
        if not summary.is_visible() and fixed.get_attribute("open") is None:
            page.locator("#fixed > summary").click()
        summary.click()
    return field
