"""What one record of each kind is called; `registry.kinds` has the plurals."""

from collections.abc import Mapping
from types import MappingProxyType

from api.pages.translations import msgid

KIND_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "institution": msgid("Institution"),
        "training-centre": msgid("Training centre"),
        "course": msgid("Course"),
        "service": msgid("Service"),
        "publication": msgid("Publication"),
        "practice": msgid("Good practice"),
        "table": msgid("Statistical table"),
        "dataset": msgid("Dataset of another publisher"),
        "place": msgid("Place"),
        "scheme": msgid("Code list"),
    }
)
"""The messages, by kind."""
