"""`make bench`: the engine against `model.fit`, then the strategies against each other, each in its own process."""

import argparse
import subprocess
import sys
from pathlib import Path

FIGURES = Path(__file__).parent / "figures"


def main() -> None:
    """Run every benchmark, at a size that ends in minutes unless --full is given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="the real size")
    full = parser.parse_args().full
    FIGURES.mkdir(exist_ok=True)
    engine = ["tests.benchmarks.engine", "--json", str(FIGURES / "engine.json"), *(["--full"] if full else [])]
    strategies = ["tests.benchmarks.strategies", "--seeds", "30" if full else "4"]
    for arguments in (engine, strategies):
        print(f"\n# {arguments[0]}", flush=True)
        subprocess.run([sys.executable, "-m", *arguments], check=True)


if __name__ == "__main__":
    main()
