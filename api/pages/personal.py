"""Pages for one person: kept nowhere, with the token that their forms need."""

from collections.abc import Mapping, Sequence
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.caching import UNSTORED
from api.pages.addresses import split
from api.problems import STATUS
from api.site import Site
from registry.errors import BadParameter, Invalid, RegistryError
from registry.language import LANGUAGES

Errors = Sequence[tuple[str, str | None]]
"""What is wrong with a form: sentences, each with the id of its field if it has one."""


def errors_of(error: RegistryError, language: str) -> Errors:
    """Returns a refusal as the summary of errors shows it."""
    field = error.extra.get("field")
    return [(error.detail[_known(language)], str(field) if field else None)]


def respond(
    site: Site,
    request: Request,
    template: str,
    language: str,
    *,
    errors: Errors = (),
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
    **values: object,
) -> Response:
    """Returns a page that only who asks for it may see.

    Args:
        site: whose page it is.
        request: what was asked.
        template: its name, as for `SitePages.render`.
        language: of the page.
        errors: what is wrong with the form that was sent, if anything is.
        status: of the answer, where neither 200 nor that of a wrong form is meant.
        headers: beside those that every such page has.
        values: what the template shows; `person` as well, where somebody is logged in.
    """
    shown = {
        "csrf": site.guard.csrf(request),
        "errors": errors,
        "unlisted": True,
        **values,
    }
    return site.web.unstored(
        request,
        template,
        language,
        status=status or (STATUS[Invalid] if errors else 200),
        headers={"X-Robots-Tag": "noindex", **(headers or {})},
        **shown,
    )


def go(address: str) -> Response:
    """Sends a reader on after something was done, so that reloading does nothing."""
    return RedirectResponse(
        address, status_code=303, headers={"Cache-Control": UNSTORED}
    )


def own_path(wanted: str, languages: Sequence[str]) -> str | None:
    """Returns a path of a page of ours, or `None` for anything else.

    Args:
        wanted: path and query, quoted, as somebody's link may name it.
        languages: tags of the pages.
    """
    path, _, _ = wanted.partition("?")
    plain = wanted.isascii() and wanted.isprintable() and "\\" not in wanted
    if not plain or path.startswith("//") or not path.startswith("/"):
        return None
    return wanted if split(unquote(path), languages)[0] else None


def require(field: object, name: str) -> str:
    """Returns a field of a form that is text.

    Raises:
        BadParameter: it is missing, or is a file.
    """
    if not isinstance(field, str):
        raise BadParameter(
            f"The form lacks the field “{name}”.",
            f"Във формуляра липсва полето „{name}“.",
        )
    return field


def _known(language: str) -> str:
    return language if language in LANGUAGES else LANGUAGES[0]
