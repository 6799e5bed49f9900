"""The website: templates and sentences to answers, in every language of the pages.

Escaping is always on, nothing is inline, and nothing comes from another host. Each
language has an environment of its own, so that a macro speaks it without being told.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlencode

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api import compression, cookies
from api.caching import REVALIDATED, UNSTORED
from api.negotiation import preferred
from api.pages.addresses import SECTIONS, Addresses, page_of, split, translated
from api.pages.bundle import Bundle
from api.pages.environment import environment
from api.pages.translations import CATALOGUES, Language, languages

_ANSWERED = frozenset({"lang", "format"})
"""What an address for programs is asked that its page answers by being itself."""


@dataclass(frozen=True, slots=True)
class SitePages:
    """Renders the pages of a website under one base.

    Attributes:
        base: of every address; it ends in a slash.
        bundle: what the pages load.
        languages: by tag; the first is that of readers who prefer none.
        environments: the templates, by the tag of their language.
    """

    base: str
    bundle: Bundle
    languages: Mapping[str, Language]
    environments: Mapping[str, Environment]

    @classmethod
    def load(cls, base: str, catalogues: Path = CATALOGUES) -> "SitePages":
        """Returns the pages with the templates and the assets of this package.

        Raises:
            Misconfigured: a catalogue cannot be read, or the assets are not built.
        """
        bundle = Bundle.load()
        found = languages(catalogues)
        assets = {name: f"{base}assets/{file}" for name, file in bundle.names.items()}
        environments = {
            tag: environment(Addresses(base, tag), found, assets) for tag in found
        }
        return cls(base, bundle, found, MappingProxyType(environments))

    def addresses(self, language: str) -> Addresses:
        """Returns the addresses of the pages in a language."""
        return Addresses(self.base, language)

    def render(
        self, template: str, request: Request, language: str, **values: object
    ) -> bytes:
        """Returns a page, or a fragment of one.

        Args:
            template: its name below `templates/site`, without `.html`.
            request: what was asked; the page links to itself in other languages.
            language: the tag of a language that there is.
            values: what the template shows.
        """
        # Not `request.url`: that is made with the Host header.
        path = request.scope["path"]
        query = request.scope["query_string"].decode("latin-1")
        tags = tuple(self.languages)
        here = split(path, tags)[1]
        same = partial(translated, self.base, path, languages=tags)
        page = self.environments[language].get_template(f"site/{template}.html")
        return page.render(
            here=here,
            signed_in=cookies.signed_in(request.scope),
            section=SECTIONS.get(here.partition("/")[0]),
            switch={tag: same(query, tag) for tag in tags},
            alternates={tag: same("", tag) for tag in tags},
            **values,
        ).encode()

    def respond(
        self,
        request: Request,
        template: str,
        language: str,
        *,
        headers: Mapping[str, str] | None = None,
        cache: str = REVALIDATED,
        **values: object,
    ) -> Response:
        """Returns the answer that a page is, or 304 if the reader has it.

        Args:
            request: as for `render`.
            template: as for `render`.
            language: as for `render`.
            headers: beside those that every page has.
            cache: value of `Cache-Control`.
            values: what the template shows.
        """
        sent = {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Language": language,
            **(headers or {}),
        }
        body = self.render(template, request, language, **values)
        return compression.respond(request, body, sent, cache=cache)

    def unstored(
        self,
        request: Request,
        template: str,
        language: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **values: object,
    ) -> Response:
        """Returns the answer that a page is for this one reader, whatever its status.

        Args:
            request: as for `render`.
            template: as for `render`.
            language: as for `render`.
            status: of the answer.
            headers: beside those that every such page has.
            values: what the template shows.
        """
        return Response(
            self.render(template, request, language, **values),
            status_code=status,
            headers={
                "Content-Type": "text/html; charset=utf-8",
                "Content-Language": language,
                "Cache-Control": UNSTORED,
                **(headers or {}),
            },
        )

    def redirect(self, request: Request) -> Response:
        """Sends a reader of pages from an address for programs to its page.

        The page is asked what the address was asked, in the reader's language.
        """
        path = page_of(request.scope["path"])
        assert path is not None  # noqa: S101 - asked for at addresses with a page
        kept = [p for p in request.query_params.multi_items() if p[0] not in _ANSWERED]
        address = self.addresses(self.reader_language(request)).page(path)
        return RedirectResponse(
            f"{address}?{urlencode(kept)}" if kept else address,
            status_code=303,
            headers={
                "Vary": "Accept, Accept-Language",
                "Cache-Control": REVALIDATED,
            },
        )

    def reader_language(self, request: Request) -> str:
        """Returns the language of the reader, one of the languages of the pages.

        That of the address, or else `?lang=`, or else `Accept-Language`.
        """
        tags = tuple(self.languages)
        present = split(request.scope["path"], tags)[0]
        asked = present or request.query_params.get("lang")
        if asked in self.languages:
            return str(asked)
        return preferred(request.headers.get("accept-language"), tags)
