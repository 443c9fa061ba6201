"""How an experiment was set up, in words."""

from app.web.views.setup_text import list_searched, list_setup
from tests import factories


def test_the_set_up_names_what_was_chosen_and_searched(database):
    space = {
        **factories.TINY,
        "units_1": {"integer": [2, 64]},
        "learning_rate": {"loguniform": [0.001, 0.1]},
        "cell": {"choice": ["lstm", "gru"]},
    }
    with database.write() as session:
        made = factories.experiment(session, space=space, time_budget_seconds=90, seed=7)

        setup = dict(list_setup(made, made.space, "1 row = one day"))
        searched = dict(list_searched(made.space))

    assert setup["Dataset"] == "walk, 120 rows, 2020-01-01 to 2020-04-29"
    assert setup["Split"] == "train 80 %, validation 10 %, test 10 %"
    assert (setup["Rows ahead"], setup["Seed"]) == ("1 row = one day", "7")
    assert setup["Time budget"] == "1 min 30 s"
    assert setup["Delivered model"] == "the best trial"
    assert searched == {
        "cell": "lstm, gru",
        "units_1": "integer 2 to 64",
        "learning_rate": "loguniform 0.001 to 0.1",
    }
