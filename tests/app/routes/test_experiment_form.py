"""The form for a new experiment: filled from presets and trials, checked, given back filled in."""

import re
from pathlib import Path

import pytest

from app.db.models import Experiment
from app.domain.presets import PRESETS
from app.domain.search_space.space import SearchSpace
from app.queue import workers
from app.web.forms.draft import ExperimentDraft
from app.web.forms.experiment import blank_fields
from app.web.forms.space_editor import new_space_fields, space_fields
from tests import factories
from tests.html_forms import fields_of


@pytest.fixture
def dataset_id(database):
    with database.write() as session:
        return factories.dataset(session, rows=600).id


@pytest.fixture
def form(dataset_id):
    space = new_space_fields(
        {"units_1": {"choice": [2, 3]}, "time_steps": 5, "batch_size": 16, "epochs": 2}
    )
    return (
        blank_fields()
        | space
        | {"name": "mine", "dataset_id": str(dataset_id), "strategy": "random", "max_trials": "4"}
    )


def test_without_a_dataset_the_form_says_to_get_one_first(client):
    page = client.get("/experiments/new")

    assert "First a series" in page.text


def test_a_good_form_starts_the_search_and_leads_to_its_page(client, database, form):
    answer = client.post("/experiments", data=form, follow_redirects=False)

    assert answer.status_code == 303
    assert answer.headers["location"] == "/experiments/1"
    with database.read() as session:
        created = session.get(Experiment, 1)
        assert created.space_document["units_1"] == {"choice": [2, 3]}
        assert created.name == "mine"
        assert created.strategy == "random"
        assert created.max_trials == 4
        assert created.seed == 0


@pytest.mark.parametrize("name", list(PRESETS))
def test_a_preset_fills_the_form_with_exactly_its_space(client, database, dataset_id, name):
    preset = PRESETS[name]
    fields = {"name": "x", "dataset_id": str(dataset_id)} | space_fields(preset.space)

    page = client.get("/experiments/new", params={"preset": name})
    with database.read() as session:
        draft = ExperimentDraft.from_form(
            session, blank_fields() | fields, Path("no-custom-models")
        )

    assert preset.title in page.text
    assert draft.problems == []
    expected = SearchSpace.parse(preset.space)
    parsed = SearchSpace.parse(draft.request.space)
    assert [dimension.document() for dimension in parsed.searched] == [
        dimension.document() for dimension in expected.searched
    ]
    assert parsed.size() == expected.size()


@pytest.fixture
def negative_id(database):
    """A dataset whose target has negative values."""
    with database.write() as session:
        return factories.dataset(session, content=factories.signed_csv(), name="change").id


def offered_targets(page):
    row = page[page.index('data-name="target"') :]
    return re.search(r'<span class="choices">Of ([^<]*)\.</span>', row)[1].split(", ")


def test_log_return_is_offered_where_every_target_value_is_positive(
    client, dataset_id, negative_id
):
    query = {"preset": "quick-look"}

    positive = client.get("/experiments/new", params=query | {"dataset": dataset_id}).text
    negative = client.get("/experiments/new", params=query | {"dataset": negative_id}).text

    assert offered_targets(positive) == ["level", "difference", "log_return"]
    assert offered_targets(negative) == ["level", "difference"]
    assert 'value="level, difference, log_return"' in positive
    assert "log_return" not in negative


def test_the_quick_look_starts_on_a_series_with_negative_values(client, database, negative_id):
    page = client.get("/experiments/new", params={"preset": "quick-look"}).text
    form = fields_of(page) | {"name": "quick", "dataset_id": str(negative_id)}

    answer = client.post("/experiments", data=form, follow_redirects=False)

    assert answer.status_code == 303
    with database.read() as session:
        space = session.get(Experiment, 1).space_document
        assert space["target"] == {"choice": ["level", "difference"]}
        assert (space["scaling"], space["shuffle"]) == ("standard", True)


def test_a_log_return_that_was_sent_stays_visible_beside_its_message(client, form, negative_id):
    answer = client.post(
        "/experiments",
        data=form | {"dataset_id": str(negative_id), "space.target.value": "log_return"},
    )

    assert answer.status_code == 422
    assert "which have no logarithm" in answer.text
    assert offered_targets(answer.text) == ["level", "difference", "log_return"]


def test_the_live_line_says_which_targets_the_chosen_dataset_allows(client, form, negative_id):
    before = client.post("/experiments/preview", data=form).json()
    after = client.post("/experiments/preview", data=form | {"dataset_id": str(negative_id)}).json()

    assert before["targets"] == ["level", "difference", "log_return"]
    assert after["targets"] == ["level", "difference"]


def test_a_new_form_has_the_defaults_of_new_experiments(client, dataset_id):
    page = client.get("/experiments/new").text

    fields = fields_of(page)
    assert fields["space.scaling.text"] == "standard"
    assert fields["space.shuffle.text"] == "true"


def test_minmax_and_no_shuffling_can_be_chosen_in_the_form(client, database, form):
    form |= {"space.scaling.value": "minmax", "space.shuffle.value": "false"}

    client.post("/experiments", data=form)

    with database.read() as session:
        space = session.get(Experiment, 1).space_document
        assert (space["scaling"], space["shuffle"]) == ("minmax", False)


def test_an_experiment_stored_without_scaling_and_shuffle_keeps_the_old_defaults(
    client, database, dataset_id
):
    with database.write() as session:
        old = factories.experiment(session, space={"units_1": 3})
        old.space_document = {"units_1": 3}

    page = client.get("/experiments/new", params={"experiment": 1}).text

    with database.read() as session:
        parameters = session.get(Experiment, 1).space.combination_at(0)
        assert (parameters["scaling"], parameters["shuffle"]) == ("minmax", False)
    fields = fields_of(page)
    assert fields["space.scaling.text"] == "minmax"
    assert fields["space.shuffle.text"] == "false"


def test_the_grid_of_81_has_81_combinations(client, form):
    fields = (
        form | space_fields(PRESETS["grid-81"].space) | {"strategy": "grid", "max_trials": "81"}
    )

    preview = client.post("/experiments/preview", data=fields).json()

    assert "81 combinations" in preview["size"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": "x" * 201}, "200 characters"),
        ({"max_trials": "many"}, "whole number"),
        ({"train": "80,5"}, "decimal point"),
        ({"train": "90"}, "add up"),
        ({"budget_minutes": "soon"}, "a number"),
        ({"space.units_1.choices": ""}, "at least one value"),
        ({"space.units_1.choices": "2, three"}, "three"),
        (
            {"space.learning_rate.kind": "loguniform", "space.learning_rate.low": "0.1"},
            "lowest and the highest",
        ),
        ({"space.dropout_1.when": "whenever"}, "condition"),
        ({"space.time_steps.value": "9999"}, "time_steps"),
        ({"space.stateful.value": "true", "space.shuffle.value": "true"}, "stateful"),
        ({"strategy": "manual", "points": "units_1=4\nunits 5"}, "Line 2"),
        ({"strategy": "manual", "points": ""}, "at least one point"),
        ({"dataset_id": "77"}, "not found"),
    ],
)
def test_a_bad_form_comes_back_filled_in_with_a_message_at_its_field(client, form, change, words):
    answer = client.post("/experiments", data=form | change)

    assert answer.status_code == 422
    assert words in answer.text
    assert 'role="alert"' in answer.text
    assert 'value="mine"' in answer.text or "name" in change
    assert 'value="2, 3"' in answer.text or "space.units_1.choices" in change


SIX_MISTAKES = {
    "name": "x" * 201,
    "max_trials": "0",
    "train": "80,5",
    "budget_minutes": "soon",
    "space.units_1.choices": "2, three",
    "pruning": "axe",
}


def test_every_mistake_is_told_at_once_at_its_field_and_counted_in_the_bar(client, form):
    page = client.post("/experiments", data=form | SIX_MISTAKES).text
    preview = client.post("/experiments/preview", data=form | SIX_MISTAKES).json()

    for name in ("name", "max_trials", "train", "budget_minutes", "space.units_1.kind", "pruning"):
        assert re.search(rf'id="{re.escape(name)}-error"[^>]*>[^<]+<', page), name
    assert re.search(r'<a id="preview-problems" href="#problems">\s*6 problems, show</a>', page)
    assert len(preview["problems"]) == 6
    assert preview["planned"] == ""


def test_the_first_button_of_the_form_updates_the_preview(client, dataset_id):
    page = client.get("/experiments/new").text

    form = page[page.index('id="experiment-form"') :]
    first_button = re.search(r"<button [^>]*>", form)[0]
    assert 'name="check"' in first_button


def test_a_preset_keeps_what_was_typed_and_can_be_undone(client, database, form):
    typed = form | {"name": "Typed", "horizon": "7", "budget_minutes": "3"}

    page = client.post("/experiments", data=typed | {"preset": "grid-81"}).text
    applied = fields_of(page)
    undone = fields_of(client.post("/experiments", data=applied | {"undo": "1"}).text)

    assert "The preset &#34;Grid of 81&#34; was applied:" in page
    assert (applied["name"], applied["horizon"], applied["budget_minutes"]) == ("Typed", "7", "3")
    assert (applied["strategy"], applied["max_trials"]) == ("grid", "81")
    assert applied["space.batch_size.text"] == "20, 30, 40"
    assert {name: undone[name] for name in typed if name in undone} == {
        name: text for name, text in typed.items() if name in undone
    }
    assert stored_experiments(database) == []


def test_another_dataset_gets_its_own_default_search_but_for_what_was_edited(
    client, database, dataset_id
):
    with database.write() as session:
        other_id = factories.dataset(session, rows=60, name="short").id
    form = fields_of(client.get("/experiments/new", params={"dataset": dataset_id}).text)
    form |= {"dataset_id": str(other_id), "max_trials": "33"}

    preview = client.post("/experiments/preview", data=form).json()
    page = client.post("/experiments", data=form).text

    fields = fields_of(page)
    expected = fields_of(client.get("/experiments/new", params={"dataset": other_id}).text)
    assert form["space.batch_size.text"] != expected["space.batch_size.text"]
    assert fields["space.batch_size.text"] == expected["space.batch_size.text"]
    assert fields["max_trials"] == "33"
    assert fields["derived_from"] == str(other_id)
    assert "was derived anew for short" in page
    assert "Kept, because you edited them: number of trials." in page
    assert (
        preview["filling"]["fields"]["space.batch_size.text"] == (expected["space.batch_size.text"])
    )
    assert stored_experiments(database) == []


def test_manual_points_are_one_a_line(client, database, form):
    form |= {"strategy": "manual", "points": "units_1=4 learning_rate=0.01\nunits_1=5\n"}

    answer = client.post("/experiments", data=form, follow_redirects=False)

    assert answer.status_code == 303
    with database.read() as session:
        points = session.get(Experiment, 1).points
        assert [point["units_1"] for point in points] == [4, 5]
        assert points[1]["time_steps"] == 5


def test_the_live_line_counts_samples_and_estimates(client, form):
    preview = client.post("/experiments/preview", data=form).json()

    assert preview["size"] == "2 combinations"
    assert len(preview["samples"]) == 3
    assert preview["time"]
    assert preview["problems"] == []


def test_the_live_line_names_the_field_of_a_problem(client, form):
    form |= {"space.units_1.choices": "0"}

    preview = client.post("/experiments/preview", data=form).json()

    field, _ = preview["problems"][0]
    assert field == "space.units_1.kind"


def test_checking_without_javascript_shows_the_line_and_starts_nothing(client, database, form):
    answer = client.post("/experiments", data=form | {"check": "1"})

    assert answer.status_code == 200
    assert "2 combinations" in answer.text
    with database.read() as session:
        assert session.query(Experiment).count() == 0


def test_a_trial_is_cloned_with_its_parameters_and_trained_longer(client, database):
    with database.write() as session:
        experiment = factories.experiment(session, name="first")
        trial = factories.completed_trial(session, experiment, 1, units_1=7)

    page = client.get("/experiments/new", params={"trial": trial.id}).text
    longer = client.get("/experiments/new", params={"trial": trial.id, "longer": "true"}).text

    assert 'value="first, trial 1, variation"' in page
    assert fields_of(page)["space.units_1.text"] == "7"
    assert fields_of(longer)["space.epochs.text"] == "4"


def test_a_clone_keeps_what_is_handed_over(client, form, database):
    client.post("/experiments", data=form | {"deliver": "single"})

    with database.read() as session:
        experiment = session.query(Experiment).one()
    page = client.get("/experiments/new", params={"experiment": experiment.id}).text

    assert experiment.deliver == "single"
    assert '<option value="single" selected' in page


def test_a_card_of_effort_sets_trials_and_time_and_starts_nothing(client, database, form):
    form |= {"space.units_1.kind": "integer", "space.units_1.low": "2"}
    form |= {"space.units_1.high": "300", "effort": "balanced"}

    fields = fields_of(client.post("/experiments", data=form).text)

    assert fields["budget_minutes"] == "10"
    assert fields["max_trials"] == "299"  # combinations
    assert stored_experiments(database) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("8..", "lowest and the highest"),
        ("8..many", "many"),
        ("8..64 lgo", "8..64 lgo"),
        ("", "must be a number"),
        ("16, 32 when sometimes", "condition"),
    ],
)
def test_a_line_of_the_space_that_cannot_be_read_is_told_in_words(client, form, text, words):
    sent = {name: value for name, value in form.items() if not name.startswith("space.units_1")}

    page = client.post("/experiments", data=sent | {"space.units_1.text": text}).text

    error = re.search(r'id="space.units_1.kind-error">([^<]*)<', page)
    assert words in error[1]
    assert fields_of(page)["space.units_1.text"] == text


def test_an_empty_name_is_made_of_dataset_space_and_date(client, database, form):
    page = client.get("/experiments/new").text

    client.post("/experiments", data=form | {"name": "  "})

    name = stored_experiments(database)[0][0]
    assert re.fullmatch(r"walk: units, \d{4}-\d\d-\d\d|walk: units and .*", name)
    assert re.search(r'name="name"[^>]*placeholder="walk: cell, units and \d more, ', page)


@pytest.mark.parametrize("name", ["median", "asha", "hyperband"])
def test_pruning_is_chosen_beside_the_strategy(client, database, form, name):
    page = client.get("/experiments/new")
    answer = client.post("/experiments", data=form | {"pruning": name}, follow_redirects=False)

    assert f'<option value="{name}">' in page.text
    assert f'data-option="{name}"' in page.text
    assert answer.status_code == 303
    with database.read() as session:
        assert session.get(Experiment, 1).pruning == name


def test_an_unknown_pruning_is_refused(client, form):
    answer = client.post("/experiments", data=form | {"pruning": "axe"})

    assert "no way of pruning" in answer.text


def test_the_form_offers_auto_and_the_live_line_says_what_it_chooses_and_why(client, form):
    page = client.get("/experiments/new").text
    preview = client.post("/experiments/preview", data=form | {"strategy": "auto"}).json()

    assert '<option value="auto" selected>' in page
    assert '<option value="none" selected>' in page
    assert preview["problems"] == []
    assert preview["reason"].startswith("grid: all 2 combinations fit into 4 trials")


def test_what_auto_chose_is_stored_and_shown_with_its_reason(client, database, form):
    client.post("/experiments", data=form | {"strategy": "auto", "max_trials": "1"})

    with database.read() as session:
        created = session.get(Experiment, 1)
        assert (created.strategy, created.pruning) == ("gp", "none")
        reason = created.choice_reason
    assert reason.startswith("gp: ")
    assert reason in client.get("/experiments/1").text
    answer = client.get("/api/experiments/1").json()
    assert (answer["strategy"], answer["choice_reason"]) == ("gp", reason)


def test_what_was_chosen_by_hand_has_no_reason(client, database, form):
    client.post("/experiments", data=form | {"pruning": "none"})

    with database.read() as session:
        assert session.get(Experiment, 1).choice_reason is None
    assert "Chosen, and why" not in client.get("/experiments/1").text


NOTHING_VARIES = {"space.units_1.kind": "fixed", "space.units_1.value": "3"}


def stored_experiments(database):
    """The name and the number of trials of each."""
    with database.read() as session:
        return [(row.name, row.max_trials) for row in session.query(Experiment)]


def test_a_space_in_which_nothing_varies_is_asked_about_and_starts_nothing(client, database, form):
    answer = client.post("/experiments", data=form | NOTHING_VARIES)

    assert answer.status_code == 422
    question = re.search(r'id="one-trial"[^>]*>\s*<p[^>]*>([^<]*)', answer.text)
    assert "hidden" not in question[0]
    assert question[1] == ("This space holds one combination: one trial will be trained. Start it?")
    assert stored_experiments(database) == []


def test_one_trial_starts_once_it_is_confirmed(client, database, form):
    answer = client.post(
        "/experiments", data=form | NOTHING_VARIES | {"one_trial": "1"}, follow_redirects=False
    )

    assert answer.status_code == 303
    assert stored_experiments(database) == [("mine", 1)]


def test_one_combination_is_asked_about_though_one_trial_was_entered(client, database, form):
    answer = client.post("/experiments", data=form | NOTHING_VARIES | {"max_trials": "1"})

    assert "Start it?" in answer.text
    assert stored_experiments(database) == []


def test_a_variation_of_a_trial_is_one_trial_and_starts_at_once(client, database):
    with database.write() as session:
        experiment = factories.experiment(session, name="first")
        trial_id = factories.completed_trial(session, experiment, 1, units_1=7).id

    form = fields_of(client.get("/experiments/new", params={"trial": trial_id}).text)
    answer = client.post("/experiments", data=form, follow_redirects=False)

    assert answer.status_code == 303


def test_a_confirmation_of_one_trial_does_not_start_a_search_of_several(client, database, form):
    answer = client.post("/experiments", data=form | {"one_trial": "1"})

    assert answer.status_code == 200
    assert stored_experiments(database) == []


def test_points_of_the_manual_strategy_are_not_asked_about(client, database, form):
    points = {"strategy": "manual", "points": "units_1=4\nunits_1=5"}

    answer = client.post(
        "/experiments", data=form | NOTHING_VARIES | points, follow_redirects=False
    )

    assert answer.status_code == 303
    assert stored_experiments(database) == [("mine", 2)]


@pytest.mark.parametrize(("max_trials", "words"), [("4", "2 trials will run, not 4"), ("2", "")])
def test_the_live_line_says_when_the_space_has_fewer_combinations_than_trials(
    client, form, max_trials, words
):
    preview = client.post("/experiments/preview", data=form | {"max_trials": max_trials}).json()

    assert words in preview["trials"]
    assert bool(preview["trials"]) == bool(words)


def test_the_live_line_does_not_promise_to_try_each_combination_once_where_some_may_come_again(
    client, form
):
    answer = client.post(
        "/experiments/preview", data=form | {"max_trials": "4", "strategy": "hyperopt-tpe"}
    )

    trials = answer.json()["trials"]

    assert trials == "· ends once all 2 have been tried; some may come again, at no cost"


def test_the_time_is_estimated_for_the_slots_of_the_workers_that_are_alive(client, form, database):
    search = form | {"max_trials": "400", "strategy": "random"}
    search |= {"space.units_1.kind": "integer", "space.units_1.low": "2"}
    search |= {"space.units_1.high": "900"}
    before = client.post("/experiments/preview", data=search).json()["time"]
    with database.write() as session:
        workers.register(
            session, "with GPUs", hostname="here", pid=1, slots=64, heartbeat_seconds=5
        )

    after = client.post("/experiments/preview", data=search).json()["time"]

    assert before
    assert after != before


@pytest.mark.parametrize(("horizon", "words"), [("24", "24 rows = 24 days"), ("7", "one week")])
def test_the_form_tells_the_time_that_the_rows_ahead_are(client, form, horizon, words):
    preview = client.post("/experiments/preview", data=form | {"horizon": horizon}).json()

    assert words in preview["rows_ahead"]


def test_the_rows_ahead_are_stored_shown_and_kept_for_another_experiment(client, database, form):
    client.post("/experiments", data=form | {"horizon": "14"})

    with database.read() as session:
        assert session.get(Experiment, 1).horizon == 14
    assert "14 rows = 2 weeks" in client.get("/experiments/1").text
    again = client.get("/experiments/new", params={"experiment": 1})
    assert re.search(r'name="horizon"[^>]*value="14"', again.text)


@pytest.mark.parametrize(
    ("horizon", "words"),
    [
        ("61", "61 rows ahead do not fit into the validation part, which has 60 rows"),
        ("0", "greater than or equal to 1"),
        ("501", "less than or equal to 500"),
        ("a day", "Enter a whole number from 1 to 500."),
    ],
)
def test_rows_ahead_that_cannot_be_forecast_are_refused_at_their_field(
    client, form, horizon, words
):
    page = client.post("/experiments", data=form | {"horizon": horizon})

    assert page.status_code == 422
    error = re.search(r'id="horizon-error">([^<]*)<', page.text)
    assert words in error.group(1)
