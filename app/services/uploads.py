"""Uploads: CSVs that were sent and wait to be looked at before they are saved as datasets."""

import re
from datetime import timedelta
from secrets import token_hex

from sqlalchemy import delete as delete_rows
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Upload
from app.errors import FieldProblem, Invalid, NotFound
from app.queue.clock import clock
from app.services.datasets import clean

KEPT = timedelta(days=1)


def create(session: Session, filename: str, content: bytes) -> Upload:
    """Keep a file until it is saved or a day has passed. Raises Invalid for an empty one."""
    session.execute(delete_rows(Upload).where(Upload.created_at < clock(session) - KEPT))
    if not content.strip():
        raise Invalid([FieldProblem(("file",), "The file is empty.")])
    name = clean(filename.replace("\\", "/").rsplit("/", 1)[-1], 255) or "upload.csv"
    upload = Upload(id=token_hex(16), filename=name, size=len(content), content=content)
    session.add(upload)
    session.flush()
    return upload


def get(session: Session, upload_id: str) -> Upload:
    """One upload. Raises NotFound."""
    found = session.get(Upload, upload_id) if re.fullmatch("[0-9a-f]{32}", upload_id) else None
    if found is None:
        raise NotFound(
            "This upload is gone: uploads are kept for a day, or until they are saved. Send the CSV again."
        )
    return found


def content(session: Session, upload: Upload) -> bytes:
    """The bytes of the file."""
    return session.scalars(select(Upload.content).where(Upload.id == upload.id)).one()


def delete(session: Session, upload: Upload) -> None:
    """Forget an upload."""
    session.execute(delete_rows(Upload).where(Upload.id == upload.id))
