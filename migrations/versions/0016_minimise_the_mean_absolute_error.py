"""Minimise the mean absolute error, also relative to the naive forecast's"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    with op.batch_alter_table("epochs") as table:
        table.add_column(sa.Column("mae", sa.Double(), nullable=True))
    with op.batch_alter_table("experiments") as table:
        table.add_column(sa.Column("objective_scale", sa.Double(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("experiments") as table:
        table.drop_column("objective_scale")
    with op.batch_alter_table("epochs") as table:
        table.drop_column("mae")
