"""Forecast several rows ahead and past the last row, and keep more scores"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

SCORED_TABLES = ("trials", "baselines", "deliveries")


def upgrade() -> None:
    for name in ("experiments", "boards"):
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("horizon", sa.Integer(), nullable=False, server_default="1"))
    for name in SCORED_TABLES:
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("more_scores", sa.JSON(), nullable=True))
            table.add_column(sa.Column("step_scores", sa.JSON(), nullable=True))
    for name in ("baselines", "deliveries"):
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("future_forecast", sa.LargeBinary(), nullable=True))
    with op.batch_alter_table("datasets") as table:
        table.add_column(sa.Column("known_ahead", sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("datasets") as table:
        table.drop_column("known_ahead")
    for name in ("baselines", "deliveries"):
        with op.batch_alter_table(name) as table:
            table.drop_column("future_forecast")
    for name in SCORED_TABLES:
        with op.batch_alter_table(name) as table:
            table.drop_column("step_scores")
            table.drop_column("more_scores")
    for name in ("experiments", "boards"):
        with op.batch_alter_table(name) as table:
            table.drop_column("horizon")
