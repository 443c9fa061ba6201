"""`python -m worker.native`: compile everything native, and keep it. See worker/native/apart.py."""

from worker.machine import configure_threads
from worker.training import run_each_kind

if __name__ == "__main__":
    configure_threads(1)
    run_each_kind()
