"""Files that come with a form: taken from it, and given back."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from api.caching import UNSTORED
from registry.errors import BadParameter
from registry.sheets import reading
from registry.statistics.reading import CSV, XLSX

SIZE = 20 * 1024**2
"""Bytes that a file may have, with the fields around it."""


async def body_of(form: FormData, name: str = "file") -> bytes:
    """Returns the bytes of the file that came under a name.

    Raises:
        BadParameter: there is none.
    """
    found = form.get(name)
    if not isinstance(found, UploadFile) or not found.filename:
        raise BadParameter(
            "Choose a file first.",
            "Първо изберете файл.",
            extra={"parameter": name},
        )
    return await found.read()


def field(form: FormData, name: str) -> str:
    """Returns what was typed into a field, empty if it was not sent."""
    found = form.get(name)
    return found.strip() if isinstance(found, str) else ""


@contextmanager
def laid_down(body: bytes) -> Iterator[Path]:
    """Yields a file with these bytes, which is gone when the block ends."""
    with TemporaryDirectory(prefix="upload-") as folder:
        path = Path(folder) / "file"
        path.write_bytes(body)
        yield path


def attachment(body: bytes, name: str, *, workbook: bool) -> Response:
    """Returns a file for the reader alone.

    Args:
        body: of the file.
        name: in ASCII, without an extension.
        workbook: whether it is one; a CSV file otherwise.
    """
    extension, kind = ("xlsx", XLSX) if workbook else ("csv", f"{CSV}; charset=utf-8")
    return Response(
        body,
        headers={
            "Content-Type": kind,
            "Content-Disposition": f'attachment; filename="{name}.{extension}"',
            "Cache-Control": UNSTORED,
        },
    )


def given_back(file: Path, body: bytes, name: str) -> Response:
    """Returns a file that somebody handed in, with remarks, in its own format."""
    return attachment(body, name, workbook=reading.is_workbook(file))
