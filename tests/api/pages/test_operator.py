import pytest

from api.pages.operator import OPERATOR, Operator, operator
from registry.journal.sql import SqlJournal
from tests.publishing import publish, retire
from tests.versions import BASE

NODE = f"{BASE}id/{OPERATOR}"


def _publish(journal: SqlJournal, **terms: object) -> None:
    document = {"type": "Organization", "name": {"bg": "Сдружение"}, **terms}
    publish(journal, str(OPERATOR), document)


def test_contacts_are_those_of_the_record(journal: SqlJournal) -> None:
    """Nothing about those who keep the registry is written down twice."""
    _publish(
        journal,
        address={
            "id": f"{NODE}#address",
            "type": "Address",
            "fullAddress": {"bg": "ул. 1", "en": "1 Street"},
        },
        contact={
            "id": f"{NODE}#contact",
            "type": "ContactPoint",
            "telephone": ["+359 1", "+359 2"],
            "email": "a@b.example",
        },
        homepage=["https://a.example/"],
    )

    assert operator(journal) == Operator(
        OPERATOR,
        {"bg": "Сдружение"},
        {"bg": "ул. 1", "en": "1 Street"},
        ["+359 1", "+359 2"],
        ["a@b.example"],
        ["https://a.example/"],
    )


def test_a_record_with_little_in_it(journal: SqlJournal) -> None:
    """What the record does not say is left out."""
    _publish(journal)

    assert operator(journal) == Operator(OPERATOR, {"bg": "Сдружение"}, {}, [], [], [])


@pytest.mark.parametrize("retired", [False, True])
def test_no_record(journal: SqlJournal, retired: bool) -> None:
    """Without a public record of them, nobody is named."""
    if retired:
        _publish(journal)
        retire(journal, str(OPERATOR))

    assert operator(journal) is None
