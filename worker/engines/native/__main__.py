"""`python -m worker.engines.native`: compile everything native, and keep it. See precompile.py."""

from worker.hardware import configure_threads
from worker.training import run_each_kind

if __name__ == "__main__":
    configure_threads(1)
    run_each_kind()
