"""`python -m worker.engines.native` compiles all native code and keeps it. See precompile.py."""

from worker.hardware import configure_threads
from worker.training import train_tiny_networks

if __name__ == "__main__":
    configure_threads(1)
    train_tiny_networks()
