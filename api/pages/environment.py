"""The templates of the pages in one language, and what every template can use."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from api.pages.addresses import Addresses, web_address
from api.pages.kinds import KIND_NAMES
from api.pages.known import KnownCalls
from api.pages.translations import Language
from registry.kinds import KINDS
from registry.language import Chosen, Text, choose

TEMPLATES = Path(__file__).parent / "templates"
TRIMMED = "ext.i18n.trimmed"
"""The policy by which a message is one line, however the template breaks it."""

_IN = Markup('<bdi lang="{tag}" dir="{direction}">{text}</bdi>')
_APART = Markup("<bdi>{text}</bdi>")
_TURNING = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


def environment(
    addresses: Addresses,
    languages: Mapping[str, Language],
    assets: Mapping[str, str],
) -> Environment:
    """Returns the templates, speaking the language of the addresses.

    Args:
        addresses: of the pages in that language.
        languages: all of them, by tag.
        assets: the address of each file that pages load, by its name.
    """
    language = languages[addresses.language]
    made = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n", KnownCalls],
        loader=FileSystemLoader(TEMPLATES),
    )
    made.policies[TRIMMED] = True
    # The extension adds this method, which the types of the class do not show.
    install: Callable[..., None] = vars(made)["install_gettext_translations"]
    install(language.catalogue, newstyle=True)
    made.globals.update(
        base=addresses.base,
        language=language.tag,
        direction=language.direction,
        languages=languages,
        say=language.say,
        kinds=KINDS,
        kind_name=lambda kind: language.say(KIND_NAMES[kind]),
        asset=assets.__getitem__,
        page=addresses.page,
        record=addresses.record,
        thing=addresses.thing,
        date=language.date,
        moment=language.moment,
        number=language.number,
        size=language.size,
        language_name=language.language,
        text=partial(_text, language.tag),
        marked=partial(marked, languages, language.tag),
        direction_of=partial(direction_of, languages),
        turns=turns,
        web_address=web_address,
    )
    return made


def _text(language: str, texts: Text | Chosen | None) -> Chosen | None:
    """Returns the text in the language of the page, or in the best there is."""
    if texts is None or isinstance(texts, Chosen):
        return texts
    return choose(texts, language)


def marked(
    languages: Mapping[str, Language],
    language: str,
    texts: Text | Chosen | None,
    otherwise: str = "",
) -> str:
    """Returns a text of the data for a page, in the best language there is.

    One in another language than the page says so; one with marks that turn
    around what stands beside it is kept apart from its neighbours.

    Args:
        languages: of the pages, by tag.
        language: of the page.
        texts: per language, or the one that was chosen.
        otherwise: what is shown if there is no text.
    """
    chosen = _text(language, texts)
    if not chosen:
        return otherwise
    text, tag = chosen.text, chosen.language
    if tag and tag != language:
        direction = direction_of(languages, tag)
        return _IN.format(tag=tag, direction=direction, text=text)
    return _APART.format(text=text) if turns(text) else text


def direction_of(languages: Mapping[str, Language], tag: str) -> str:
    """Returns the direction of a language, which readers find out if we do not know."""
    return languages[tag].direction if tag in languages else "auto"


def turns(text: str) -> bool:
    """Says whether a text holds marks that turn around what stands beside it."""
    return not _TURNING.isdisjoint(text)
