"""The sample dataset in the browser's server, which other tests share."""

from playwright.sync_api import Page

from app.samples import IBM


def add_sample(page: Page) -> int:
    """Load the sample, if that has not been done yet. Returns its id."""
    page.request.post(f"/datasets/samples/{IBM.name}")
    listed = page.request.get("/api/datasets?size=200").json()["items"]
    return next(int(dataset["id"]) for dataset in listed if dataset["name"] == IBM.title)
