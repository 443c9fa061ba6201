"""Which pages are looked at."""

from playwright.sync_api import Page

from tests.screenshots.product import ROOT, find_best_trial, list_trials

TABS = ("curves", "importance", "parallel", "contour", "timeline", "pareto", "shrinking")
NOT_FOUND = "/nowhere"


def list_pages(page: Page) -> dict[str, str]:
    """Addresses by name. Pages that this version does not have are left out."""
    best = list_trials(page)[:3]
    numbers = ",".join(str(trial["number"]) for trial in best)
    ids = ",".join(str(trial["id"]) for trial in best)
    paths = {
        "experiments": "/experiments",
        "experiment": "/experiments/1",
        **{f"experiment-{tab}": f"/experiments/1?tab={tab}" for tab in list_tabs(page)},
        "side-panel": f"/experiments/1?trial={best[0]['number']}",
        "picked": f"/experiments/1?picked={numbers}",
        "form": "/experiments/new",
        "form-example": "/experiments/new?preset=quick-look",
        "trial": find_best_trial(page),
        "comparison": f"/experiments/1/comparison?trials={numbers}&pin={best[1]['number']}",
        "comparison-across": f"/comparison?trials={ids}",
        "importance": "/experiments/1/importance",
        "baselines": "/experiments/1/baselines",
        "report": "/experiments/1/report.html",
        "delete": "/experiments/delete?experiments=1",
        "datasets": "/datasets",
        "dataset": "/datasets/1",
        "upload": upload_sample(page),
        "glossary": "/glossary",
        "api": "/docs",
    }
    found = {name: path for name, path in paths.items() if page.request.get(path).status < 400}
    return {**found, "not-found": NOT_FOUND}


def list_tabs(page: Page) -> list[str]:
    """The tabs that an experiment's page has."""
    tabs = []
    for tab in TABS:
        text = page.request.get(f"/experiments/1?tab={tab}").text()
        if f'id="tab-{tab}"' in text:
            tabs.append(tab)
    return tabs


def upload_sample(page: Page) -> str:
    """Upload a file; the address of the page that asks whether it reads right."""
    page.goto("/datasets")
    page.set_input_files("#file", ROOT / "app" / "samples" / "ibm.csv")
    page.wait_for_url("**/uploads/*")
    return page.url
