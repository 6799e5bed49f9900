"""Calls in templates whose answer is known when the template is read.

Every environment speaks one language under one base, so a sentence, the address of
a page and that of a file never change. To look them up each time that a page is
made would take most of its time.
"""

from collections.abc import Iterator
from typing import Any

from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

KNOWN = {"_": "say", "page": "page", "asset": "asset"}
"""The global that answers a call with one text, by the name that templates call."""

_CALL = ["name", "lparen", "string", "rparen"]
_OF_SOMETHING = ("dot", "pipe")


class KnownCalls(Extension):
    """Puts the answer in place of a call such as `_("Contacts")`."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Yields the tokens of a template, known calls as texts."""
        tokens = list(stream)
        at = 0
        while at < len(tokens):
            before = tokens[at - 1].type if at else ""
            call = tokens[at : at + len(_CALL)]
            if before not in _OF_SOMETHING and self._is_known(call):
                yield Token(call[0].lineno, "string", self._answer(call))
                at += len(_CALL)
            else:
                yield tokens[at]
                at += 1

    def _answer(self, call: list[Token]) -> str:
        answer: Any = self.environment.globals[KNOWN[call[0].value]]
        return str(answer(call[2].value))

    def _is_known(self, call: list[Token]) -> bool:
        return [token.type for token in call] == _CALL and call[0].value in KNOWN
