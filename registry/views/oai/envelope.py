"""The document around every answer and every error.

Source: OAI-PMH 2.0, section 3.2.
"""

from datetime import datetime
from xml.etree.ElementTree import Element

from registry.views.oai import markup, moments
from registry.views.oai.faults import Code, FaultError
from registry.views.oai.formats import XSI
from registry.views.oai.requests import VERB, Request

_NAMESPACE = "http://www.openarchives.org/OAI/2.0/"
_SCHEMA = f"{_NAMESPACE}OAI-PMH.xsd"
_UNREPEATED = frozenset({Code.BAD_VERB, Code.BAD_ARGUMENT})


def document(
    at: datetime, address: str, request: Request | None, answer: Element | FaultError
) -> bytes:
    """Returns the document.

    Args:
        at: when it is sent.
        address: where requests are sent.
        request: what was asked, if it was understood.
        answer: the element of the verb, or what the protocol refuses.
    """
    root = markup.root(
        "OAI-PMH",
        **{
            "xmlns": _NAMESPACE,
            "xmlns:xsi": XSI,
            "xsi:schemaLocation": f"{_NAMESPACE} {_SCHEMA}",
        },
    )
    markup.add(root, "responseDate", moments.stamp(at))
    refused = isinstance(answer, FaultError) and answer.code in _UNREPEATED
    repeated = (
        {} if request is None or refused else {VERB: request.verb, **request.arguments}
    )
    markup.add(root, "request", address, **repeated)
    if isinstance(answer, FaultError):
        markup.add(root, "error", answer.text, code=answer.code)
    else:
        root.append(answer)
    return markup.written(root)
