"""Keep the results a search starts from"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    with op.batch_alter_table("experiments") as table:
        table.add_column(sa.Column("pasted_results", sa.Text(), nullable=True))
        table.add_column(
            sa.Column("results_ignored", sa.Integer(), server_default="0", nullable=False)
        )
    op.create_table(
        "known_results",
        sa.Column("experiment_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("objective", sa.Double(), nullable=False),
        sa.Column("is_pasted", sa.Boolean(), nullable=False),
        sa.Column("from_experiment_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["experiment_id"],
            ["experiments.id"],
            name="fk_known_results_experiment_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["from_experiment_id"],
            ["experiments.id"],
            name="fk_known_results_from_experiment_id",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("experiment_id", "number", name="pk_known_results"),
    )
    op.create_index("ix_known_results_from_experiment_id", "known_results", ["from_experiment_id"])


def downgrade() -> None:
    op.drop_index("ix_known_results_from_experiment_id", "known_results")
    op.drop_table("known_results")
    with op.batch_alter_table("experiments") as table:
        table.drop_column("results_ignored")
        table.drop_column("pasted_results")
