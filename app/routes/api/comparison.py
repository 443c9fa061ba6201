"""/api/comparison: trials side by side, as far as their errors compare."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from app.routes.api.schemas.responses import refusals
from app.routes.api.schemas.trials import TrialSchema
from app.schemas import MAX_ID
from app.services import cross_comparison
from app.services.cross_comparison import MAX_REQUESTED, CrossRequest
from app.services.diagnoses import diagnose_trials
from app.web.scored_sessions import ScoredSession

router = APIRouter(tags=["trials"])

AskedId = Annotated[int, Field(ge=1, le=MAX_ID)]
Ids = Annotated[list[AskedId] | None, Query(max_length=MAX_REQUESTED)]


class ComparisonSchema(BaseModel):
    """The trials that compare with each other."""

    trials: list[TrialSchema]
    baseline_id: int | None = Field(description="the trial that the others are compared with")
    problem: str | None = Field(description="what was left out, and why")


@router.get("/comparison", responses=refusals())
def compare(
    session: ScoredSession,
    trials: Ids = None,
    experiments: Ids = None,
    baseline: Annotated[AskedId | None, Query(description="the id of one of the trials")] = None,
) -> ComparisonSchema:
    """Compare trials by their ids, and the best trials of experiments by theirs.

    Only errors over the same rows compare: trials on another dataset or split, or with another
    horizon than the first one, are left out, and `problem` says so.
    """
    request = CrossRequest(
        [str(trial_id) for trial_id in trials or ()],
        [str(experiment_id) for experiment_id in experiments or ()],
        str(baseline or ""),
    )
    compared = cross_comparison.compare(session, request)
    diagnoses = diagnose_trials(session, compared.trials)
    ids = [trial.id for trial in compared.trials]
    return ComparisonSchema(
        trials=[TrialSchema.of(trial, diagnoses.get(trial.id)) for trial in compared.trials],
        baseline_id=baseline if baseline in ids else None,
        problem=compared.problem or None,
    )
