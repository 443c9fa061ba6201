"""What a client made from /openapi.json knows: every name that a field can have."""

import pytest

from app.domain.auto import PRUNINGS_OFFERED, STRATEGIES_OFFERED
from app.domain.custom.detection import TuningLibrary
from app.domain.diagnosis import DiagnosisKind
from app.domain.failure_causes import FailureCause
from app.domain.pruning import PRUNINGS
from app.domain.reduction.correlation import METHODS
from app.domain.strategies import STRATEGIES
from app.domain.terms import ExperimentState, Objective, TrialState
from app.services.best_models import BundleState
from app.services.csv_fields import OPTIONS
from tests import factories

ENUMERATED = [
    ("ExperimentRequest", "strategy", STRATEGIES_OFFERED),
    ("ExperimentRequest", "pruning", PRUNINGS_OFFERED),
    ("ExperimentRequest", "objective", Objective),
    ("ExperimentRequest", "reduction_method", METHODS),
    ("ExperimentSchema", "strategy", STRATEGIES),
    ("ExperimentSchema", "pruning", PRUNINGS),
    ("ExperimentSchema", "objective", Objective),
    ("ExperimentSchema", "state", ExperimentState),
    ("ExperimentSchema", "trials", TrialState),
    ("ExperimentSchema", "reduction_method", METHODS),
    ("ReductionStepSchema", "method", METHODS),
    ("TrialSchema", "state", TrialState),
    ("TrialSchema", "failure_cause", FailureCause),
    ("DiagnosisSchema", "kind", DiagnosisKind),
    ("CustomModelSchema", "shape", TuningLibrary),
    ("EffectSchema", "end", ("low", "high")),
    ("BundleSchema", "state", BundleState),
    ("Body_create_api_datasets_post", "missing", OPTIONS["missing"]),
    ("Body_create_api_datasets_post", "duplicates", ("refuse", "first", "last")),
]
ALWAYS_ENUMERATED = ("strategy", "pruning", "state", "kind", "method", "failure_cause")


@pytest.fixture
def schemas(client):
    return client.get("/openapi.json").json()["components"]["schemas"]


def find_names(schemas: dict, field: dict) -> list[str]:
    """The values of a field, or the keys of a mapping, as far as the schema lists them."""
    if "$ref" in field:
        return find_names(schemas, schemas[field["$ref"].rpartition("/")[2]])
    if "propertyNames" in field:
        return find_names(schemas, field["propertyNames"])
    for choice in field.get("anyOf", []):
        names = find_names(schemas, choice)
        if names:
            return names
    return field.get("enum", [])


@pytest.mark.parametrize(("schema", "field", "names"), ENUMERATED)
def test_a_field_lists_every_name_it_can_have(schemas, schema, field, names):
    listed = find_names(schemas, schemas[schema]["properties"][field])

    assert listed == [str(name) for name in names]


def schema_may_hold_anything(name: str) -> bool:
    """Whether a schema shows what is stored as it is, because it cannot be read."""
    return name == "UnreadableExperimentSchema"


def test_no_field_of_such_a_name_is_a_bare_text(schemas):
    bare = []
    for name, schema in schemas.items():
        for field, described in schema.get("properties", {}).items():
            if schema_may_hold_anything(name):
                continue
            if field in ALWAYS_ENUMERATED and not find_names(schemas, described):
                bare.append(f"{name}.{field}")

    assert bare == []


def test_the_states_to_filter_trials_by_are_listed_too(client, schemas):
    document = client.get("/openapi.json").json()
    operation = document["paths"]["/api/experiments/{experiment_id}/trials"]["get"]
    (state,) = [field for field in operation["parameters"] if field["name"] == "state"]

    assert find_names(schemas, state["schema"]) == [str(state) for state in TrialState]


def test_a_name_that_does_not_exist_is_still_refused_in_words(client, database):
    with database.write() as session:
        dataset_id = factories.dataset(session).id
    body = {"name": "a", "dataset_id": dataset_id, "strategy": "magic"}

    answer = client.post("/api/experiments", json=body)

    assert answer.status_code == 422
    assert '"magic" is no strategy. Choose one of: auto' in answer.json()["detail"][0]["msg"]


VERBS = (
    *("Add", "Ask", "Bring", "Change", "Compare", "Continue", "Correct", "Delete", "Download"),
    *("Get", "Let", "List", "Put", "Raise", "Read", "Report", "Start", "Stop", "Try", "Upload"),
)


def test_every_summary_is_a_sentence_that_says_what_is_done(client):
    document = client.get("/openapi.json").json()
    summaries = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            summaries[f"{method} {path}"] = operation["summary"]

    wrong = []
    for operation, summary in summaries.items():
        is_sentence = summary.endswith(".") and len(summary.split()) > 2 and ". " not in summary
        if not is_sentence or summary.split()[0] not in VERBS:
            wrong.append(f"{operation}: {summary}")

    assert wrong == []
    assert len(set(summaries.values())) == len(summaries)
