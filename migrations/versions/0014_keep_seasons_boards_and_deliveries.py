"""Keep seasons, boards of baselines, and what experiments deliver"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

SCORES = ("rmse", "mae", "mape", "skill")


def upgrade() -> None:
    op.create_table(
        "boards",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("train_fraction", sa.Double(), nullable=False),
        sa.Column("validation_fraction", sa.Double(), nullable=False),
        sa.Column("test_fraction", sa.Double(), nullable=False),
        sa.Column("season_lengths", sa.JSON(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        *_lease_columns(),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["datasets.id"], name="fk_boards_dataset_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_boards"),
        sa.UniqueConstraint("fingerprint", name="uq_boards_fingerprint"),
    )
    op.create_index("ix_boards_dataset_id", "boards", ["dataset_id"])
    op.create_index("ix_boards_lease_token", "boards", ["lease_token"])
    op.create_table(
        "baselines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("board_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=True),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("seconds", sa.Double(), nullable=True),
        *_score_columns(),
        sa.Column("validation_forecast", sa.LargeBinary(), nullable=True),
        sa.Column("test_forecast", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["board_id"], ["boards.id"], name="fk_baselines_board_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_baselines"),
        sa.UniqueConstraint("board_id", "name", name="uq_baselines_board_id_name"),
    )
    op.create_table(
        "deliveries",
        sa.Column("experiment_id", sa.Integer(), nullable=False),
        sa.Column("members", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("is_retrained", sa.Boolean(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=True),
        *_score_columns(),
        sa.Column("validation_forecast", sa.LargeBinary(), nullable=True),
        sa.Column("test_forecast", sa.LargeBinary(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        *_lease_columns(),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["experiment_id"],
            ["experiments.id"],
            name="fk_deliveries_experiment_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("experiment_id", name="pk_deliveries"),
    )
    op.create_index("ix_deliveries_lease_token", "deliveries", ["lease_token"])
    with op.batch_alter_table("datasets") as table:
        table.add_column(sa.Column("season_lengths", sa.JSON(), nullable=True))
    with op.batch_alter_table("experiments") as table:
        table.add_column(sa.Column("season_lengths", sa.JSON(), nullable=True))
        table.add_column(sa.Column("board_id", sa.Integer(), nullable=True))
        table.add_column(
            sa.Column("deliver", sa.String(length=20), nullable=False, server_default="single")
        )
        table.create_foreign_key(
            "fk_experiments_board_id", "boards", ["board_id"], ["id"], ondelete="SET NULL"
        )
    op.create_index("ix_experiments_board_id", "experiments", ["board_id"])
    with op.batch_alter_table("trials") as table:
        table.add_column(sa.Column("objective_se", sa.Double(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("trials") as table:
        table.drop_column("objective_se")
    op.drop_index("ix_experiments_board_id", "experiments")
    with op.batch_alter_table("experiments") as table:
        table.drop_constraint("fk_experiments_board_id", type_="foreignkey")
        table.drop_column("deliver")
        table.drop_column("board_id")
        table.drop_column("season_lengths")
    with op.batch_alter_table("datasets") as table:
        table.drop_column("season_lengths")
    op.drop_index("ix_deliveries_lease_token", "deliveries")
    op.drop_table("deliveries")
    op.drop_table("baselines")
    op.drop_index("ix_boards_lease_token", "boards")
    op.drop_index("ix_boards_dataset_id", "boards")
    op.drop_table("boards")


def _lease_columns() -> list[sa.Column]:
    return [
        sa.Column("lease_token", sa.String(length=32), nullable=True),
        sa.Column("lease_beats", sa.Integer(), nullable=False, server_default="0"),
    ]


def _score_columns() -> list[sa.Column]:
    columns = []
    for part in ("validation", "test"):
        for score in SCORES:
            columns.append(sa.Column(f"{part}_{score}", sa.Double(), nullable=True))
    return columns
