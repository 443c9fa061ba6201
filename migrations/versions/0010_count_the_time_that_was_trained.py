"""Count the time in which trials ran, and withdraw trials that never began"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

EXPERIMENTS = sa.table(
    "experiments",
    sa.column("id", sa.Integer),
    sa.column("seconds_used", sa.Double),
    sa.column("counted_until", sa.DateTime(timezone=True)),
    sa.column("state", sa.String),
)
TRIALS = sa.table(
    "trials",
    sa.column("id", sa.Integer),
    sa.column("experiment_id", sa.Integer),
    sa.column("training_id", sa.Integer),
    sa.column("state", sa.String),
    sa.column("error", sa.Text),
    sa.column("created_at", sa.DateTime(timezone=True)),
    sa.column("started_at", sa.DateTime(timezone=True)),
    sa.column("finished_at", sa.DateTime(timezone=True)),
)
EPOCHS = sa.table(
    "epochs",
    sa.column("training_id", sa.Integer),
    sa.column("recorded_at", sa.DateTime(timezone=True)),
)
STOPPED_BY_PERSON = "Stopped by you before it started."
WITHDRAWN_BY_PERSON = "Withdrawn by you before it began."
STOPPED_BY_BUDGET = "Stopped because the time budget is used up."
WITHDRAWN_BY_BUDGET = "Withdrawn before it began, because the time budget is used up."
ERRORS = ((STOPPED_BY_PERSON, WITHDRAWN_BY_PERSON), (STOPPED_BY_BUDGET, WITHDRAWN_BY_BUDGET))


def upgrade() -> None:
    with op.batch_alter_table("experiments") as table:
        table.alter_column("resumed_at", new_column_name="counted_until")
    heartbeat = sa.Column("heartbeat_seconds", sa.Double(), nullable=False, server_default="5")
    with op.batch_alter_table("workers") as table:
        table.add_column(heartbeat)
    _count_open_experiments(op.get_bind())
    never_began = (TRIALS.c.state == "stopped") & TRIALS.c.started_at.is_(None)
    withdraw = sa.update(TRIALS).where(never_began)
    op.execute(withdraw.values(state="withdrawn", finished_at=None))
    for stopped, withdrawn in ERRORS:
        _replace_error(stopped, withdrawn)
    _empty_queues_of_ended_experiments()


def downgrade() -> None:
    for stopped, withdrawn in ERRORS:
        _replace_error(withdrawn, stopped)
    is_withdrawn = TRIALS.c.state == "withdrawn"
    stop = sa.update(TRIALS).where(is_withdrawn)
    op.execute(stop.values(state="stopped", finished_at=TRIALS.c.created_at))
    with op.batch_alter_table("workers") as table:
        table.drop_column("heartbeat_seconds")
    with op.batch_alter_table("experiments") as table:
        table.alter_column("counted_until", new_column_name="resumed_at")


def _empty_queues_of_ended_experiments() -> None:
    """Withdraw or stop what two workers that met at the end of a search left in its queue."""
    is_over = EXPERIMENTS.c.state.in_(("completed", "failed"))
    ended = sa.select(EXPERIMENTS.c.id).where(is_over)
    is_left = (TRIALS.c.state == "queued") & TRIALS.c.experiment_id.in_(ended)
    has_begun = TRIALS.c.started_at.is_not(None)
    stop = sa.update(TRIALS).where(is_left, has_begun)
    op.execute(stop.values(state="stopped", finished_at=TRIALS.c.started_at))
    withdraw = sa.update(TRIALS).where(is_left, ~has_begun)
    op.execute(withdraw.values(state="withdrawn"))


def _replace_error(old: str, new: str) -> None:
    """Give another error to withdrawn trials that have a certain one."""
    change = sa.update(TRIALS).where(TRIALS.c.state == "withdrawn", TRIALS.c.error == old)
    op.execute(change.values(error=new))


def _count_open_experiments(connection: sa.Connection) -> None:
    """Count what an open experiment has used up to the last thing that is known of its trials."""
    is_open = EXPERIMENTS.c.counted_until.is_not(None)
    query = sa.select(EXPERIMENTS).where(is_open)
    for experiment in connection.execute(query).all():
        times = _last_times(connection, experiment.id)
        last = max([experiment.counted_until, *times])
        seconds = (last - experiment.counted_until).total_seconds()
        is_running = (TRIALS.c.experiment_id == experiment.id) & (TRIALS.c.state == "running")
        running = connection.execute(sa.select(TRIALS.c.id).where(is_running)).first()
        until = None
        if running is not None:
            until = last
        change = sa.update(EXPERIMENTS).where(EXPERIMENTS.c.id == experiment.id)
        used = experiment.seconds_used + seconds
        connection.execute(change.values(seconds_used=used, counted_until=until))


def _last_times(connection: sa.Connection, experiment_id: int) -> list[object]:
    is_of_experiment = TRIALS.c.experiment_id == experiment_id
    training_ids = sa.select(TRIALS.c.training_id).where(is_of_experiment)
    last_epoch = sa.func.max(EPOCHS.c.recorded_at, type_=sa.DateTime(timezone=True))
    queries = [sa.select(last_epoch).where(EPOCHS.c.training_id.in_(training_ids))]
    for column in (TRIALS.c.started_at, TRIALS.c.finished_at):
        last_time = sa.func.max(column, type_=sa.DateTime(timezone=True))
        queries.append(sa.select(last_time).where(is_of_experiment))
    times = []
    for query in queries:
        time = connection.execute(query).scalar()
        if time is not None:
            times.append(time)
    return times
