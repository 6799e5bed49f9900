"""Bulgarian in Latin letters, there and back, and one key for all spellings.

Source: Transliteration Act (State Gazette 19/2009), articles 3 to 6; what people
type in place of it is folded together by `key`.
"""

import re
import unicodedata
from functools import lru_cache

_ACT = {
    **dict(zip("абвгдезийклмнопрстуфхьъ", "abvgdeziyklmnoprstufhya", strict=True)),
    "ж": "zh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "sht",
    "ю": "yu",
    "я": "ya",
}
_OTHERS = {"ы": "i", "э": "e", "ё": "e", "і": "i", "ї": "i", "є": "e", "ґ": "g"}
"""Letters of Russian and Ukrainian, as far as a search needs them."""

_LETTERS = str.maketrans({**_ACT, **_OTHERS})
_FINAL = re.compile(r"ия\b")
_BULGARIA = re.compile(r"\bбългария\b")

_BACK = (
    ("sht", "щ"),
    ("sh", "ш"),
    ("ch", "ч"),
    ("zh", "ж"),
    ("ts", "ц"),
    ("yu", "ю"),
    ("ya", "я"),
    *((latin, letter) for letter, latin in _ACT.items() if len(latin) == 1),
)
_CYRILLIC = re.compile("|".join(latin for latin, _ in _BACK))
# Of two letters with one spelling, such as „а“ and „ъ“, the first is meant.
_LETTER = dict(reversed(_BACK))

_FOLDS = (
    ("kh", "h"),
    ("ou", "a"),
    ("tz", "c"),
    ("ts", "c"),
    ("w", "v"),
    ("sch", "sh"),
    ("zh", "j"),
    ("y", "i"),
    ("u", "a"),
    ("ph", "f"),
    ("ck", "k"),
)
"""What is written in place of what, one after the other."""
_REPEATED = re.compile(r"(.)\1+")


def latin(text: str) -> str:
    """Returns Bulgarian text in lower-case Latin letters, as the Act has it."""
    lower = _BULGARIA.sub("bulgaria", text.lower())
    return _FINAL.sub("ia", lower).translate(_LETTERS)


def cyrillic(text: str) -> str:
    """Returns what Latin letters may stand for, in lower-case Cyrillic.

    One of several spellings: the Act writes „а“ and „ъ“ alike.
    """
    lower = re.sub(r"ia\b", "iya", text.lower())
    return _CYRILLIC.sub(lambda found: _LETTER[found[0]], lower)


@lru_cache(maxsize=1 << 15)
def key(word: str) -> str:
    """Returns the key of a word, equal for every common way to spell it.

    *Хасково*, *Haskovo* and *Khaskovo* have one key; so have *български*,
    *balgarski* and *bulgarski*. It is for comparing only, never shown.
    """
    folded = word.lower() if word.isascii() else _plain(word)
    for written, replacement in _FOLDS:
        folded = folded.replace(written, replacement)
    return _REPEATED.sub(r"\1", folded)


def _plain(word: str) -> str:
    """Returns a word in Latin letters without accents."""
    plain = unicodedata.normalize("NFKD", latin(unicodedata.normalize("NFC", word)))
    return "".join(c for c in plain if not unicodedata.combining(c))
