"""The sample configuration of nginx, in front of a server of a test."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

SAMPLES = Path(__file__).parents[1] / "docs" / "proxy"
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
needs_nginx = pytest.mark.skipif(
    NGINX is None and os.environ.get("CI") != "true", reason="there is no nginx"
)
"""Skips a test where there is none, unless nothing may be missing."""
CADDY = shutil.which("caddy")

START = 20.0
"""Seconds within which nginx has to listen."""


def certificate(folder: Path) -> None:
    """Makes a certificate for nobody in a folder."""
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"),
            *("-subj", "/CN=registry.example", "-keyout", folder / "key.pem"),
            *("-out", folder / "fullchain.pem"),
        ],
        check=True,
        capture_output=True,
    )


def sample(folder: Path) -> str:
    """Returns the sample with its files in a folder of a test."""
    text = (SAMPLES / "nginx.conf").read_text(encoding="utf-8")
    for there, here in (
        ("/etc/ssl/registry", folder),
        ("/run/nginx.pid", folder / "nginx.pid"),
        ("/var/log/nginx/error.log", folder / "error.log"),
    ):
        assert there in text
        text = text.replace(there, str(here))
    return text


def in_front(folder: Path, port: int, *servers: int) -> str:
    """Returns the sample for a port of the loopback, without TLS.

    All clients of a test have one address, so the limit for each is lifted.
    """
    text = sample(folder)
    for there, here in (
        ("listen 80;", f"listen unix:{folder / 'unused'};"),
        ("listen 443 ssl default_server;", f"listen 127.0.0.1:{port} default_server;"),
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{port};"),
        ("server_name registry.example;", "server_name 127.0.0.1;"),
        ("server 127.0.0.1:8000;", "\n".join(map(_upstream, servers))),
        ("limit_conn clients 100;", ""),
        ("http {\n", f"http {{\n{_folders(folder)}"),
    ):
        assert there in text, there
        text = text.replace(there, here)
    return "\n".join(line for line in text.splitlines() if "ssl_" not in line)


def _upstream(server: int) -> str:
    """Returns the line of a server, which is left out for a second when it is gone."""
    return f"server 127.0.0.1:{server} max_fails=1 fail_timeout=1s;"


def _folders(folder: Path) -> str:
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    return "".join(f"{kind}_temp_path {folder / kind};\n" for kind in kinds)


@contextmanager
def proxied(folder: Path, port: int, *servers: int) -> Iterator[None]:
    """Runs nginx on a port of the loopback in front of the servers at others."""
    assert NGINX
    path = folder / "nginx.conf"
    path.write_text(in_front(folder, port, *servers), encoding="utf-8")
    process = subprocess.Popen(
        [NGINX, "-p", folder, "-c", path, "-g", "daemon off;"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(process, port)
        yield
    finally:
        process.terminate()
        process.wait(START)


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    ends = time.monotonic() + START
    while time.monotonic() < ends:
        assert process.poll() is None, "nginx ended"
        with socket.socket() as probe:
            if not probe.connect_ex(("127.0.0.1", port)):
                return
        time.sleep(0.05)  # nothing tells that a port is open but trying it
    raise AssertionError("nginx does not listen")
