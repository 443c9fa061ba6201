"""Uploads: CSVs that wait to be checked by a person before they are saved as datasets."""

import re
from datetime import timedelta
from secrets import token_hex

from sqlalchemy import delete as delete_rows
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Upload
from app.errors import FieldProblem, Invalid, NotFound
from app.queue.clock import clock
from app.services.datasets import MAX_FILENAME_LENGTH, clean

KEPT_FOR = timedelta(days=1)


def create(session: Session, filename: str, content: bytes) -> Upload:
    """Keep a file until it is saved or a day has passed. Raises Invalid for an empty one."""
    _delete_expired(session)
    if not content.strip():
        raise Invalid([FieldProblem(("file",), "The file is empty.")])
    upload = Upload(
        id=token_hex(16), filename=_base_name(filename), size=len(content), content=content
    )
    session.add(upload)
    session.flush()
    return upload


def get(session: Session, upload_id: str) -> Upload:
    """One upload. Raises NotFound."""
    upload = None
    if re.fullmatch("[0-9a-f]{32}", upload_id):
        upload = session.get(Upload, upload_id)
    if upload is None:
        raise NotFound(
            "This upload is gone: uploads are kept for a day, or until they are saved. "
            "Send the CSV again."
        )
    return upload


def content(session: Session, upload: Upload) -> bytes:
    """The bytes of the file."""
    is_upload = Upload.id == upload.id
    query = select(Upload.content).where(is_upload)
    return session.scalars(query).one()


def delete(session: Session, upload: Upload) -> None:
    """Delete an upload."""
    is_upload = Upload.id == upload.id
    query = delete_rows(Upload).where(is_upload)
    session.execute(query)


def _delete_expired(session: Session) -> None:
    oldest = clock(session) - KEPT_FOR
    is_expired = Upload.created_at < oldest
    query = delete_rows(Upload).where(is_expired)
    session.execute(query)


def _base_name(filename: str) -> str:
    """The last part of a path of any system, cleaned."""
    path = filename.replace("\\", "/")
    last_part = path.rsplit("/", 1)[-1]
    clean_name = clean(last_part, MAX_FILENAME_LENGTH)
    return clean_name or "upload.csv"
