"""Keep which experiments a worker leaves alone because nobody has confirmed their program"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    with op.batch_alter_table("workers") as table:
        table.add_column(sa.Column("untrusted", sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("workers") as table:
        table.drop_column("untrusted")
