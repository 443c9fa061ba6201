"""The form that the default search fills."""

from app.domain.split import Split
from app.services import default_searches
from app.web.forms.default_search import default_fields
from tests import factories


def test_the_fields_say_the_whole_search(database):
    with database.write() as session:
        dataset = factories.dataset(session)
        search = default_searches.of_dataset(session, dataset, Split())

        fields = default_fields(dataset, search)

    assert fields["budget_minutes"] == "2"
    assert fields["max_trials"] == str(search.max_trials)
    assert fields["space.cell.choices"] == "lstm, gru"
    assert "name" not in fields
