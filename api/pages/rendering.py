"""Templates to bytes: escaping always on, no script, no foreign host."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request

from api.pages.messages import MESSAGES, SEVERITIES, STATUSES, TERMS, TYPES
from registry.language import LANGUAGES, Chosen, Text, choose

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Pages:
    """Renders pages under one base.

    Attributes:
        base: of every link.
        stylesheet: the bytes of the one style sheet.
        environment: the templates.
    """

    base: str
    stylesheet: bytes
    environment: Environment

    @classmethod
    def load(cls, base: str) -> "Pages":
        """Returns the pages with the templates of this package."""
        environment = Environment(
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            loader=FileSystemLoader(FOLDER / "templates"),
        )
        stylesheet = (FOLDER / "static" / "site.css").read_bytes()
        environment.globals.update(
            base=base,
            stylesheet=f"{base}assets/site.css?v={digest(stylesheet)}",
            web_address=web_address,
        )
        return cls(base, stylesheet, environment)

    def render(
        self, template: str, request: Request, language: str, **values: object
    ) -> bytes:
        """Returns a page in one language.

        Args:
            template: its name without `.html`.
            request: the page links to itself in the other language.
            language: one of `LANGUAGES`.
            values: what the template shows.
        """
        page = self.environment.get_template(f"{template}.html").render(
            language=language,
            other=next(tag for tag in LANGUAGES if tag != language),
            translations={tag: self._translated(request, tag) for tag in LANGUAGES},
            say=_Sayings(MESSAGES, language),
            term=_Sayings(TERMS, language),
            type_name=_Sayings(TYPES, language),
            status_name=_Sayings(STATUSES, language),
            severity_name=_Sayings(SEVERITIES, language),
            text=lambda texts: choose(texts, language),
            localised=lambda iri: self._localised(iri, language),
            **values,
        )
        return page.encode()

    def _translated(self, request: Request, language: str) -> str:
        # Not `request.url`: that is made with the Host header.
        path = quote(request.scope["path"].removeprefix("/"))
        query = request.scope["query_string"].decode("latin-1")
        kept = [
            pair
            for pair in parse_qsl(query, keep_blank_values=True)
            if pair[0] != "lang"
        ]
        return f"{self.base}{path}?{urlencode([*kept, ('lang', language)])}"

    def _localised(self, iri: str, language: str) -> str:
        """Returns the address of a thing of ours, in the language of the page."""
        thing, hash_, fragment = iri.partition("#")
        if not thing.startswith(f"{self.base}id/"):
            return iri
        return f"{thing}?{urlencode({'lang': language})}{hash_}{fragment}"


@dataclass(frozen=True, slots=True)
class _Sayings:
    """A table of texts in one language; an unknown key stands for itself."""

    table: Mapping[str, Text]
    language: str

    def __call__(self, key: str) -> str:
        chosen = choose(self.table.get(key, {}), self.language)
        return (chosen or Chosen(key, self.language)).text


def digest(data: bytes) -> str:
    """Returns what marks these bytes in an address."""
    return sha256(data).hexdigest()[:16]


def web_address(value: object) -> bool:
    """Says whether a value may become a link: never for `javascript:` and such."""
    return isinstance(value, str) and value.startswith(("http://", "https://"))
