"""Keep notes, tags and stars of experiments and trials, and archive experiments"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

TAGGED = {"experiment": "experiments", "trial": "trials"}
RANKING = "ix_trials_experiment_id_validation_rmse"


def upgrade() -> None:
    for noun, name in TAGGED.items():
        with op.batch_alter_table(name) as table:
            table.add_column(
                sa.Column("notes", sa.Text(), nullable=False, server_default=sa.text("''"))
            )
            table.add_column(
                sa.Column("is_starred", sa.Boolean(), nullable=False, server_default=sa.false())
            )
        op.create_table(
            f"{noun}_tags",
            sa.Column(f"{noun}_id", sa.Integer(), nullable=False),
            sa.Column("name", sa.String(length=40), nullable=False),
            sa.ForeignKeyConstraint(
                [f"{noun}_id"],
                [f"{name}.id"],
                name=f"fk_{noun}_tags_{noun}_id",
                ondelete="CASCADE",
            ),
            sa.PrimaryKeyConstraint(f"{noun}_id", "name", name=f"pk_{noun}_tags"),
        )
        op.create_index(f"ix_{noun}_tags_name", f"{noun}_tags", ["name"])
    with op.batch_alter_table("experiments") as table:
        table.add_column(sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(RANKING, "trials", ["experiment_id", "validation_rmse"])


def downgrade() -> None:
    op.drop_index(RANKING, "trials")
    with op.batch_alter_table("experiments") as table:
        table.drop_column("archived_at")
    for noun, name in TAGGED.items():
        op.drop_index(f"ix_{noun}_tags_name", f"{noun}_tags")
        op.drop_table(f"{noun}_tags")
        with op.batch_alter_table(name) as table:
            table.drop_column("is_starred")
            table.drop_column("notes")
