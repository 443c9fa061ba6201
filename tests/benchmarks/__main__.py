"""`make bench`: every benchmark in a process of its own; what they find goes into figures/ as JSON, a table, a picture.

    python -m tests.benchmarks                 at a size that ends in ten minutes
    python -m tests.benchmarks --full          the real one: the grid of 81 alone takes an hour on two cores
    python -m tests.benchmarks --only searches

Figures of a full run carry `full` in their names, so that a short one does not overwrite them.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.benchmarks import machine, picture, tables

FIGURES = Path(__file__).parent / "figures"
PROGRAMS = ("engine", "grid", "overhead", "searches")  # strategies keeps figures of its own


def main() -> None:
    """Run the benchmarks that are wanted and write what they found."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--full", action="store_true", help="the real size")
    parser.add_argument("--only", nargs="+", choices=PROGRAMS, default=PROGRAMS)
    wanted = parser.parse_args()
    FIGURES.mkdir(exist_ok=True)
    stem = "full" if wanted.full else "short"
    place = FIGURES / f"{stem}.json"
    found = json.loads(place.read_text()) if place.exists() else {}
    for program in wanted.only:
        found[program] = {**_run(program, wanted.full), "made": _made(program, wanted.full)}
        place.write_text(json.dumps(found, indent=1) + "\n")
    (FIGURES / f"{stem}.md").write_text(tables.markdown(found))
    written = [place.name, f"{stem}.md"]
    if "searches" in found:
        picture.save(found["searches"]["tasks"][0], FIGURES / f"searches-{stem}.png")
        written.append(f"searches-{stem}.png")
    print(f"\nWritten in {FIGURES}: {', '.join(written)}")


def _run(program: str, full: bool) -> dict[str, Any]:
    print(f"\n# {program}", flush=True)
    place = FIGURES / f"{program}.part.json"
    command = [
        sys.executable,
        "-m",
        f"tests.benchmarks.{program}",
        "--json",
        str(place),
        *(["--full"] if full else []),
    ]
    try:
        subprocess.run(command, env=machine.unpinned(), check=True)
        return dict(json.loads(place.read_text()))
    finally:
        place.unlink(missing_ok=True)


def _made(program: str, full: bool) -> dict[str, str]:
    """Machine, date and command."""
    command = f"python -m tests.benchmarks --only {program}" + (" --full" if full else "")
    return {
        "machine": machine.described(machine.unpinned()),
        "date": time.strftime("%Y-%m-%d"),
        "command": command,
    }


if __name__ == "__main__":
    main()
