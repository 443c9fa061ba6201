"""`python -m tests.faults.worker`: the product's worker, but with slots broken on purpose."""

from tests.faults import broken
from worker import __main__ as worker


def main() -> None:
    broken.shift_clock()
    broken.break_database()
    worker.warm_up = broken.warm_up
    worker.main()


if __name__ == "__main__":
    main()
