"""The name of an experiment that was given none."""

import re

from app.domain.search_space.parameters import CATALOGUE
from app.web.forms.experiment import blank_fields
from app.web.forms.naming import suggest_name
from tests import factories


def test_a_name_says_the_dataset_what_is_searched_and_the_date(database):
    with database.write() as session:
        dataset_id = factories.dataset(session, name="w" * 150).id
    fields = blank_fields() | {"dataset_id": str(dataset_id)}
    for name in ("units_1", "learning_rate", "epochs", "cell"):
        fields[f"space.{name}.kind"] = "choice"

    with database.read() as session:
        name = suggest_name(session, fields, CATALOGUE)
        fixed = suggest_name(session, blank_fields(), CATALOGUE)

    assert re.fullmatch(r"w{100}: cell, units and 2 more, \d{4}-\d\d-\d\d", name)
    assert fixed.startswith("Search: one network, ")
