"""Where dates are missing in a series, in words."""

from app.domain.csv_reading.dates.rhythm import Rhythm
from app.services.wording import count_nouns
from app.web.charts.gaps import MAX_SHADED_GAPS
from app.web.charts.numbers import iso_dates


def describe_gaps(rhythm: Rhythm) -> str:
    """How many gaps there are, the longest one, and what the chart shades; empty without any."""
    gaps = rhythm.gaps
    if gaps is None or not len(gaps):
        return ""
    longest = gaps[int((gaps[:, 1] - gaps[:, 0]).argmax())]
    first, last = [text.replace("T", " ").removesuffix(":00") for text in iso_dates(longest)]
    text = (
        f"{count_nouns(len(gaps), 'gap')}, where dates are missing "
        f"({rhythm.frequency}; the longest is between {first} and {last})"
    )
    if len(gaps) > MAX_SHADED_GAPS:
        return f"{text}. The {MAX_SHADED_GAPS} longest are shaded."
    return f"{text}, shaded in the chart."
