"""Keep the own network of an experiment"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    with op.batch_alter_table("experiments") as table:
        table.add_column(sa.Column("network", sa.String(length=60), nullable=True))
        table.add_column(sa.Column("network_source", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("experiments") as table:
        table.drop_column("network_source")
        table.drop_column("network")
