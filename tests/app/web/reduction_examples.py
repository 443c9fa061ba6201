"""A reduction of three steps, for the tests of its texts and its chart."""

from dataclasses import replace

from app.domain.reduction.steps import Evidence, Reduction, ReductionState, ReductionStep

EVIDENCE = Evidence("units_1", (8,), (16, 32), 0.6213, 0.00321, 6, 14, 1.31, 0.92)
RANGE_EVIDENCE = replace(
    EVIDENCE, parameter="learning_rate", dropped=(1e-5, 1e-4), kept=(1e-4, 0.1), p_value=1e-7
)
WEAK_EVIDENCE = replace(EVIDENCE, coefficient=0.12)
CUT = ReductionStep(1, 10, 10, "spearman", EVIDENCE, True, 81, 54, 2 / 3)
STEP_WITHOUT_CUT = ReductionStep(2, 20, 18, "spearman", WEAK_EVIDENCE, False, 54, 54, 2 / 3)
RANGE_CUT = ReductionStep(3, 30, 20, "kendall", RANGE_EVIDENCE, True, 54, 36, 4 / 9)


def state_after(*steps: ReductionStep) -> ReductionState:
    return ReductionState(Reduction(), steps)


REDUCED = state_after(CUT, STEP_WITHOUT_CUT, RANGE_CUT)
