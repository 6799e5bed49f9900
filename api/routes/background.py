"""Handing a query to the background, by whichever address it came in.

**Source:** RFC 7240, section 4.1 (`Prefer: respond-async`); RFC 9110, section 15.3.3.
"""

import json
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from api import openapi
from api.budgets import client_of
from api.caching import UNSTORED
from api.negotiation import Offer
from api.site import VARY, Site
from registry.ports import Job, JobState, Query

PREFER = openapi.text(
    "Prefer", "header", "`respond-async` runs the query in the background."
)

AGAIN = 2
"""Seconds after which it is worth while to look at an unfinished job again."""

_PREFERENCE_CAP = 1000


def prefers_background(request: Request) -> bool:
    """Says whether the reader does not want to wait for the answer."""
    value = request.headers.get("prefer")
    if not value:
        return False
    preferences = ",".join(request.headers.getlist("prefer"))[:_PREFERENCE_CAP]
    names = (part.partition(";")[0].strip() for part in preferences.split(","))
    return any(name.lower() == "respond-async" for name in names)


def submitted(
    site: Site, request: Request, query: Query, *, sent: Offer, written: Offer
) -> Job:
    """Puts a query into the line: see `registry.ports.JobService.submit`."""
    return site.registry.jobs.submit(
        query,
        written.media_type,
        written=(sent.content_type, written.extension),
        client=client_of(request),
    )


def accepted(
    site: Site, request: Request, query: Query, *, sent: Offer, written: Offer
) -> Response:
    """Puts a query into the line and returns 202 with its state."""
    job = submitted(site, request, query, sent=sent, written=written)
    return state(site, job, status=202)


def state(site: Site, job: Job, *, status: int = 200) -> Response:
    """Returns the state of a job as JSON."""
    address = f"{site.base}sparql/jobs/{job.id}"
    headers = {
        "Content-Type": "application/json",
        "Cache-Control": UNSTORED,
        "X-Robots-Tag": "noindex",
        "Vary": VARY,
    }
    if status == 202:
        headers |= {"Location": address}
        headers |= {"Preference-Applied": "respond-async"}
    if job.state in (JobState.QUEUED, JobState.RUNNING):
        headers |= {"Retry-After": str(AGAIN)}
    document = {
        "id": address,
        "state": job.state.value,
        "contentType": job.content_type,
        "submitted": _moment(job.submitted),
        "started": _moment(job.started),
        "ended": _moment(job.ended),
        "expires": _moment(site.registry.jobs.expires(job)),
        "deadline": site.registry.settings.jobs.deadline,
        "result": f"{address}/result" if job.state is JobState.DONE else None,
        "sequence": job.sequence,
        "size": job.size,
        "problem": _problem(site, job),
    }
    body = json.dumps(document, ensure_ascii=False).encode()
    return Response(body, status_code=status, headers=headers)


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _problem(site: Site, job: Job) -> dict[str, object] | None:
    if job.error is None:
        return None
    return {
        **job.error.extra,
        "type": f"{site.base}problems/{job.error.slug}",
        "title": dict(job.error.title),
        "detail": dict(job.error.detail),
    }
