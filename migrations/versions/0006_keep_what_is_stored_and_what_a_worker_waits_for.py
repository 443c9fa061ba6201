"""Keep what is stored, and what a worker waits for"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    with op.batch_alter_table("experiments") as table:
        table.add_column(
            sa.Column("stored_bytes", sa.BigInteger(), nullable=False, server_default="0")
        )
    with op.batch_alter_table("workers") as table:
        table.add_column(sa.Column("trouble", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("workers") as table:
        table.drop_column("trouble")
    with op.batch_alter_table("experiments") as table:
        table.drop_column("stored_bytes")
