"""`/health` and `/metrics`: whether the registry answers, and how it is."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api import openapi
from api.caching import UNSTORED
from api.meters import CONTENT_TYPE, Meters
from api.negotiation import Offer
from api.site import Site
from api.standing import SCARCE, Standing, standing

JSON = Offer("json", "application/json")

_FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-real-ip")
"""What a proxy adds: behind one, anybody may look like a neighbour."""


@dataclass(frozen=True, slots=True)
class Health:
    """How one registry is."""

    site: Site
    meters: Meters

    async def health(self, _: Request) -> Response:
        """Says whether the registry answers, and how far queries lag behind.

        `lag` counts the journal entries that queries do not see yet; it is null
        while nothing is published. `catalogue` says the same of the catalogue, with
        the number of the dump that it names files of. `kept` are the finished answers
        in the memory of this process, and how often they served. `outbox` counts mails
        that wait, `dump` is the newest one, `disk` what is free for the data, and
        `sandbox` how far workers are confined: `limits` is less than is wanted. The
        status is 503 while queries cannot be answered. Always JSON: what watches a
        server rarely negotiates.
        """
        now = await run_in_threadpool(standing, self.site.registry, self.site.shelf)
        return _answer(_told(now), ready=now.ready)

    async def live(self, _: Request) -> Response:
        """Says that this process answers; if it does not, start it anew."""
        return _answer({"live": True}, ready=True)

    async def ready(self, _: Request) -> Response:
        """Says whether readers may be sent to this process: 503 if not, and why."""
        now = await run_in_threadpool(standing, self.site.registry, self.site.shelf)
        missing = []
        if now.published is None:
            missing.append("published")
        if not now.queries["alive"]:
            missing.append("workers")
        return _answer({"ready": now.ready, "missing": missing}, ready=now.ready)

    async def metrics(self, request: Request) -> Response:
        """Returns the figures of this process, to monitors alone."""
        if not self._is_monitor(request):
            raise HTTPException(404)
        body = await run_in_threadpool(self.meters.text)
        headers = {"Content-Type": CONTENT_TYPE, "Cache-Control": UNSTORED}
        return Response(body, headers=headers)

    def _is_monitor(self, request: Request) -> bool:
        if any(name in request.headers for name in _FORWARDED):
            return False
        try:
            address = ip_address(request.client.host if request.client else "")
        except ValueError:
            return False
        networks = self.site.registry.settings.site.monitors.split()
        return any(address in ip_network(network) for network in networks)


def _told(now: Standing) -> Mapping[str, Any]:
    number, made = now.dump or (None, None)
    return {
        "live": True,
        "ready": now.ready,
        "journal": now.tip,
        "published": now.published,
        "lag": now.lag,
        "sandbox": now.queries["sandbox"],
        "queries": now.queries,
        "catalogue": {
            "sequence": now.catalogue.sequence,
            "lag": now.behind,
            "dump": now.catalogue.dump,
        },
        "dump": {"number": number, "at": made.isoformat() if made else None},
        "outbox": now.mails,
        "disk": {"free": now.free, "scarce": now.free < SCARCE},
        "kept": now.kept,
    }


def _answer(document: Mapping[str, Any], *, ready: bool) -> Response:
    headers = {"Content-Type": JSON.content_type, "Cache-Control": UNSTORED}
    status = 200 if ready else 503
    return Response(json.dumps(document), status_code=status, headers=headers)


def add_to(app: FastAPI, site: Site, meters: Meters) -> None:
    """Adds the routes of monitors."""
    health = Health(site, meters)
    get = openapi.getter(app, "descriptions")
    for path, endpoint, summary, others in (
        ("/health", health.health, "How the registry is", (503,)),
        ("/health/live", health.live, "Whether this process answers", ()),
        ("/health/ready", health.ready, "Whether readers may be sent here", (503,)),
    ):
        responses = openapi.answered((JSON,), *others)
        get(path, endpoint, summary=summary, parameters=[], responses=responses)
    app.add_route("/metrics", health.metrics, methods=["GET"], include_in_schema=False)
