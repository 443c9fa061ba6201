"""Answer from indexes what pages of large experiments ask"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

UNSCORED = sa.text("more_scores IS NULL AND validation_rmse IS NOT NULL")


def upgrade() -> None:
    op.drop_index("ix_trials_experiment_id_state", "trials")
    op.drop_index("ix_trials_experiment_id_objective", "trials")
    op.create_index(
        "ix_trials_experiment_id_state_started_at_number",
        "trials",
        ["experiment_id", "state", "started_at", "number"],
    )
    op.create_index(
        "ix_trials_experiment_id_objective_number",
        "trials",
        ["experiment_id", "objective", "number"],
    )
    op.create_index(
        "ix_trials_shared_epochs",
        "trials",
        ["experiment_id", "training_id", "source_trial_id", "epochs_trained"],
    )
    op.create_index(
        "ix_trials_unscored",
        "trials",
        ["experiment_id"],
        sqlite_where=UNSCORED,
        postgresql_where=UNSCORED,
    )
    op.create_index("ix_artifacts_trial_id_kind_size", "artifacts", ["trial_id", "kind", "size"])


def downgrade() -> None:
    op.drop_index("ix_artifacts_trial_id_kind_size", "artifacts")
    op.drop_index("ix_trials_unscored", "trials")
    op.drop_index("ix_trials_shared_epochs", "trials")
    op.drop_index("ix_trials_experiment_id_objective_number", "trials")
    op.drop_index("ix_trials_experiment_id_state_started_at_number", "trials")
    op.create_index("ix_trials_experiment_id_objective", "trials", ["experiment_id", "objective"])
    op.create_index("ix_trials_experiment_id_state", "trials", ["experiment_id", "state"])
