import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.negotiation import HEADER_CAP, Offer, choose, language
from registry.errors import BadParameter, NotAcceptable

COMPACTED = "http://www.w3.org/ns/json-ld#compacted"
EXPANDED = "http://www.w3.org/ns/json-ld#expanded"

JSONLD = Offer("jsonld", "application/ld+json", frozenset({COMPACTED}))
TURTLE = Offer("ttl", "text/turtle")
HTML = Offer("html", "text/html")
JSON = Offer("json", "application/json")
FULL = Offer("expanded", "application/ld+json", frozenset({EXPANDED}), announced=True)
OFFERS = (JSONLD, TURTLE, HTML, JSON, FULL)

BROWSER = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,"
    "*/*;q=0.8"
)


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, JSONLD),  # no header accepts everything
        ("", JSONLD),
        ("*/*", JSONLD),
        (BROWSER, HTML),
        ("text/turtle", TURTLE),
        ("TEXT/Turtle", TURTLE),
        ("text/*", TURTLE),  # in the order of the offers
        ("text/html, */*", HTML),  # named before covered
        ("application/json", JSON),
        ("text/turtle;q=0.5, text/html;q=0.7", HTML),
        ("text/turtle; q=0.5 , */*;q=0.1", TURTLE),
        ("*/*, application/ld+json;q=0", TURTLE),  # zero is never
        ("text/*;q=0.9, text/turtle;q=0.1, application/json;q=0.5", HTML),
        ("text/turtle;charset=utf-8", TURTLE),
        ('text/turtle;charset="utf-8";q=1', TURTLE),
        ("text/turtle;q=2, text/html", HTML),  # no such quality
        ("text/turtle;q=0.1234, text/html", HTML),  # too many digits
        ("text/turtle;q=, text/html", HTML),
        ("nonsense, text/html", HTML),
        ("*/html, text/turtle", TURTLE),  # no such range
        (",, ,text/html,,", HTML),
        ("text/turtle;level=1, text/html;q=0.1", HTML),  # we have no levels
        ("text/html;q=0.3;ext=1", HTML),  # an extension after the quality
        (f'application/ld+json;profile="{EXPANDED}"', FULL),
        (f'application/ld+json;profile="{EXPANDED}";q=0.9, text/html;q=0.1', FULL),
        (f'application/ld+json;profile="{COMPACTED}"', JSONLD),
        (f'application/ld+json;profile="urn:x {EXPANDED}"', FULL),
        ("application/ld+json;profile=unknown", JSONLD),  # RFC 6906, section 3.1
        (f'application/ld+json, application/ld+json;profile="{EXPANDED}";q=0', JSONLD),
        ('application/ld+json;profile="a,b;c", text/html;q=0.1', JSONLD),
        (r'application/ld+json;profile="a\"b"', JSONLD),
    ],
)
def test_best_offer(accept: str | None, chosen: Offer) -> None:
    """The best offer is the one with the highest quality, named ones first."""
    assert choose(accept, OFFERS) is chosen


@pytest.mark.parametrize(
    "accept",
    ["image/png", "nonsense", "*/*;q=0", "text/turtle;q=0", "text", ";", '"', "/"],
)
def test_nothing_suits(accept: str) -> None:
    """A reader whom no offer suits is told what there is, each type once."""
    with pytest.raises(NotAcceptable) as refusal:
        choose(accept, OFFERS)

    assert refusal.value.extra == {
        "offered": [
            "application/ld+json",
            "text/turtle",
            "text/html",
            "application/json",
        ]
    }


def test_announced_profile() -> None:
    """Only an offer that says so names its profile in its Content-Type."""
    assert FULL.content_type == f'application/ld+json; profile="{EXPANDED}"'
    assert JSONLD.content_type == "application/ld+json"
    assert TURTLE.content_type == "text/turtle; charset=utf-8"


@given(st.text(max_size=300))
def test_any_header(accept: str) -> None:
    """Whatever the header is, the outcome is an offer or a refusal."""
    try:
        chosen = choose(accept, OFFERS)
    except NotAcceptable:
        return
    assert chosen in OFFERS


_QUALITIES = st.sampled_from(["0", "0.001", "0.5", "0.999", "1"])


@given(
    st.dictionaries(st.sampled_from(OFFERS[:4]), _QUALITIES, min_size=1),
    st.permutations(range(4)),
)
def test_order_of_members(qualities: dict[Offer, str], order: list[int]) -> None:
    """The outcome depends on the qualities, not on the order of the members."""
    members = [f"{offer.media_type};q={q}" for offer, q in qualities.items()]
    shuffled = [members[i] for i in order if i < len(members)]

    def outcome(accept: list[str]) -> Offer | None:
        try:
            return choose(", ".join(accept), OFFERS[:4])
        except NotAcceptable:
            return None

    best = max(qualities.values(), key=float)
    first = [o for o in OFFERS[:4] if qualities.get(o) == best]
    expected = first[0] if float(best) > 0 else None
    assert outcome(members) is expected
    assert outcome(shuffled) is expected


@pytest.mark.parametrize(
    "accept",
    [
        "," * 1_000_000,
        '"' * 1_000_000,
        "a/b;" * 250_000,
        '"\\' * 500_000,
        "a/b;q=0." + "1" * 1_000_000,
        'a/b;profile="' + "x " * 500_000,
        "*/*;q=0.1," * 100_000,
    ],
)
def test_hostile_header(accept: str) -> None:
    """A megabyte of header costs no more than the part of it that is read."""
    started = time.process_time()
    with suppress(NotAcceptable):
        choose(accept, OFFERS)

    assert time.process_time() - started < 0.5


def test_past_the_cap() -> None:
    """A member that the cap cuts, and what follows it, is ignored."""
    padding = ",".join(["a/b"] * (HEADER_CAP // 4))

    with pytest.raises(NotAcceptable):
        choose(f"{padding},text/html", OFFERS)


@pytest.mark.parametrize(
    ("asked", "header", "found"),
    [
        (None, None, "bg"),
        (None, "", "bg"),
        (None, "en", "en"),
        (None, "EN-gb", "en"),  # lookup cuts the range from its end
        (None, "de, en;q=0.8", "en"),
        (None, "de", "bg"),
        (None, "en;q=0.3, bg;q=0.4", "bg"),
        (None, "en;q=0, *", "bg"),
        (None, "bg;q=0, *", "en"),
        (None, "bg;q=0", "en"),
        (None, "bg;q=0, en;q=0", "bg"),  # something has to be answered
        (None, "*, en;q=0.5", "bg"),
        (None, "en;q=7, bg;q=0.1", "bg"),
        (None, "engl\u00ecsh", "bg"),
        (None, "tr-TR,tr;q=0.9,en-US;q=0.8,en;q=0.7", "en"),
        ("en", "bg", "en"),
        ("bg", "en", "bg"),
    ],
)
def test_language(asked: str | None, header: str | None, found: str) -> None:
    """The parameter decides, then the header by lookup, then the default."""
    assert language(asked, header) == found


def test_unknown_language() -> None:
    """A language that we do not have is refused by naming those that we have."""
    with pytest.raises(BadParameter) as refusal:
        language("fr", None)

    assert refusal.value.extra == {"parameter": "lang", "allowed": ["bg", "en"]}


@given(st.text(max_size=300))
def test_any_language_header(header: str) -> None:
    """Whatever the header is, the answer is in one of our languages."""
    assert language(None, header) in {"bg", "en"}
