"""The strategies by name, each with a sentence for whoever chooses."""

from collections.abc import Mapping

STRATEGY_NAMES: Mapping[str, str] = {
    "tpe": "Learns from finished trials which values good ones have. Right for many trials and conditional spaces.",
    "gp": "Gaussian process: models the objective and tries where improvement is likeliest. Strong with few trials.",
    "random": "Draws that cover the space evenly. A fair comparison, hard to beat where few hyperparameters matter.",
    "reduction": "Random combinations of a space that shrinks: values that go with bad trials are dropped (Talos).",
    "evolution": "Changes one value of a good recent trial at a time; old ones are forgotten. For hundreds of trials.",
    "mutate": "Small changes to the few best trials, smaller and smaller. Right for tuning on from a good point.",
    "grid": "Every combination once, long trainings first. Right for a small space of choices.",
    "manual": "Exactly the points you give, in their order.",
}
