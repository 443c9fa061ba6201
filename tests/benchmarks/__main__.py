"""`make bench`: run benchmarks, each in a process of its own, and write their figures.

    python -m tests.benchmarks                 at a size that ends in ten minutes
    python -m tests.benchmarks --full          in full: the grid of 81 takes an hour on two cores
    python -m tests.benchmarks --only searches

The figures go to figures/ as JSON, as a table and as a picture. Those of a full run have `full` in
their names, so that a short run does not overwrite them.
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
PROGRAMS = ("engine", "grid", "overhead", "searches")  # strategies writes its own figures


def main() -> None:
    """Run the chosen benchmarks and write their figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--full", action="store_true", help="the full size")
    parser.add_argument("--only", nargs="+", choices=PROGRAMS, default=PROGRAMS)
    options = parser.parse_args()
    FIGURES.mkdir(exist_ok=True)
    stem = "full" if options.full else "short"
    json_file = FIGURES / f"{stem}.json"
    figures = json.loads(json_file.read_text()) if json_file.exists() else {}
    for program in options.only:
        report = run_program(program, options.full)
        figures[program] = {**report, "made": describe_run(program, options.full)}
        json_file.write_text(json.dumps(figures, indent=1) + "\n")
    table_file = FIGURES / f"{stem}.md"
    table_file.write_text(tables.to_markdown(figures))
    written = [json_file.name, table_file.name]
    if "searches" in figures:
        picture_file = FIGURES / f"searches-{stem}.png"
        picture.save_searches(figures["searches"]["tasks"][0], picture_file)
        written.append(picture_file.name)
    print(f"\nWritten in {FIGURES}: {', '.join(written)}")


def run_program(program: str, full: bool) -> dict[str, Any]:
    """Run a benchmark in a process of its own and return its report."""
    print(f"\n# {program}", flush=True)
    report_file = FIGURES / f"{program}.part.json"
    command = [sys.executable, "-m", f"tests.benchmarks.{program}", "--json", str(report_file)]
    if full:
        command.append("--full")
    try:
        subprocess.run(command, env=machine.unpinned_environment(), check=True)
        return dict(json.loads(report_file.read_text()))
    finally:
        report_file.unlink(missing_ok=True)


def describe_run(program: str, full: bool) -> dict[str, str]:
    """Machine, date and command."""
    command = f"python -m tests.benchmarks --only {program}"
    if full:
        command += " --full"
    return {
        "machine": machine.describe_machine(machine.unpinned_environment()),
        "date": time.strftime("%Y-%m-%d"),
        "command": command,
    }


if __name__ == "__main__":
    main()
