"""A real OpenID provider of npm, and a browser at its pages."""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import httpx

from tests import node

FOLDER = Path(__file__).parent / "system" / "oidc"
CLIENT = "registry"
SECRET = "a secret of the tests"  # noqa: S105 - of nobody


@dataclass(frozen=True)
class Provider:
    """A provider that runs.

    Attributes:
        issuer: as it names itself.
    """

    issuer: str

    def confirms(self, address: str, who: str) -> str:
        """Logs in there, agrees, and returns where it sends the reader back to."""
        steps = [{"prompt": "login", "login": who, "password": "x"}]
        steps.append({"prompt": "consent"})
        with httpx.Client() as browser:
            answer = browser.get(address)
            while True:
                while answer.is_redirect:
                    onwards = urljoin(address, answer.headers["location"])
                    if not onwards.startswith(self.issuer):
                        return onwards
                    answer = browser.get(onwards)
                assert answer.status_code == 200, answer.text
                answer = browser.post(answer.url, data=steps.pop(0))


@contextmanager
def provider(port: int, redirects: Sequence[str]) -> Iterator[Provider]:
    """Runs a provider until the block ends.

    Args:
        port: on which it listens.
        redirects: addresses to which it sends readers back.
    """
    found = node.node(FOLDER / "requirements.txt")
    packages = node.packages(found, FOLDER)
    process = subprocess.Popen(
        [
            found.node,
            str(FOLDER / "provider.mjs"),
            str(packages.parent),
            str(port),
            " ".join(redirects),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        assert "ready\n" in process.stdout  # reads no further than that line
        yield Provider(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.stdout.close()
        process.wait(30)
