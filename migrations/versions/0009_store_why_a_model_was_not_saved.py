"""Store why a model could not be saved as its problem, no longer as its bytes"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

PREFIX = b"Keras cannot save this network: "  # how the stored sentences begin

ARTIFACTS = sa.table(
    "artifacts",
    sa.column("id", sa.Integer),
    sa.column("kind", sa.String),
    sa.column("size", sa.Integer),
    sa.column("content", sa.LargeBinary),
    sa.column("problem", sa.Text),
)
IS_MODEL = ARTIFACTS.c.kind == "model"


def upgrade() -> None:
    connection = op.get_bind()
    beginning = sa.func.substr(ARTIFACTS.c.content, 1, len(PREFIX), type_=sa.LargeBinary)
    query = sa.select(ARTIFACTS.c.id, ARTIFACTS.c.content).where(IS_MODEL, beginning == PREFIX)
    for artifact_id, sentence in connection.execute(query).all():
        problem = bytes(sentence).decode(errors="replace").replace("\0", "\\x00")
        row = sa.update(ARTIFACTS).where(ARTIFACTS.c.id == artifact_id)
        connection.execute(row.values(problem=problem, content=None, size=None))


def downgrade() -> None:
    connection = op.get_bind()
    query = sa.select(ARTIFACTS.c.id, ARTIFACTS.c.problem).where(
        IS_MODEL, ARTIFACTS.c.problem.is_not(None)
    )
    for artifact_id, problem in connection.execute(query).all():
        content = problem.encode()
        row = sa.update(ARTIFACTS).where(ARTIFACTS.c.id == artifact_id)
        connection.execute(row.values(problem=None, content=content, size=len(content)))
