"""Watch leases without comparing clocks; pause a search whose first trials fail"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    with op.batch_alter_table("trials") as table:
        table.drop_index("ix_trials_state_lease_expires_at")
        table.drop_column("lease_expires_at")
        table.add_column(sa.Column("lease_beats", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(
            sa.Column("interruptions", sa.Integer(), nullable=False, server_default="0")
        )
        table.create_index("ix_trials_state", ["state"])
    with op.batch_alter_table("artifacts") as table:
        table.drop_column("lease_expires_at")
        table.add_column(sa.Column("lease_beats", sa.Integer(), nullable=False, server_default="0"))
        table.create_index("ix_artifacts_lease_token", ["lease_token"])
    with op.batch_alter_table("experiments") as table:
        table.add_column(sa.Column("pauses", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE trials SET cause = 'crashed' WHERE cause = 'slot died'")


def downgrade() -> None:
    with op.batch_alter_table("experiments") as table:
        table.drop_column("pauses")
    with op.batch_alter_table("artifacts") as table:
        table.drop_index("ix_artifacts_lease_token")
        table.drop_column("lease_beats")
        table.add_column(sa.Column("lease_expires_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("trials") as table:
        table.drop_index("ix_trials_state")
        table.drop_column("interruptions")
        table.drop_column("lease_beats")
        table.add_column(sa.Column("lease_expires_at", sa.DateTime(timezone=True), nullable=True))
        table.create_index("ix_trials_state_lease_expires_at", ["state", "lease_expires_at"])
