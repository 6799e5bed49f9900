"""Documents and files that strangers may hand in to bring a server down, from a seed.

    python -m tests.hostile.documents SEED NUMBER

prints what each of them tries and how long it is, one JSON object a line.
"""

import gzip
import io
import json
import random
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

LD, TURTLE, N_TRIPLES, RDF_XML, CSV, XLSX = (
    "application/ld+json",
    "text/turtle",
    "application/n-triples",
    "application/rdf+xml",
    "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)
DOCUMENT, TABLE, SHEET = "document", "table", "sheet"
"""Where it is sent."""


@dataclass(frozen=True, slots=True)
class Hostile:
    """Something that is handed in, and what it tries.

    Attributes:
        kind: what it tries.
        where: `DOCUMENT`, `TABLE` or `SHEET`.
        media_type: that it is sent as.
        body: its bytes.
        encoding: of the content, if it says so.
    """

    kind: str
    where: str
    media_type: str
    body: bytes
    encoding: str = ""


Made = tuple[str, bytes]
Make = Callable[[random.Random, str], Made]

_TITLE: Mapping[str, Any] = {
    "type": "IntegrationMeasure",
    "title": {"bg": "Клуб"},
    "description": {"bg": "Разговори."},
}
_HEAD = (
    "@prefix dct: <http://purl.org/dc/terms/> .\n"
    "@prefix intg: <https://w3id.org/migrant-integration/def#> .\n"
    '<> a intg:IntegrationMeasure ; dct:title "Клуб"@bg .\n'
)


def _ld(value: object) -> Made:
    return LD, json.dumps(value).encode()


def _with(**members: Any) -> Made:
    return _ld({**_TITLE, **members})


def _raw(member: str) -> Made:
    return LD, ('{"type": "IntegrationMeasure", ' + member + "}").encode(
        "utf-8", "surrogatepass"
    )


def _turtle(text: str) -> Made:
    return TURTLE, (_HEAD + text).encode("utf-8", "surrogatepass")


def nest(chance: random.Random, _: str) -> Made:
    """Returns JSON in which things stand within each other."""
    depth = chance.choice((60, 63, 65, 1_000, 4_000, 60_000, 150_000))
    start, end = chance.choice(
        (
            ("[", "]"),
            ('{"contact":', "}"),
            ('{"dct:relation":[', "]}"),
            ('{"@included":', "}"),
            ('[{"a":', "}]"),
        )
    )
    closed = chance.choice((True, True, False))
    inner = start * depth + "{}" + (end * depth if closed else "")
    return _raw(f'"contact": {inner}')


def repeated(chance: random.Random, listener: str) -> Made:
    """Returns an object that has a name twice."""
    name = chance.choice(("id", "@id", "type", "title", "@context", "\\u0069d"))
    other = json.dumps(chance.choice(({"bg": "x"}, listener, [], None)))
    return _raw(f'"{name}": {other}, "{name}": {other}, "id": "#a"')


def huge_context(chance: random.Random, _: str) -> Made:
    """Returns a document with a context of its own, as large as it can be."""
    number = chance.choice((10, 500, 15_000))
    terms = {f"t{n}": f"https://x.example/{n}" for n in range(number)}
    return chance.choice(
        (
            _with(**{"@context": terms}),
            _with(**{"@context": [{}] * number}),
            _with(contact={"@context": terms}),
            _with(**{"@context": {"t": {"@id": "x:y", "@context": terms}}}),
            _ld([{**_TITLE, "@context": terms}] * 2),
        )
    )


def remote(chance: random.Random, listener: str) -> Made:
    """Returns a document that wants something to be fetched."""
    address = f"{listener}{chance.randrange(10**6)}"
    return chance.choice(
        (
            _with(**{"@context": address}),
            _with(**{"@context": [address, address]}),
            _with(**{"@context": {"@import": address, "@version": 1.1}}),
            _with(contact={"@context": address}),
            _with(**{"@context": {"t": {"@id": "x:y", "@context": address}}}),
            _with(**{"@context": None}),
            _with(**{"@import": address}),
            _ld(address),
            (LD, address.encode()),
            (LD, b"/etc/passwd"),
            (TURTLE, address.encode()),
            _turtle(f"<> <http://www.w3.org/2002/07/owl#imports> <{address}> ."),
            (N_TRIPLES, address.encode()),
        )
    )


def injection(chance: random.Random, listener: str) -> Made:
    """Returns a text that would be N-Quads if somebody pasted it into some."""
    text = chance.choice(
        (
            f"en .\n<{listener}a> <{listener}b> <{listener}c> .",
            f'en .\n<{listener}a> <{listener}b> "c" <{listener}g> .\n#',
            'x"@en . } ; DROP ALL ; INSERT DATA { <a:a> <a:b> "',
            f"https://x.example/> <a:b> <a:c> . <{listener}",
            "https://x.example/>\n<a:b",
            "<script>alert(1)</script>",
            "{{ 7*7 }}{% include '/etc/passwd' %}",
            "'; DROP TABLE entry; --",
        )
    )
    value = {"@value": "x", "@language": text}
    return chance.choice(
        (
            _with(**{"dct:x": value}),
            _with(**{"dct:x": [value, value]}),
            _with(**{"dct:x": {"@value": "x", "@type": text}}),
            _with(note={text: "x"}),
            _with(id=text),
            _with(type=["IntegrationMeasure", text]),
            _with(homepage=[text]),
            _with(contact={"id": text, "email": "a@example.org"}),
            _with(**{text: "x"}),
            _with(title={"bg": text}),
        )
    )


def address(chance: random.Random, _: str) -> Made:
    """Returns an address that nobody should be led to, or that is none."""
    iri = chance.choice(
        (
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "data:text/html,<script>1</script>",
            "vbscript:x",
            "file:///etc/passwd",
            "ftp://x.example/",
            "blob:x",
            "about:blank",
            "https://x.example/\u202egnp.exe",
            "https://x.example/a b",
            "https://x.example/%",
            "http://[::1",
            "https://x.example/" + "a" * 100_000,
            "//x.example/",
            "../../id/practice/other",
            "http://127.0.0.1:8000/id/practice/other",
            "_:b0",
            "",
            "#",
            "http:",
            "x" * 1_000 + ":y",
        )
    )
    return chance.choice(
        (
            _with(homepage=[iri]),
            _with(contact={"id": iri, "url": iri}),
            _with(**{"dct:relation": {"@id": iri}}),
            _turtle(f"<> dct:relation <{iri}> ."),
            _turtle(f"<{iri}> dct:relation <> ."),
            (N_TRIPLES, f"<{iri}> <a:b> <{iri}> .\n".encode()),
            _turtle(f'@base <{iri}> . <a> dct:title "b"^^<{iri}> .'),
        )
    )


def character(chance: random.Random, _: str) -> Made:
    """Returns characters that are none, or that play tricks."""
    trick = chance.choice(
        (
            "\\u0000",
            "\\ud800",
            "\\udfff\\ud800",
            "\\ufffe",
            "\\ufdd0",
            "\\u001b[2J",
            "\\u007f",
            "\\u202e\\u2066",
            "\\u200b\\u200b",
            "\\ufeff",
            "е\\u0301" * 5_000,
            "cъседи",
            "\\ud83d\\ude00",
            "\\u2028",
            "\x00",
            "\ud800",
            "\x1b",
            "\uffff",
            "\\U0010ffff",
            "\\u00e9\\u0065\\u0301",
        )
    )
    return chance.choice(
        (
            _raw(f'"title": {{"bg": "a{trick}b"}}'),
            _raw(f'"title": {{"b{trick}": "a"}}'),
            _raw(f'"a{trick}": 1'),
            _turtle(f'<> dct:x "a{trick}b" .'),
            _turtle(f"<> dct:x <https://x.example/{trick}> ."),
            (
                N_TRIPLES,
                f'<a:a> <a:b> "{trick}" .'.encode("utf-8", "surrogatepass"),
            ),
        )
    )


def number(chance: random.Random, _: str) -> Made:
    """Returns numbers that are none, or that no reader keeps."""
    digits = chance.choice(
        (
            "NaN",
            "-Infinity",
            "1e999",
            "9" * 5_000,
            "-" + "9" * 200_000,
            "1" * 16,
            "0.1e-400",
            "1e400000000",
            "1." + "0" * 50_000,
            "-0",
            "00",
            "0x10",
        )
    )
    return chance.choice(
        (
            _raw(f'"order": {digits}'),
            _raw(f'"dct:x": [{digits}]'),
            _turtle(f"<> dct:x {digits} ."),
            _turtle(f'<> dct:x "{digits}"^^<{_XSD}decimal> .'),
            _raw(f'"dct:x": {{"@value": "{digits}", "@type": "xsd:double"}}'),
        )
    )


_XSD = "http://www.w3.org/2001/XMLSchema#"


def tangle(chance: random.Random, _: str) -> Made:
    """Returns blank nodes that cannot be told apart."""
    size = chance.choice((8, 12, 20, 199, 201, 3_000))
    shape = chance.choice(("clique", "ring", "chain", "star", "list"))
    if shape == "clique":
        size = min(size, 60)
        pairs = [(a, b) for a in range(size) for b in range(size) if a != b]
    elif shape == "star":
        pairs = [(0, b) for b in range(1, size)]
    else:
        pairs = [(a, a + 1) for a in range(size)]
        if shape == "ring":
            pairs.append((size, 0))
    text = "".join(f"_:b{a} dct:relation _:b{b} .\n" for a, b in pairs)
    if shape == "list":
        return _turtle(f"<> dct:x ({' '.join(['[]'] * size)}) .")
    if chance.random() < 0.3:
        nodes = [{"id": f"_:b{a}", "dct:relation": {"id": f"_:b{b}"}} for a, b in pairs]
        return _with(**{"@included": nodes})
    return _turtle(f"<> dct:relation _:b0 .\n{text}")


def keyword(chance: random.Random, listener: str) -> Made:
    """Returns keywords that the registry has no use for."""
    name = chance.choice(
        (
            "@graph",
            "@nest",
            "@reverse",
            "@set",
            "@list",
            "@json",
            "@index",
            "@direction",
            "@base",
            "@vocab",
            "@propagate",
            "@protected",
            "@included",
            "@type",
            "@value",
        )
    )
    value: object = chance.choice(
        (listener, {}, [], [[]], {"@id": listener}, None, True, 1)
    )
    return chance.choice(
        (
            _with(**{name: value}),
            _with(contact={name: value}),
            _with(**{"dct:x": {"@value": "x", name: value}}),
            _with(**{"dct:x": [{name: [value, value]}]}),
        )
    )


def shape(chance: random.Random, _: str) -> Made:
    """Returns what is no document at all, or too many of them."""
    many = chance.choice((2, 500, 501, 5_000))
    return chance.choice(
        (
            (LD, b""),
            (LD, b"{"),
            (LD, b"\xff\xfe{\x00}\x00"),
            (LD, b"\xef\xbb\xbf\xef\xbb\xbf{}"),
            (LD, b"\x80abc"),
            (LD, b"nul"),
            (LD, b'"' + b"\\" * 200_000),
            _ld([]),
            _ld([[]]),
            _ld([1, "a", None]),
            _ld([{}] * many),
            _ld([{"id": "http://127.0.0.1:8000/id/practice/a", **_TITLE}] * many),
            _ld({f"t{n}": n for n in range(20_000)}),
            _with(title=[[[["x"]]]]),
            _with(title={"bg": {"bg": {"bg": "x"}}}),
            _with(type={"id": "x"}),
            _with(contact=[None, 1, True, "x"]),
            (LD, b"[" + b"{}," * 300_000 + b"{}]"),
        )
    )


def huge(chance: random.Random, _: str) -> Made:
    """Returns as much as may be sent, or more."""
    size = chance.choice((200_000, 1_000_000, 1_048_576, 3_000_000))
    word = chance.choice(("a", "й", "\\u0439", "<", "cъ ", "a\u0301"))
    text = word * (size // len(word.encode()))
    nodes = "".join(f'<#n{n}> dct:x "{n}" .\n' for n in range(size // 20))
    return chance.choice(
        (
            (LD, f'{{"title": {{"bg": "{text}"}}}}'.encode()),
            _with(note={"bg": [f"{word}{n}" for n in range(size // 12)]}),
            _turtle(f'<> dct:x "{text}" .'),
            _turtle(f"# {text}\n"),
            _turtle(nodes),
            _turtle(f"<> dct:x {', '.join(map(str, range(size // 8)))} ."),
            (N_TRIPLES, b'<a:a> <a:b> "c" .\n' * (size // 18)),
            _ld([_TITLE] * (size // 200)),
        )
    )


def turtle(chance: random.Random, listener: str) -> Made:
    """Returns Turtle that is deep, odd or of a later version."""
    depth = chance.choice((60, 64, 70, 5_000, 200_000))
    return chance.choice(
        (
            _turtle("<> dct:x " + "[ dct:x " * depth + "1" + "]" * depth + " ."),
            _turtle("<> dct:x " + "(" * depth + ")" * depth + " ."),
            _turtle("<> dct:x " + "(" * depth),
            _turtle("<> dct:x <<( <a:a> <a:b> <a:c> )>> ."),
            _turtle("<< <a:a> <a:b> <a:c> >> dct:x 1 ."),
            _turtle("<> dct:x 1 {| dct:y 2 |} ."),
            _turtle('<> dct:x "a"@ar--rtl .'),
            _turtle('<> dct:x "a"@zh-Latn-CN-variant1-a-extend1-x-wadegile .'),
            _turtle('<> dct:x "a"@123456789 .'),
            _turtle(f"GRAPH <{listener}> {{ <a:a> <a:b> <a:c> }}"),
            _turtle(f"@prefix dct: <{listener}> . <> dct:x 1 ."),
            _turtle('VERSION "1.2" PREFIX : <> :a :b :c .'),
            _turtle("<> dct:x <https://x.example/\\u003e\\u0020> ."),
            _turtle("<> dct:x 1.e5, .5, +1, 1., -.5E-5 ."),
            _turtle('<> dct:x """' + '"' * 5_000),
            _turtle("<> dct:\\~x\\-%zz 1 ."),
            _turtle("<> a a ; ; ; . [] . [] a 1 ."),
            _turtle("<> = <> ; => <> . @forAll :x ."),
            (TURTLE, b"<> a <a:b> . \xff\xfe"),
            (N_TRIPLES, b"<> <> <> ."),
            (N_TRIPLES, b'<a:a> <a:b> "a"@en-- .'),
            (N_TRIPLES, b"_:a <a:b> _:a .\n"),
        )
    )


def xml(chance: random.Random, listener: str) -> Made:
    """Returns XML with entities, also where none is expected."""
    steps = "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">'
        for n in range(1, chance.choice((4, 9)))
    )
    bodies = (
        f'<!DOCTYPE r [<!ENTITY l0 "lol">{steps}]><r>&l3;</r>',
        f'<!DOCTYPE r [<!ENTITY x SYSTEM "{listener}">]><r>&x;</r>',
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>',
        f'<!DOCTYPE r SYSTEM "{listener}"><r/>',
        "<a>" * 100_000,
    )
    media_type = chance.choice((RDF_XML, TURTLE, LD, "text/xml", "application/xml"))
    return media_type, f'<?xml version="1.0"?>{chance.choice(bodies)}'.encode()


MAKERS: Sequence[Make] = (
    nest,
    repeated,
    huge_context,
    remote,
    injection,
    address,
    character,
    number,
    tangle,
    keyword,
    shape,
    huge,
    turtle,
    xml,
)
"""What makes a document."""


def packed(chance: random.Random, _: str) -> Hostile:
    """Returns what is small until somebody unpacks it."""
    plain = b" " * chance.choice((10**6, 3 * 10**7))
    encoding = chance.choice(("gzip", "gzip", "deflate", "br", "gzip, gzip", ""))
    body = zlib.compress(plain) if encoding == "deflate" else gzip.compress(plain)
    if chance.random() < 0.5:
        body = gzip.compress(body)
    where = chance.choice((DOCUMENT, DOCUMENT, TABLE))
    media_type = chance.choice((LD, TURTLE)) if where == DOCUMENT else CSV
    return Hostile("packed", where, media_type, body, encoding)


def cells(chance: random.Random, listener: str) -> Hostile:
    """Returns text that a table or a sheet could be made of."""
    head = chance.choice(
        ("age,name", "key;name (bg)", "\t".join("abc"), "time,geo,value,flag", "ключ")
    )
    row = chance.choice(
        (
            f'=HYPERLINK("{listener}"),1',
            "+1+cmd|' /C calc'!A0,@SUM(1),-1,\t=1",
            "a\x00b,\x00",
            "9" * 5_000 + ",1",
            "NaN,Infinity,-0",
            '"' + "a" * 2_000_000,
            "a," * 50_000,
            '"a""b\nc",d',
            "\u202eabc,\u2066,cъседи",
            "\ufffe,\ufdd0",
            "a\r,b\rc",
            "javascript:alert(1),<script>",
            "2024-13-45,1e999",
        )
    )
    text = f"{head}\n" + f"{row}\n" * chance.choice((1, 3))
    body = text.encode(chance.choice(("utf-8", "utf-8-sig", "utf-16", "utf-32")))
    if chance.random() < 0.15:
        body = chance.choice((b"", b"\x80\xff" * 5_000, b"\n" * 10**6, b"," * 10**6))
    return Hostile("cells", chance.choice((TABLE, SHEET)), CSV, body)


_BOOK = "xl/workbook.xml"
_CONTENT = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="rels" ContentType="application/'
    'vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/'
    'vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/'
    'vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
    'relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/'
    'officeDocument/2006/relationships/{}" Target="{}"{}/></Relationships>'
)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def workbook(chance: random.Random, listener: str) -> Hostile:
    """Returns a workbook that is a bomb, fetches, computes, or is none."""
    entity = chance.choice(
        (
            "",
            f'<!DOCTYPE x [<!ENTITY e SYSTEM "{listener}">]>',
            '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
            '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
            + "".join(
                f'<!ENTITY {b} "{f"&{a};" * 10}">'
                for a, b in zip("abcdefgh", "bcdefghe", strict=True)
            )
            + "]>",
        )
    )
    cell = chance.choice(
        (
            "<f>HYPERLINK(&quot;x&quot;)</f><v>1</v>",
            f"<f>WEBSERVICE(&quot;{listener}&quot;)</f>",
            "<v>1e999</v>",
            f"<v>{'9' * 5_000}</v>",
            "<is><t>a&#0;b</t></is>",
            "<is><t>x</t></is>",
            "<v>NaN</v>",
            "<v>&e;</v>" if entity else "<v></v>",
        )
    )
    reference = chance.choice(("A1", "XFD1048576", "ZZZZ9999999", "A0", ""))
    sheet = (
        f'<?xml version="1.0"?>{entity}<worksheet xmlns="{_MAIN}"><sheetData>'
        f'<row><c r="{reference}">{cell}</c></row></sheetData>'
        + chance.choice(
            ("", '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>')
        )
        + "</worksheet>"
    )
    written = io.BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", _CONTENT)
        made.writestr("_rels/.rels", _RELATIONS.format("officeDocument", _BOOK, ""))
        made.writestr(
            _BOOK,
            f'<workbook xmlns="{_MAIN}" xmlns:r="http://schemas.openxmlformats.org/'
            'officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" '
            'r:id="rId1"/></sheets></workbook>',
        )
        target = chance.choice(("worksheets/sheet1.xml", "../../../etc/passwd"))
        mode = chance.choice(("", "", ' TargetMode="External"'))
        made.writestr(
            "xl/_rels/workbook.xml.rels",
            _RELATIONS.format("worksheet", listener if mode else target, mode),
        )
        made.writestr("xl/worksheets/sheet1.xml", sheet)
        _extra(chance, made)
    body = written.getvalue()
    body = chance.choice((body, body, body, body[: len(body) // 2], body[4:]))
    if chance.random() < 0.1:
        body = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 5_000
    return Hostile("workbook", chance.choice((TABLE, SHEET)), XLSX, body)


def _extra(chance: random.Random, made: ZipFile) -> None:
    """Adds what no workbook of figures has."""
    match chance.randrange(6):
        case 0:
            made.writestr("xl/sharedStrings.xml", b" " * 300_000_000)
        case 1:
            made.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0" * 100)
        case 2:
            made.writestr("../../../tmp/escaped", b"x")
        case 3:
            for number in range(20_000):
                made.writestr(f"x/{number}", b"")
        case 4:
            made.writestr("xl/styles.xml", b"<styleSheet>" * 100_000)


_FILES = 0.4
"""How many files there are for a document."""

FILES: Sequence[Callable[[random.Random, str], Hostile]] = (packed, cells, workbook)
"""What makes a file, or something packed."""


def documents(seed: int, listener: str) -> Iterator[Hostile]:
    """Yields hostile documents and files of every kind in turn, without an end.

    Args:
        seed: the same seed gives the same documents.
        listener: where those that want something fetched would go.
    """
    chance = random.Random(seed)  # noqa: S311 - not a secret
    files = cycle(FILES)
    for make in cycle(MAKERS):
        media_type, body = make(chance, listener)
        yield Hostile(make.__name__, DOCUMENT, media_type, body)
        # There are fewer ways of hiding something in a file.
        if chance.random() < _FILES:
            yield next(files)(chance, listener)


if __name__ == "__main__":
    for one in islice(
        documents(int(sys.argv[1]), "http://127.0.0.1:9/"), int(sys.argv[2])
    ):
        told = {"kind": one.kind, "where": one.where, "bytes": len(one.body)}
        sys.stdout.write(json.dumps(told) + "\n")
