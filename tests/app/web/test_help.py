"""What the headings of tables mean."""

import re
from pathlib import Path

from app.domain.search_space.catalogue import CATALOGUE
from app.web.help import GLOSSARY, HELP, find_help, make_slug
from app.web.views.experiment_table import COLUMNS
from app.web.views.trial_table import MEASURES, MORE_MEASURES, NUMBER_COLUMN, STATE_COLUMN

HEADING = re.compile(r'\bheading\("([^"]+)", ')
DESIGN_WORDS = (
    "Dataset Experiment Search-space Hyperparameter Strategy Pruning Trial Training Epoch "
    "Objective Forecast Baseline Skill Diagnosis Custom-model Warm-start Bundle State Worker"
)


def test_each_column_of_trials_and_experiments_has_help():
    columns = (NUMBER_COLUMN, STATE_COLUMN, *MEASURES, *MORE_MEASURES, *COLUMNS)
    titles = [column.title for column in columns]

    assert [title for title in titles if title and find_help(title) is None] == []


def test_each_heading_that_offers_help_has_some():
    templates = [path.read_text() for path in Path("templates").rglob("*.html")]
    titles = {title for text in templates for title in HEADING.findall(text)}

    assert len(titles) > 20
    assert [title for title in titles if find_help(title) is None] == []


def test_help_says_on_which_part_a_score_was_measured():
    on_test = find_help("test RMSE")
    on_validation = find_help("MASE on validation")

    assert on_test is not None
    assert on_test.text.endswith("It decides nothing.")
    assert on_test.anchor == "rmse"
    assert on_validation is not None
    assert "on the validation part" in on_validation.text


def test_a_hyperparameter_is_explained_by_its_catalogue_alone():
    found = find_help("units_1", CATALOGUE)

    assert found is not None
    assert "more units learn more" in found.text
    assert find_help("units_1") is None


def test_help_leads_to_words_that_the_glossary_has():
    anchors = {term.anchor for term in GLOSSARY}

    assert {make_slug(term) for _, term in HELP.values()} - anchors - {""} == set()
    assert {make_slug(word) for word in DESIGN_WORDS.split()} - anchors == set()
