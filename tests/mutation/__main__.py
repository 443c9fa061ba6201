"""`make mutants`: how many small faults in app/queue and worker/runs the tests notice.

python -m tests.mutation --sample 60 --seed 1
python -m tests.mutation app/queue/claims.py
"""

import argparse
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass
from math import sqrt

from tests.mutation.modules import ROOT, find_modules, find_tests
from tests.mutation.operators import Mutant, compile_mutant, find_mutants
from tests.mutation.trial_run import cpu_limit_for, load_libraries, run_tests

GOAL = 0.85
Z = 1.96  # of a 95 % interval


@dataclass(frozen=True)
class Result:
    """A fault in a module, and whether a test noticed it."""

    module: str
    mutant: Mutant
    noticed: bool

    def __str__(self) -> str:
        verdict = "noticed" if self.noticed else "SURVIVED"
        return f"{verdict} {self.module}:{self.mutant.line}: {self.mutant.description}"


def main() -> int:
    """Try a sample of faults, print each and the share that was noticed; 1 below the goal."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("modules", nargs="*", help="files or folders")
    parser.add_argument("--sample", type=int, default=0, help="how many faults; 0: all")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    load_libraries()
    chosen = choose(find_modules(options.modules), options.sample, options.seed)
    results = try_mutants(chosen)
    print(describe(results))
    noticed = sum(result.noticed for result in results)
    return 0 if noticed >= GOAL * len(results) else 1


def choose(modules: list[str], sample: int, seed: int) -> list[tuple[str, Mutant]]:
    """Faults of these modules, drawn at random where they are more than the sample."""
    everything = []
    for module in modules:
        source = (ROOT / module).read_text()
        everything += [(module, mutant) for mutant in find_mutants(source)]
    print(f"{len(everything):,} faults in {len(modules)} modules", flush=True)
    if not sample or sample >= len(everything):
        return everything
    drawn = random.Random(seed).sample(range(len(everything)), sample)
    return [everything[index] for index in sorted(drawn)]


def try_mutants(chosen: list[tuple[str, Mutant]]) -> list[Result]:
    """Run the tests of each fault's module on it."""
    limits: dict[tuple[str, ...], float] = {}
    results = []
    for module, mutant in chosen:
        tests = find_tests(module)
        key = tuple(sorted(tests))
        if key not in limits:
            limits[key] = measure(tests)
        source = (ROOT / module).read_text()
        code = compile_mutant(source, str(ROOT / module), mutant)
        started_at = time.monotonic()
        run = run_tests(tests, module, code, limits[key])
        result = Result(module, mutant, run.noticed)
        results.append(result)
        seconds = time.monotonic() - started_at
        print(f"{result} ({seconds:.0f} s, {run.cpu_seconds:.0f} s of CPU)", flush=True)
    return results


def measure(tests: list[str]) -> float:
    """The limit of CPU seconds for tests, from a run without a fault. Raises where one fails."""
    run = run_tests(tests)
    if run.noticed:
        raise RuntimeError(f"tests fail without a fault:\n{run.output[-3000:]}")
    return cpu_limit_for(run.cpu_seconds)


def describe(results: list[Result]) -> str:
    """The share that was noticed, with its interval, in all and by module."""
    lines = []
    totals = Counter(result.module for result in results)
    noticed = Counter(result.module for result in results if result.noticed)
    for module, total in sorted(totals.items()):
        lines.append(f"{module}: {noticed[module]} of {total}")
    count = noticed.total()
    total = totals.total()
    low, high = wilson_interval(count, total)
    share = count / total
    lines.append(
        f"noticed: {count} of {total} faults, {share:.0%} (95 % interval {low:.0%} to {high:.0%})"
    )
    return "\n".join(lines)


def wilson_interval(count: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a share by Wilson (1927), which holds for small samples too."""
    share = count / total
    centre = share + Z**2 / (2 * total)
    margin = Z * sqrt(share * (1 - share) / total + Z**2 / (4 * total**2))
    scale = 1 + Z**2 / total
    return (centre - margin) / scale, (centre + margin) / scale


if __name__ == "__main__":
    sys.exit(main())
