"""What README shows of the repository is what is there."""

import re
from pathlib import Path

from app.config import Settings
from app.domain.strategies import STRATEGIES

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def test_every_strategy_and_setting_has_its_row():
    rows = re.findall(r"^\| (.*?) \|", README, re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`([A-Za-z_-]+)`", row)}
    assert set(STRATEGIES) <= named
    assert {f"FORETUNE_{name.upper()}" for name in Settings.model_fields} <= named


def test_pictures_and_paths_exist():
    for path in re.findall(r"\]\((?!http)([^)#]+)\)", README):
        assert (ROOT / path).exists(), path


def test_readme_stays_short_enough_to_read():
    assert README.count("\n") <= 300
