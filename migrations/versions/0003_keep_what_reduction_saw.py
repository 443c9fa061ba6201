"""Keep what reduction saw"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    with op.batch_alter_table("experiments") as table:
        table.add_column(sa.Column("reduction_method", sa.String(length=20), nullable=True))
        table.add_column(sa.Column("reduction_interval", sa.Integer(), nullable=True))
        table.add_column(sa.Column("reduction_window", sa.Integer(), nullable=True))
        table.add_column(sa.Column("reduction_threshold", sa.Double(), nullable=True))
    op.create_table(
        "reduction_looks",
        sa.Column("experiment_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=False),
        sa.Column("looked_at", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("is_cut", sa.Boolean(), nullable=False),
        sa.Column("parameter", sa.Text(), nullable=True),
        sa.Column("dropped", sa.JSON(), nullable=False),
        sa.Column("kept", sa.JSON(), nullable=False),
        sa.Column("coefficient", sa.Double(), nullable=True),
        sa.Column("chance", sa.Double(), nullable=True),
        sa.Column("having", sa.Integer(), nullable=True),
        sa.Column("others", sa.Integer(), nullable=True),
        sa.Column("median_having", sa.Double(), nullable=True),
        sa.Column("median_others", sa.Double(), nullable=True),
        sa.Column("size_before", sa.Text(), nullable=True),
        sa.Column("size_after", sa.Text(), nullable=True),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["experiment_id"],
            ["experiments.id"],
            name=op.f("fk_reduction_looks_experiment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("experiment_id", "number", name=op.f("pk_reduction_looks")),
    )


def downgrade() -> None:
    op.drop_table("reduction_looks")
    with op.batch_alter_table("experiments") as table:
        for name in ("threshold", "window", "interval", "method"):
            table.drop_column(f"reduction_{name}")
