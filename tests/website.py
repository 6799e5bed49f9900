"""The website page by page: one example, or more, of every kind of page."""

from collections.abc import Mapping, Sequence

from fastapi import FastAPI
from starlette.routing import Mount, Route

LANGUAGES = ("bg", "en")

PAGES: Mapping[str, Sequence[str]] = {
    "/": ("",),
    "/find": (
        "find",
        "find?q=kurs+bulgarski+haskovo&kind=course",
        "find?q=xyzxyz&kind=institution&place=bg422",
    ),
    "/course/{key}": ("course/refugee-project-1",),
    "/course/{key}/history": ("course/refugee-project-1/history",),
    "/institution/{key}": ("institution/sar",),
    "/institution/{key}/history": ("institution/sar/history",),
    "/training-centre/{key}": ("training-centre/caritas-livelihood",),
    "/training-centre/{key}/history": ("training-centre/caritas-livelihood/history",),
    "/place/{key}": ("place/bg422", "place/00326"),
    "/place/{key}/history": ("place/bg422/history",),
    "/statistics": ("statistics", "statistics?q=syria"),
    "/table/{key}": (
        "table/unhcr-population",
        "table/unhcr-population?chart=interactive",
    ),
    "/table/{key}/{codes}": ("table/unhcr-population/A.SY.BG.refugees.2014",),
    "/table/{key}/history": ("table/unhcr-population/history",),
    "/table/{key}/editions": ("table/unhcr-population/editions",),
    "/publications": ("publications",),
    "/publication/{key}": ("publication/asylum-bg-handbook",),
    "/publication/{key}/history": ("publication/asylum-bg-handbook/history",),
    "/practices": ("practices",),
    "/catalogue": ("catalogue",),
    "/catalogue/scores": ("catalogue/scores",),
    "/catalogue/{key}": ("catalogue/register.institution",),
    "/scheme/{key}": ("scheme/age",),
    "/scheme/{key}/history": ("scheme/age/history",),
    "/sparql": ("sparql", "sparql?query=ASK+%7B%7D"),
    # Each is somebody's own, and gone after a while.
    "/sparql/jobs/{id}": (),
    "/api": ("api",),
    "/vocabulary": ("vocabulary",),
    "/vocabulary/shapes": ("vocabulary/shapes",),
    "/vocabulary/shapes/{kind}": ("vocabulary/shapes/institution",),
    "/downloads": ("downloads",),
    "/feeds": ("feeds",),
    "/limits": ("limits",),
    "/problems": ("problems",),
    "/problems/{slug}": ("problems/not-found",),
    "/about": ("about",),
    "/project": ("project",),
    "/contacts": ("contacts",),
    # An example would have to be mailed first.
    "/confirm/{secret}": (),
    "/missing": ("missing", "missing?gap=contact&kind=institution"),
    "/report": ("report?record=institution/sar",),
    "/report/thanks": ("report/thanks?record=institution/sar",),
    "/accessibility": ("accessibility",),
    "/help": ("help",),
    "/privacy": ("privacy",),
    "/account/login": ("account/login",),
    "/account/reset": ("account/reset",),
    # Pages that only those who are logged in, or have a mailed link, can open.
    "/account": (),
    "/account/invitation/{secret}": (),
    "/account/reset/{secret}": (),
    "/account/oidc": (),
    "/account/oidc/callback": (),
    "/desk": (),
    "/desk/new/{kind}": (),
    "/desk/edit/{kind}/{key}": (),
    "/desk/drafts/{id}": (),
    "/desk/people": (),
    "/desk/sheets": (),
    "/desk/sheets/{kind}": (),
    "/desk/sheets/{kind}/download": (),
    "/desk/sheets/{kind}/marked/{parcel}": (),
    "/desk/tables": (),
    "/desk/tables/{key}": (),
    "/desk/tables/{key}/template": (),
    "/desk/tables/{key}/marked/{parcel}": (),
    "/desk/audit": (),
    "/desk/audit.{extension}": (),
    "/desk/reports/{number}": (),
    "/desk/review": (),
    "/desk/submissions/{number}": (),
    "/desk/submissions/{number}/catalogue": (),
    "/desk/submissions/{number}/preview": (),
    "/desk/submissions/{number}/preview.{extension}": (),
    "/desk/people/erase": (),
    # Kinds of which there is no record yet; their pages are those of the others.
    **{
        f"/{kind}/{{key}}{page}": ()
        for kind in ("service", "practice", "dataset")
        for page in ("", "/history")
    },
}
"""Paths below the language, by the route that answers them."""

FRAGMENTS = frozenset({"/suggest", "/sparql/terms"})
"""Routes that answer with a part of a page, or with data for its scripts."""


def routes(app: FastAPI, language: str) -> set[str]:
    """Returns the paths of the routes below a language."""
    return {
        route.path
        for mount in app.router.routes
        if isinstance(mount, Mount) and mount.path == f"/{language}"
        for route in mount.routes
        if isinstance(route, Route) and "GET" in (route.methods or ())
    }
