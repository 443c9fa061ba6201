"""Makes a requested bundle inside a slot."""

import errno
from pathlib import Path
from tempfile import gettempdir

from app.domain.custom.trust import ProgramNotTrusted, TrustedPrograms
from app.errors import NotFound
from worker.bundles import bundle
from worker.bundles.lambdas import ForeignCode
from worker.runs.lease import BundleLease, database_at, retry_on

DISK_FULL = (errno.ENOSPC, errno.EDQUOT)


def make_bundle(url: str, artifact_id: int, token: str, data: Path) -> None:
    """Make a requested bundle, or store why there is none.

    The check of a bundle loads the layers of its custom model, so the program must be one that may
    run. `data`: the folder that says so.
    """
    database = database_at(url)
    lease = BundleLease(database, artifact_id, token)
    retry = retry_on(database)
    try:
        source = retry(lease.load_source)
        if source.custom_model is not None:
            model = source.custom_model
            TrustedPrograms(data).require(model.name, model.source, source.experiment_id)
        content = bundle.bundle_trial(source)
    except (bundle.BundleError, ForeignCode, NotFound) as error:
        problem = str(error)
    except ProgramNotTrusted as error:
        problem = f"{error} (then ask for it again)"
    except OSError as error:
        problem = explain_full_disk(error)
    else:
        retry(lambda: lease.complete(content))
        return
    retry(lambda: lease.fail(problem))


def explain_full_disk(error: OSError) -> str:
    """What to do where there is no room for temporary files. Raises any other error."""
    if error.errno not in DISK_FULL:
        raise error
    return (
        f"There is no room for temporary files in {gettempdir()}: free some there, then ask again."
    )
