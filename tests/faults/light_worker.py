"""`python -m tests.faults.light_worker`: the product's worker, but its slots train no networks."""

from tests.faults import light
from worker import __main__ as worker

if __name__ == "__main__":
    worker.warm_up = light.warm_up
    worker.main()
