import asyncio
from pathlib import Path

from fastapi import FastAPI

from api.application import application
from tests.api.client import Client
from tests.api.conftest import Sample
from tests.versions import BASE


def test_lifespan(sample: Sample) -> None:
    """What the application opened is closed once, when it ends."""
    closed = []
    app = application(sample, close=lambda: closed.append(True))

    with Client(app) as client:
        assert client.get("/health").status_code == 200
        assert closed == []

    assert closed == [True]


ARABIC = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"

msgid "Contacts"
msgstr "اتصال"
"""


def test_a_language_is_one_file(sample: Sample, tmp_path: Path) -> None:
    """A catalogue adds every page in its language, and the way to it to the others."""
    path = tmp_path / "ar" / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    path.write_text(ARABIC, encoding="utf-8")
    app = application(sample, close=lambda: None, catalogues=tmp_path)

    with Client(app) as client:
        sent = client.get("/", accept="text/html", accept_language="ar,en;q=0.5")
        page = client.get("/ar/contacts")
        missing = client.get("/ar/nothing", accept="text/html")
        english = client.get("/en/contacts").text

    assert sent.headers["location"] == f"{BASE}ar/"
    assert page.headers["content-language"] == "ar"
    assert '<html lang="ar" dir="rtl">' in page.text
    assert "<h1>اتصال</h1>" in page.text
    assert f'href="{BASE}ar/contacts" hreflang="ar" lang="ar" dir="rtl"' in english
    # The data say it in Bulgarian and English only, which the page tells.
    assert '<h1><bdi lang="bg" dir="auto">' in missing.text


def test_parallel_readers(app: FastAPI) -> None:
    """Readers of different forms at one time each get their own answer."""
    accepts = ["application/ld+json", "text/turtle", "text/n3", "application/json"]

    async def ask(accept: str) -> str:
        sent: list[dict[str, object]] = []

        async def receive() -> dict[str, object]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict[str, object]) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "GET",
            "path": "/doc/institution/centre",
            "root_path": "",
            "query_string": b"",
            "headers": [(b"host", b"registry.example"), (b"accept", accept.encode())],
            "scheme": "http",
        }
        await app(scope, receive, send)  # type: ignore[arg-type]
        headers = dict(sent[0]["headers"])  # type: ignore[call-overload]
        found: bytes = headers[b"content-type"]
        return found.decode().partition(";")[0]

    async def ask_all() -> list[str]:
        return await asyncio.gather(*(ask(accept) for accept in accepts * 10))

    assert asyncio.run(ask_all()) == accepts * 10
