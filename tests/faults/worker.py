"""`python -m tests.faults.worker`: a worker as the product starts it, but with slots that are broken on purpose."""

from worker import __main__ as worker


def main() -> None:
    from tests.faults import broken

    worker.warm_up = broken.warm_up
    worker.main()


if __name__ == "__main__":
    main()
