"""Use the words of the field: custom model, warm start, reduction step, p-value"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

COLUMNS = {  # table -> old name: new name
    "datasets": {"reading": "dialect"},
    "experiments": {"network": "custom_model_name", "network_source": "custom_model_source"},
    "trials": {"cause": "failure_cause"},
}
STEP_COLUMNS = {
    "ended": "n_finished",
    "looked_at": "n_considered",
    "chance": "p_value",
    "having": "n_with",
    "others": "n_without",
    "median_having": "median_with",
    "median_others": "median_without",
    "share": "fraction",
}


def upgrade() -> None:
    for table, names in COLUMNS.items():
        rename_columns(table, names)
    rename_foreign_key("trials", "read_off_trial_id", "source_trial_id")
    rename_table(
        "reduction_looks",
        "reduction_steps",
        STEP_COLUMNS,
        {"experiment_id": ("experiments", "CASCADE")},
    )
    op.drop_index("ix_known_results_from_experiment_id", "known_results")
    rename_table(
        "known_results",
        "warm_start_results",
        {},
        {
            "experiment_id": ("experiments", "CASCADE"),
            "from_experiment_id": ("experiments", "SET NULL"),
        },
    )
    op.create_index(
        "ix_warm_start_results_from_experiment_id", "warm_start_results", ["from_experiment_id"]
    )
    op.execute(
        "UPDATE trials SET failure_cause = 'custom model' WHERE failure_cause = 'own network'"
    )
    op.execute("UPDATE trainings SET engine = 'custom' WHERE engine = 'own'")


def downgrade() -> None:
    op.execute("UPDATE trainings SET engine = 'own' WHERE engine = 'custom'")
    op.execute(
        "UPDATE trials SET failure_cause = 'own network' WHERE failure_cause = 'custom model'"
    )
    op.drop_index("ix_warm_start_results_from_experiment_id", "warm_start_results")
    rename_table(
        "warm_start_results",
        "known_results",
        {},
        {
            "experiment_id": ("experiments", "CASCADE"),
            "from_experiment_id": ("experiments", "SET NULL"),
        },
    )
    op.create_index("ix_known_results_from_experiment_id", "known_results", ["from_experiment_id"])
    rename_table(
        "reduction_steps",
        "reduction_looks",
        {new: old for old, new in STEP_COLUMNS.items()},
        {"experiment_id": ("experiments", "CASCADE")},
    )
    rename_foreign_key("trials", "source_trial_id", "read_off_trial_id")
    for table, names in COLUMNS.items():
        rename_columns(table, {new: old for old, new in names.items()})


def rename_columns(table: str, names: dict[str, str]) -> None:
    with op.batch_alter_table(table) as batch:
        for old, new in names.items():
            batch.alter_column(old, new_column_name=new)


def rename_foreign_key(table: str, old: str, new: str) -> None:
    """Rename a column that refers to the same table, and the constraint that is named after it."""
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(f"fk_{table}_{old}", type_="foreignkey")
        batch.alter_column(old, new_column_name=new)
    with op.batch_alter_table(table) as batch:
        batch.create_foreign_key(f"fk_{table}_{new}", table, [new], ["id"], ondelete="SET NULL")


def rename_table(
    old: str, new: str, columns: dict[str, str], references: dict[str, tuple[str, str]]
) -> None:
    """Rename a table, these columns of it, and the constraints that are named after it.

    references: column -> the table it refers to by id, and what happens when that row is deleted.
    """
    op.rename_table(old, new)
    with op.batch_alter_table(new) as batch:
        for column in references:
            batch.drop_constraint(f"fk_{old}_{column}", type_="foreignkey")
        for before, after in columns.items():
            batch.alter_column(before, new_column_name=after)
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    with op.batch_alter_table(new) as batch:
        if is_sqlite:  # makes the table anew, so that its key can have another name
            batch.create_primary_key(f"pk_{new}", ["experiment_id", "number"])
        for column, (referred, on_delete) in references.items():
            batch.create_foreign_key(
                f"fk_{new}_{column}", referred, [column], ["id"], ondelete=on_delete
            )
    if not is_sqlite:
        op.execute(sa.text(f"ALTER INDEX pk_{old} RENAME TO pk_{new}"))
