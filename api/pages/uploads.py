"""Files that come with a form: taken from it, and given back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from api.caching import UNSTORED
from api.problems import status_of
from api.site import Site
from registry.errors import BadParameter, RegistryError
from registry.people import Person
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


async def receive(
    site: Site,
    request: Request,
    take: Callable[[Person, FormData, bytes], Response],
    refuse: Callable[[Person, FormData, RegistryError], Response],
) -> Response:
    """Answers a form with a file.

    Args:
        site: whose form it is.
        request: with which it came.
        take: answers a file; it runs in a thread.
        refuse: answers a form without one; it runs in a thread.
    """
    person = site.guard.sender(request)
    form = await site.guard.form(request, size=SIZE, files=1)
    try:
        body = await body_of(form)
    except BadParameter as error:
        return await run_in_threadpool(refuse, person, form, error)
    finally:
        await form.close()
    return await run_in_threadpool(take, person, form, body)


def status_of_refused(error: RegistryError) -> int:
    """Returns the status of a page that says why a file was not taken."""
    return 422 if isinstance(error, BadParameter) else status_of(error)


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
