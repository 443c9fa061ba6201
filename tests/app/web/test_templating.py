"""How pages write numbers, times and addresses."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from markupsafe import Markup

from app.web import formats, templating
from tests.clock import now


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "0"),
        (0.012345, "0.01235"),
        (12.3456, "12.35"),
        (1234.5678, "1,235"),
        (-0.5, "-0.5000"),
        (0.00001, "1e-05"),
        (2.5e12, "2.5e+12"),
        (None, "–"),
        (math.nan, "–"),
        (math.inf, "–"),
    ],
)
def test_numbers_have_four_significant_digits(amount, text):
    assert templating.number(amount) == text


@pytest.mark.parametrize(
    ("fraction", "text"),
    [
        (0.1234, "12.3 %"),
        (-0.0001, "0.0 %"),
        (-23.739, "-2,374 %"),
        (9.99, "999.0 %"),
        (None, "–"),
        (math.nan, "–"),
    ],
)
def test_fractions_are_percentages_without_false_precision(fraction, text):
    assert templating.percent(fraction) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.04, "0.0 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (59.6, "1 min 0 s"),
        (3599, "59 min 59 s"),
        (7440, "2 h 4 min"),
        (50 * 3600, "2 days 2 h"),
        (None, "–"),
        (math.inf, "–"),
    ],
)
def test_durations_have_units_that_are_easy_to_read(seconds, text):
    assert templating.duration(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.2, "1 s"),
        (7.4, "7 s"),
        (41.37, "40 s"),
        (58, "1 min"),
        (185, "3 min"),
        (1630, "25 min"),
        (8900, "2.5 h"),
        (60 * 3600, "2 days"),
        (None, "–"),
        (math.inf, "–"),
    ],
)
def test_estimates_are_as_round_as_they_are_uncertain(seconds, text):
    assert templating.estimate(seconds) == text


@pytest.mark.parametrize(
    ("fraction", "text"),
    [(0.0012345, "0.123 %"), (0.012345, "1.23 %"), (0.12345, "12.3 %"), (2.5, "250 %")],
)
def test_relative_errors_have_three_digits(fraction, text):
    assert templating.percent_error(fraction) == text
    assert templating.format_cell(fraction, "relative") == text


@pytest.mark.parametrize(
    ("skill", "tone"),
    [(0.2, "good-text"), (-0.2, "bad-text"), (0.009, "faint"), (-0.009, "faint"), (None, "faint")],
)
def test_a_skill_near_nothing_is_neither_good_nor_bad(skill, tone):
    assert templating.tone(skill) == tone


@pytest.mark.parametrize(
    ("past", "text"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1, seconds=1), "1 minute ago"),
        (timedelta(hours=5), "5 hours ago"),
        (timedelta(days=2), "2 days ago"),
    ],
)
def test_times_are_said_by_how_long_ago(past, text):
    assert formats.ago(now() - past, now()) == text


def test_times_carry_their_utc_for_scripts_and_for_whoever_points_at_them():
    at = datetime(2026, 11, 28, 18, 2, 5, tzinfo=UTC)

    absolute = formats.show_time(at)
    relative = formats.show_age(at, at + timedelta(hours=2))

    utc = "2026-11-28 18:02:05 UTC"
    attributes = f'datetime="2026-11-28T18:02:05Z" title="{utc}"'
    assert absolute == f"<time {attributes} data-local>{utc}</time>"
    assert relative == f"<time {attributes}>2 hours ago</time>"
    assert formats.show_time(None) == formats.show_age(None, at) == "–"


def test_sizes_have_units():
    sizes = [templating.size(amount) for amount in (None, 12, 1500, 2_500_000)]

    assert sizes == ["–", "12 bytes", "1.5 kB", "2.5 MB"]


def test_values_of_hyperparameters_are_short():
    values = (True, False, 0.00012346, 32, "lstm", None)

    texts = [templating.value(value) for value in values]

    assert texts == ["yes", "no", "0.0001235", "32", "lstm", "–"]


def test_addresses_of_our_files_change_with_their_content():
    stylesheet = templating.static_url("app.css")
    script = templating.static_url("live.js")

    assert stylesheet.startswith("/static/app.css?v=")
    assert stylesheet != script.replace("live.js", "app.css")


@pytest.mark.parametrize(
    ("content", "form", "text"),
    [
        (None, "number", "–"),
        (0.0123456, "number", "0.01235"),
        (1234, "count", "1,234"),
        (75.0, "duration", "1 min 15 s"),
        (0.25, "percent", '<span class="good-text">25.0 %</span>'),
        ("<b>", "text", "<b>"),
    ],
)
def test_a_cell_is_formatted_as_its_column_says(content, form, text):
    assert templating.format_cell(content, form) == text


def test_the_content_of_a_cell_is_no_markup():
    assert not isinstance(templating.format_cell("<b>", "text"), Markup)


def test_every_template_can_be_compiled_before_the_first_page():
    templates = templating.make_templates()

    templating.compile_templates(templates)

    assert templates.env.cache is not None
    assert len(templates.env.cache) == len(templates.env.list_templates()) > 30


def test_a_context_is_a_dataclass_or_a_mapping_whose_values_are_not_copied():
    @dataclass(frozen=True)
    class Context:
        numbers: list[int]

    numbers = [1, 2]

    of_dataclass = templating.context_values(Context(numbers))
    of_mapping = templating.context_values({"numbers": numbers})

    assert of_dataclass == of_mapping == {"numbers": numbers}
    assert of_dataclass["numbers"] is numbers
