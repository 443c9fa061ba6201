"""Makes what an experiment hands over inside a slot."""

from app.domain.delivery import DeliveryOutcome
from app.errors import NotFound
from app.queue import artifacts, deliveries, delivery_jobs
from app.queue.delivery_jobs import DeliveryJob
from worker.delivery.making import make_delivery
from worker.runs.bundling import explain_full_disk
from worker.runs.lease import database_at, retry_on


def deliver(url: str, experiment_id: int, token: str) -> None:
    """Make a requested delivery, or store why there is none."""
    lease = DeliveryLease(url, experiment_id, token)
    retry = retry_on(lease.database)
    try:
        job = retry(lease.load_job)
        outcome = make_delivery(job, lambda trial_id: retry(lambda: lease.read_model(trial_id)))
    except NotFound as error:
        problem = str(error)
    except OSError as error:
        problem = explain_full_disk(error)
    else:
        retry(lambda: lease.complete(outcome))
        return
    retry(lambda: lease.fail(problem))


class DeliveryLease:
    """The right to make a requested delivery. Each method is one transaction."""

    def __init__(self, url: str, experiment_id: int, token: str) -> None:
        self.database = database_at(url)
        self.experiment_id = experiment_id
        self.token = token

    def load_job(self) -> DeliveryJob:
        """What it is made of. Raises NotFound where it cannot be made."""
        with self.database.read() as session:
            return delivery_jobs.load(session, self.experiment_id, self.token)

    def read_model(self, trial_id: int) -> bytes:
        """The weights of a trial. Raises NotFound where they are gone."""
        with self.database.read() as session:
            model = artifacts.read_model(session, trial_id)
        if model is None:
            raise NotFound("The model of a trial is gone.")
        return model

    def complete(self, outcome: DeliveryOutcome) -> None:
        with self.database.write() as session:
            deliveries.complete(session, self.token, outcome)

    def fail(self, problem: str) -> None:
        with self.database.write() as session:
            deliveries.fail(session, self.token, problem)
