"""`/catalog/score`: what data.europa.eu will think of each dataset, foretold.

A score takes some tens of milliseconds until it is known, so a page has few.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import caching, openapi
from api.catalogue import check_names
from api.negotiation import Offer
from api.site import VARY, Site, offer_for
from registry.errors import BadParameter
from registry.iris import KEY
from registry.views.indicators import TOTAL
from registry.views.score import EXCELLENT, Score

JSON = Offer("json", "application/json")
HTML = Offer("html", "text/html")
OFFERS = (JSON, HTML)

LIMIT = 25
"""Scores on a page."""


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of one registry's datasets."""

    site: Site

    async def scores(self, request: Request) -> Response:
        """Returns the predicted score of datasets by key, with what would add points.

        Of 405 points 351 are called excellent. Series have no score.
        """
        offer = offer_for(request, OFFERS)
        if offer is HTML:
            return self.site.web.redirect(request)
        return await run_in_threadpool(self._scores, request, offer)

    def _scores(self, request: Request, offer: Offer) -> Response:
        check_names(request, ("after", "lang"))
        scored, following = scores(self.site, request.query_params.get("after", ""))
        headers = {"Content-Type": offer.content_type, "Vary": VARY}
        if following:
            headers["Link"] = f'<{self._address(following)}>; rel="next"'
        body = json.dumps(self._document(scored, following), ensure_ascii=False)
        return caching.respond(request, body.encode(), headers)

    def _address(self, after: str) -> str:
        query = urlencode({"after": after})
        return f"{self.site.base}catalog/score?{query}"

    def _document(
        self, scored: Sequence[Score], following: str | None
    ) -> Mapping[str, Any]:
        return {
            "of": TOTAL,
            "excellent": EXCELLENT,
            "datasets": [_told(score) for score in scored],
            **({"next": self._address(following)} if following else {}),
        }


def _told(score: Score) -> Mapping[str, Any]:
    return {
        "dataset": score.dataset,
        "points": score.points,
        "rating": score.rating,
        "missing": [
            {
                "indicator": measured.indicator.key,
                "points": measured.missing,
                "title": dict(measured.indicator.title),
            }
            for measured in score.missing
        ],
    }


def scores(site: Site, after: str) -> tuple[Sequence[Score], str | None]:
    """Returns one page of scores, and the cursor of the following one, if there is one.

    Args:
        site: whose datasets they are of.
        after: the cursor, empty at first.

    Raises:
        BadParameter: it is no key of a dataset.
    """
    registry = site.registry
    found = registry.catalogue.datasets(after=_after(after), limit=LIMIT)
    following = found[-1].key if len(found) == LIMIT else None
    return registry.scorer.scores(found), following


def _after(value: str) -> str:
    if value and not KEY.match(value):
        raise BadParameter(
            "The parameter “after” can be: the key of a dataset.",
            "Параметърът „after“ може да бъде: ключ на набор от данни.",
            extra={"parameter": "after", "value": value},
        )
    return value


def add_to(app: FastAPI, site: Site) -> None:
    """Adds the route of scores."""
    openapi.getter(app, "catalogue")(
        "/catalog/score",
        Scores(site).scores,
        summary="The scores that datasets will get at data.europa.eu",
        parameters=[
            openapi.text("after", "query", "The key that the page before ended with."),
            openapi.LANG,
        ],
        responses=openapi.answered(OFFERS, 304, 400, 406) | openapi.redirected(),
    )
