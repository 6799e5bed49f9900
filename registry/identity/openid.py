"""Logging in by an OpenID provider: the code flow, with PKCE, state and nonce.

**Source:** OpenID Connect Core 1.0, sections 3.1 (code flow), 3.1.3.7 (validating
the ID token) and 5.3 (UserInfo); OpenID Connect Discovery 1.0, section 4; RFC 7636
(PKCE).
"""

import base64
import json
import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

import httpcore
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from registry.credentials import Identity

log = logging.getLogger(__name__)

SECONDS = 10.0
"""How long the provider may take for each answer."""
SIZE = 256 * 1024
"""Bytes that an answer of the provider may have."""
LEEWAY = 60
"""Seconds by which its clock may differ from ours."""
ALGORITHMS = ("RS256", "PS256", "ES256", "ES384", "EdDSA")
"""With which an ID token may be signed: with keys that only the provider has."""

_OK = 200
_SCOPE = "openid email"


class Unconfirmed(Exception):  # noqa: N818 - what became of it
    """The provider could not be asked, or what it answered will not do."""


class OpenIdProvider:
    """A `registry.ports.IdentityProvider`.

    Args:
        issuer: as the provider names itself; its description is below it.
        client_id: by which it knows us.
        client_secret: by which it recognises us.
    """

    def __init__(self, issuer: str, client_id: str, client_secret: str) -> None:
        self._issuer = issuer
        self._client_id = client_id
        self._secret = client_secret

    def departure(
        self, redirect: str, *, state: str, nonce: str, verifier: str
    ) -> str | None:
        """Returns where the reader is sent, or `None` if the provider is away."""
        try:
            endpoint = self._description()["authorization_endpoint"]
        except (Unconfirmed, KeyError) as error:
            _note(error)
            return None
        address: str = prepare_grant_uri(
            endpoint,
            self._client_id,
            "code",
            redirect_uri=redirect,
            scope=_SCOPE,
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        return address

    def identity(
        self, code: str, redirect: str, *, nonce: str, verifier: str
    ) -> Identity | None:
        """Returns who came back with a code, or `None` if that is not certain."""
        try:
            return self._identity(code, redirect, nonce, verifier)
        except (Unconfirmed, JoseError, KeyError, ValueError, TypeError) as error:
            _note(error)
            return None

    def _identity(
        self, code: str, redirect: str, nonce: str, verifier: str
    ) -> Identity:
        described = self._description()
        token = self._token(described["token_endpoint"], code, redirect, verifier)
        keys = _keys(described["jwks_uri"])
        decoded = jwt.decode(token["id_token"], keys, algorithms=list(ALGORITHMS))
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            {
                "iss": {"essential": True, "value": self._issuer},
                "aud": {"essential": True, "value": self._client_id},
            },
            {
                "nonce": nonce,
                "client_id": self._client_id,
                "access_token": token["access_token"],
            },
        )
        claims.validate(leeway=LEEWAY)
        about = self._about(described, claims, token["access_token"])
        verified = about.get("email_verified") is True
        email = str(about["email"]).lower() if verified else None
        return Identity(f"{self._issuer} {claims['sub']}", email)

    def _about(
        self, described: Mapping[str, Any], claims: Mapping[str, Any], access: str
    ) -> Mapping[str, Any]:
        """Returns what the provider says of the person, in the token or beside it."""
        if "email" in claims or "userinfo_endpoint" not in described:
            return claims
        bearer = {"Authorization": f"Bearer {access}"}
        about = _read(_get(described["userinfo_endpoint"], bearer))
        if about.get("sub") != claims["sub"]:
            raise Unconfirmed("it speaks of somebody else")
        return about

    def _token(
        self, endpoint: str, code: str, redirect: str, verifier: str
    ) -> Mapping[str, Any]:
        pair = f"{quote_plus(self._client_id)}:{quote_plus(self._secret)}"
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect,
            "code_verifier": verifier,
        }
        headers = {
            "Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        return _read(_ask("POST", endpoint, headers, urlencode(fields).encode()))

    def _description(self) -> Mapping[str, Any]:
        path = ".well-known/openid-configuration"
        described = _read(_get(f"{self._issuer.rstrip('/')}/{path}"))
        if described.get("issuer") != self._issuer:
            raise Unconfirmed("it names another issuer")
        return described


def _keys(address: str) -> KeySet:
    found: Any = _read(_get(address))
    return KeySet.import_key_set(found)


def _note(error: Exception) -> None:
    # Messages of others may quote what the provider says of the person.
    reason = str(error) if isinstance(error, Unconfirmed) else type(error).__name__
    log.warning("identity not confirmed", extra={"reason": reason})


def _get(address: str, headers: Mapping[str, str] | None = None) -> bytes:
    return _ask("GET", address, headers or {}, None)


def _ask(
    method: str, address: str, headers: Mapping[str, str], content: bytes | None
) -> bytes:
    """Asks the provider, following no redirect.

    Raises:
        Unconfirmed: it cannot be reached, or answers with anything but 200.
    """
    if urlsplit(address).scheme not in ("http", "https"):
        raise Unconfirmed("it is at no address of the web")
    sent = {"Accept": "application/json", **headers}
    timeout = dict.fromkeys(("connect", "read", "write", "pool"), SECONDS)
    body = bytearray()
    try:
        with httpcore.stream(
            method,
            address,
            headers=list(sent.items()),
            content=content,
            extensions={"timeout": timeout},
        ) as answer:
            for part in answer.iter_stream():
                body += part
                if len(body) > SIZE:
                    raise Unconfirmed("it says too much")
            status = answer.status
    except (httpcore.NetworkError, httpcore.TimeoutException) as error:
        raise Unconfirmed("it cannot be reached") from error
    except httpcore.ProtocolError as error:
        raise Unconfirmed("it does not speak HTTP") from error
    if status != _OK:
        raise Unconfirmed(f"it answers {status}")
    return bytes(body)


def _read(body: bytes) -> Mapping[str, Any]:
    try:
        document = json.loads(body)
    except ValueError as error:
        raise Unconfirmed("it answers no JSON") from error
    if not isinstance(document, dict):
        raise Unconfirmed("it answers no object")
    return document
