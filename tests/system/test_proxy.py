import subprocess
from pathlib import Path

import httpx
import pytest

from tests.proxying import (
    CADDY,
    NGINX,
    SAMPLES,
    certificate,
    needs_nginx,
    proxied,
    sample,
)
from tests.serving import Operator, free_port


@needs_nginx
def test_nginx_takes_the_sample(tmp_path: Path) -> None:
    """The sample configuration is one, certificates and all."""
    certificate(tmp_path)
    path = tmp_path / "nginx.conf"
    path.write_text(sample(tmp_path), encoding="utf-8")

    found = subprocess.run(
        [str(NGINX), "-t", "-p", tmp_path, "-c", path], capture_output=True, text=True
    )

    assert found.returncode == 0, found.stderr
    assert "warn" not in found.stderr


@pytest.mark.skipif(CADDY is None, reason="there is no Caddy")
def test_caddy_takes_the_sample(tmp_path: Path) -> None:
    """Caddy understands its sample."""
    found = subprocess.run(
        [
            *(str(CADDY), "validate", "--adapter", "caddyfile"),
            *("--config", SAMPLES / "Caddyfile"),
        ],
        capture_output=True,
        text=True,
        env={"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)},
    )

    assert found.returncode == 0, found.stderr


@needs_nginx
def test_readers_behind_the_sample(tmp_path: Path) -> None:
    """Answers arrive whole; metrics, foreign hosts and forged clients do not."""
    outside = free_port()
    operator = Operator(
        tmp_path / "data",
        free_port(),
        f"http://127.0.0.1:{outside}/",
        settings={
            "REGISTRY_SITE__PROXIES": "127.0.0.1",
            "REGISTRY_ENGINE__CLIENT_ERRORS": "1",
        },
    )
    operator.run("init")

    with (
        operator.serving(),
        proxied(tmp_path, outside, operator.port),
        httpx.Client(base_url=operator.base) as http,
    ):
        page = http.get("bg/")
        metrics = http.get("metrics")
        direct = httpx.get(f"{operator.address}metrics")
        foreign = http.get("bg/", headers={"Host": "evil.example"})
        long = http.get("bg/", headers={"X-A": "a" * 20_000})
        forged = [
            http.get(
                "sparql", params={"query": "x"}, headers={"X-Forwarded-For": client}
            )
            for client in ("192.0.2.1", "192.0.2.2")
        ]

    assert page.status_code == 200
    assert page.text.rstrip().endswith("</html>")
    assert len(page.headers["x-request-id"]) == 32  # that of nginx
    assert (metrics.status_code, direct.status_code) == (404, 200)
    assert foreign.status_code == 421
    assert long.status_code in {400, 431}
    assert [answer.status_code for answer in forged] == [400, 429]
