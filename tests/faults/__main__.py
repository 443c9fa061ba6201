"""`python -m tests.faults [KILLS]`: kill a search so many times and print what it cost."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from app.config import Settings
from tests.faults.campaign import QUICK, TRIALS, Campaign, endings, result, undisturbed


def main() -> None:
    """One campaign beside an undisturbed run of the same search."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    with TemporaryDirectory() as folder:
        expected = undisturbed(Settings(data=Path(folder) / "alone"))
        campaign = Campaign(Settings(data=Path(folder) / "killed"), kills, seed=1)
        report = campaign.run()
        found, ended = result(campaign.database), endings(campaign.database)
    kinds = ", ".join(f"{count} × {kind}" for kind, count in report.kills.items())
    print(
        f"{sum(report.kills.values())} kills ({kinds}) over {TRIALS} trials in {report.seconds:.0f} s"
    )
    print(f"trials that ended once: {sum(count == 1 for count in ended.values())} of {TRIALS}")
    print(
        f"same state, objective and losses as undisturbed: {sum(found[n] == expected[n] for n in found)} of {TRIALS}"
    )
    print(
        f"longest that a killed worker's trial waited: {max(report.stuck):.2f} s (lease {QUICK['lease_seconds']} s)"
    )
    print(
        f"most work lost by a kill: {max(report.lost):.2f} s; resumed from a checkpoint {len(report.resumed)} times"
    )


if __name__ == "__main__":
    main()
