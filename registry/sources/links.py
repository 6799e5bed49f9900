"""Whether an address answers: by `HEAD`, or by `GET` where that is not enough.

What asks for a password, for less haste, or for a person is there all the same.

**Source:** RFC 9110, section 15 (status codes).
"""

from registry.sources.advice import FetchError
from registry.sources.fetching import Fetcher

_GONE = frozenset({404, 410})
_FAILED = 500
_NOT_ADMITTED = "host-not-listed"


def attempt(fetcher: Fetcher, address: str) -> tuple[str, bool] | None:
    """Tries an address.

    Returns:
        Its last status or the rule that it breaks, and whether it is alive; `None` if
        it may not be fetched.
    """
    try:
        status = fetcher.probe(address)
    except FetchError as error:
        return None if error.rule == _NOT_ADMITTED else (error.rule, False)
    return str(status), status not in _GONE and status < _FAILED
