"""`/catalog/score`: what data.europa.eu will think of each dataset, foretold.

A score takes some tens of milliseconds, so a page has few of them, and each is
kept until its dataset changes.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import caching, openapi
from api.catalogue import check_names
from api.negotiation import Offer
from api.pages.catalogue_messages import RATINGS
from api.site import VARY, Site, language_for, offer_for
from registry.errors import BadParameter
from registry.iris import KEY
from registry.ports import Described
from registry.views.dcat.membership import SERIES
from registry.views.indicators import TOTAL
from registry.views.score import EXCELLENT, Score

JSON = Offer("json", "application/json")
HTML = Offer("html", "text/html")
OFFERS = (JSON, HTML)

LIMIT = 25
"""Scores on a page."""

KEPT = 4096
"""Scores that are kept at most."""


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of one registry's datasets."""

    site: Site
    _known: dict[tuple[str, int], Score] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    async def scores(self, request: Request) -> Response:
        """Returns the predicted score of datasets by key, with what would add points.

        Of 405 points 351 are called excellent. Series have no score.
        """
        offer = offer_for(request, OFFERS)
        return await run_in_threadpool(self._scores, request, offer)

    def _scores(self, request: Request, offer: Offer) -> Response:
        check_names(request, ("after", "lang"))
        after = _after(request.query_params.get("after", ""))
        found = self.site.registry.catalogue.datasets(after=after, limit=LIMIT)
        scored = self._of([one for one in found if not one.key.startswith(SERIES)])
        following = found[-1].key if len(found) == LIMIT else None
        headers = {"Content-Type": offer.content_type, "Vary": VARY}
        if following:
            headers["Link"] = f'<{self._address(following)}>; rel="next"'
        if offer is HTML:
            return self._page(request, scored, following, headers)
        body = json.dumps(self._document(scored, following), ensure_ascii=False)
        return caching.respond(request, body.encode(), headers)

    def _of(self, described: Sequence[Described]) -> Sequence[Score]:
        """Returns the scores, of which only the unknown ones are worked out."""
        with self._lock:
            unknown = [d for d in described if (d.key, d.number) not in self._known]
            if len(self._known) + len(unknown) > KEPT:
                self._known.clear()
                unknown = list(described)
            made = self.site.registry.scorer.scores(unknown)
            for one, score in zip(unknown, made, strict=True):
                self._known[one.key, one.number] = score
            return [self._known[one.key, one.number] for one in described]

    def _address(self, after: str, **further: str) -> str:
        query = urlencode({"after": after, **further})
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

    def _page(
        self,
        request: Request,
        scored: Sequence[Score],
        following: str | None,
        headers: dict[str, str],
    ) -> Response:
        language = language_for(request)
        start = self.site.registry.iris.dataset("")
        body = self.site.pages.render(
            "scores",
            request,
            language,
            rows=[(score.dataset.removeprefix(start), score) for score in scored],
            ratings=RATINGS,
            total=TOTAL,
            excellent=EXCELLENT,
            next=self._address(following, lang=language) if following else None,
        )
        headers["Content-Language"] = language
        return caching.respond(request, body, headers)


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
        responses=openapi.answered(OFFERS, 304, 400, 406),
    )
