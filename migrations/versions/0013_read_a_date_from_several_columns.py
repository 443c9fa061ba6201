"""Read a date from several columns"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

DATASETS = sa.table("datasets", sa.column("id", sa.Integer), sa.column("dialect", sa.JSON))


def upgrade() -> None:
    for dataset_id, dialect in _dialects():
        column = dialect.pop("date_column", None)
        dialect["date_columns"] = [column] if column else []
        _store(dataset_id, dialect)


def downgrade() -> None:
    for dataset_id, dialect in _dialects():
        columns = dialect.pop("date_columns", [])
        dialect["date_column"] = columns[0] if columns else None
        _store(dataset_id, dialect)


def _dialects() -> list[tuple[int, dict]]:
    rows = op.get_bind().execute(sa.select(DATASETS.c.id, DATASETS.c.dialect)).all()
    return [(row.id, dict(row.dialect)) for row in rows if row.dialect]


def _store(dataset_id: int, dialect: dict) -> None:
    op.get_bind().execute(
        sa.update(DATASETS).where(DATASETS.c.id == dataset_id).values(dialect=dialect)
    )
