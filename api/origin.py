"""Whether a form was sent from a page of ours.

**Source:** Fetch Metadata Request Headers, section 2.3 (`Sec-Fetch-Site`); RFC 6454,
section 7 (`Origin`).
"""

from urllib.parse import urlsplit

from starlette.requests import Request


def same_origin(request: Request, base: str) -> bool:
    """Says whether no header tells of another site; old browsers send none.

    This alone protects a form that borrows no authority: one for which nobody has to
    be logged in. It needs no cookie.
    """
    parts = urlsplit(base)
    own = f"{parts.scheme}://{parts.netloc}"
    site = request.headers.get("sec-fetch-site", "same-origin")
    return site == "same-origin" and request.headers.get("origin", own) == own
