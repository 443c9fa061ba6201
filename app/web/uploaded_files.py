"""Files as browsers and programs send them."""

from fastapi import UploadFile

from app.config import Settings
from app.errors import TooLarge


def read_content(file: UploadFile, settings: Settings) -> bytes:
    """The bytes of a file. Raises TooLarge beyond the limit, of which no more is read."""
    content = file.file.read(settings.upload_limit_bytes + 1)
    if len(content) > settings.upload_limit_bytes:
        raise TooLarge(f"The file is larger than the limit of {settings.upload_limit_mb} MB.")
    return content
