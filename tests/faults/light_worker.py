"""`python -m tests.faults.light_worker`: a worker as the product starts it, whose slots only imagine networks."""

from tests.faults import light
from worker import __main__ as worker

if __name__ == "__main__":
    worker.warm_up = light.warm_up
    worker.main()
