"""`python -m tests.faults.worker`: the product's worker, but with slots broken on purpose."""

from tests.faults import broken
from tests.faults.mutants import MUTANTS_IN_WORKERS, mutate
from worker import __main__ as worker


def keep_priority(_niceness: int) -> None:
    """Do nothing: beside other tests a worker that lets everybody go first would stand still."""


def main() -> None:
    worker.lower_priority = keep_priority
    broken.break_database()
    mutate(MUTANTS_IN_WORKERS)
    worker.warm_up = broken.warm_up
    worker.main()


if __name__ == "__main__":
    main()
