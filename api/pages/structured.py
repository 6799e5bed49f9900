"""What a record is to search engines: schema.org, as little as is certain.

Source: schema.org 29, the types named in `_TYPES`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from api.pages.addresses import web_address
from api.pages.facts import Labels, name_of
from registry.iris import RecordId
from registry.language import choose

_TYPES: Mapping[str, str] = {
    "institution": "Organization",
    "training-centre": "EducationalOrganization",
    "course": "Course",
    "service": "Service",
    "publication": "CreativeWork",
    "table": "Dataset",
    "dataset": "Dataset",
    "place": "Place",
    "scheme": "DefinedTermSet",
}
_CLASSES: Mapping[str, str] = {
    "PublicOrganisation": "GovernmentOrganization",
    "Book": "Book",
    "Report": "Report",
    "Map": "Map",
    "Website": "WebSite",
    "AdminUnit": "AdministrativeArea",
}
"""Classes of ours that schema.org has a closer type for than that of the kind."""

_PROVIDERS = ("providedBy", "provider")


def structured(
    record: RecordId, document: Mapping[str, Any], address: str, labels: Labels
) -> Mapping[str, Any] | None:
    """Returns the record as JSON-LD with schema.org, or `None` for a kind without.

    Args:
        record: which.
        document: all that it says.
        address: of its page.
        labels: names of what it refers to, in the language of the page.
    """
    if record.kind not in _TYPES:
        return None
    name = choose(name_of(document), labels.language)
    told = choose(name_of({"name": document.get("description")}), labels.language)
    found = {
        "@context": "https://schema.org",
        "@type": _type(record.kind, _all(document.get("type"))),
        "@id": labels.iris.thing(record),
        "url": address,
        "name": name.text if name else record.key,
        "description": told.text if told else None,
        "sameAs": [one for one in _all(document.get("homepage")) if web_address(one)],
        "provider": _agent(document, _PROVIDERS, "Organization", labels),
        "publisher": _agent(document, ("publisher",), "Organization", labels),
        "datePublished": document.get("issuedYear"),
        "isbn": document.get("isbn"),
        **_contact(document.get("contact")),
        "address": _address(document.get("address"), labels.language),
    }
    return {term: value for term, value in found.items() if value}


def _type(kind: str, classes: Sequence[Any]) -> str:
    return next((_CLASSES[one] for one in classes if one in _CLASSES), _TYPES[kind])


def _contact(node: Any) -> Mapping[str, Any]:
    if not isinstance(node, Mapping):
        return {}
    return {term: node.get(term) for term in ("email", "telephone")}


def _address(node: Any, language: str) -> Mapping[str, Any] | None:
    if not isinstance(node, Mapping):
        return None
    parts = {
        "streetAddress": choose(name_of({"name": node.get("fullAddress")}), language),
        "addressLocality": choose(name_of({"name": node.get("postName")}), language),
    }
    told = {term: chosen.text for term, chosen in parts.items() if chosen}
    code = {"postalCode": node["postCode"]} if "postCode" in node else {}
    return {"@type": "PostalAddress", **told, **code} if told or code else None


def _agent(
    document: Mapping[str, Any], terms: Sequence[str], kind: str, labels: Labels
) -> Mapping[str, Any] | None:
    for term in terms:
        for value in _all(document.get(term)):
            if isinstance(value, Mapping):
                name = choose(name_of(value), labels.language)
                return {"@type": kind, "name": name.text} if name else None
            name = labels.name(str(value))
            if name:
                return {"@type": kind, "@id": str(value), "name": name.text}
    return None


def _all(value: Any) -> Sequence[Any]:
    if value is None:
        return ()
    return value if isinstance(value, list) else [value]
