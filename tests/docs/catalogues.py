"""Brings the catalogues of the pages up to what the pages say.

`make messages` adds what is new, untranslated, and takes out what is gone; with
`LOCALE=uk` it begins a catalogue. `test_catalogues.py` names what is left to do.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from api.pages.translations import CATALOGUES

ROOT = Path(__file__).parents[2]

_TEMPLATES = "pages/templates/site/**.html"
_OPTIONS = {"trimmed": "true", "silent": "false"}
_KEYWORDS: Mapping[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "msgid": None,
}


def template() -> Catalog:
    """Returns every message of the templates and of the code, by file."""
    catalog = Catalog(fuzzy=False)
    found = extract_from_dir(
        ROOT / "api",
        method_map=[("**.py", "python"), (_TEMPLATES, "jinja2")],
        options_map={_TEMPLATES: _OPTIONS},
        keywords=_KEYWORDS,
        directory_filter=lambda path: Path(path).name != "node_modules",
    )
    for name, line, message, _, context in found:
        catalog.add(message, None, [(f"api/{name}", line)], context=context)
    return catalog


def path_of(locale: str) -> Path:
    """Returns where the catalogue of a locale is."""
    return CATALOGUES / locale / "LC_MESSAGES" / "messages.po"


def locales() -> list[str]:
    """Returns the locales that have a catalogue."""
    return sorted(path.name for path in CATALOGUES.iterdir())


def read(locale: str) -> Catalog:
    """Returns a catalogue as its file has it, or an empty one."""
    path = path_of(locale)
    if not path.exists():
        return Catalog(locale, fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=locale, abort_invalid=True)


def update(locale: str) -> None:
    """Brings a catalogue up to what the pages say."""
    catalog = read(locale)
    catalog.update(template(), no_fuzzy_matching=True)
    path_of(locale).parent.mkdir(parents=True, exist_ok=True)
    with path_of(locale).open("wb") as file:
        # The usual header has dates and names that change without a reason.
        header = _HEADER.format(locale=locale, plural=catalog.plural_forms)
        file.write(header.encode())
        write_po(
            file,
            catalog,
            width=88,
            omit_header=True,
            sort_by_file=True,
            ignore_obsolete=True,
            include_lineno=False,
        )


_HEADER = """\
msgid ""
msgstr ""
"Language: {locale}\\n"
"Plural-Forms: {plural}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


if __name__ == "__main__":
    for named in sys.argv[1:] or locales():
        update(named)
