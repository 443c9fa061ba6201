"""Read a date from several columns"""

import json

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
    """The dialects that can be read; a damaged one stays as it is, and its dataset says so."""
    columns = sa.select(DATASETS.c.id, sa.cast(DATASETS.c.dialect, sa.Text).label("text"))
    found = []
    for row in op.get_bind().execute(columns).all():
        try:
            dialect = json.loads(row.text)
        except (TypeError, ValueError):
            continue
        if isinstance(dialect, dict):
            found.append((row.id, dialect))
    return found


def _store(dataset_id: int, dialect: dict) -> None:
    op.get_bind().execute(
        sa.update(DATASETS).where(DATASETS.c.id == dataset_id).values(dialect=dialect)
    )
