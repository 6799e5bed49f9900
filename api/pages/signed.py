"""Pages for people who are logged in: they are kept by nobody, and have a token."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.caching import UNSTORED
from api.site import Site
from registry.people import Person


def signed(
    site: Site,
    request: Request,
    template: str,
    language: str,
    *,
    person: Person,
    status: int = 200,
    **values: object,
) -> Response:
    """Returns a page for somebody who is logged in.

    Args:
        site: whose page it is.
        request: what was asked.
        template: as for `SitePages.render`.
        language: of the page.
        person: who is logged in.
        status: of the answer.
        values: what the template shows.
    """
    shown = {"csrf": site.guard.csrf(request), "unlisted": True, **values}
    return Response(
        site.web.render(template, request, language, person=person, **shown),
        status_code=status,
        headers={
            "Content-Type": "text/html; charset=utf-8",
            "Content-Language": language,
            "Cache-Control": UNSTORED,
        },
    )


def seen(address: str) -> Response:
    """Sends a browser on to what a form led to, so that it is not sent again."""
    return RedirectResponse(
        address, status_code=303, headers={"Cache-Control": UNSTORED}
    )
