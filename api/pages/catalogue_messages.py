"""What the pages of the catalogue say, in both languages."""

from collections.abc import Mapping
from types import MappingProxyType

from registry.language import Text

CATALOGUE: Mapping[str, Text] = MappingProxyType(
    {
        "catalogue": {"bg": "Каталог", "en": "Catalogue"},
        "datasets": {"bg": "Набори от данни", "en": "Datasets"},
        "no_datasets": {
            "bg": "Тук няма набори от данни.",
            "en": "There are no datasets here.",
        },
        "whole_catalogue": {
            "bg": "Целият каталог като данни",
            "en": "The whole catalogue as data",
        },
        "previous_page": {"bg": "Предишна страница", "en": "Previous page"},
        "downloads": {"bg": "За изтегляне", "en": "Downloads"},
        "file_format": {"bg": "Формат", "en": "Format"},
        "bytes": {"bg": "Размер в байтове", "en": "Size in bytes"},
        "on_demand": {
            "bg": "изготвя се при поискване",
            "en": "made when asked for",
        },
        "made_by": {"bg": "Автор на данните", "en": "Maker of the figures"},
        "themes": {"bg": "Теми", "en": "Themes"},
        "keywords": {"bg": "Ключови думи", "en": "Keywords"},
        "series": {"bg": "Поредица", "en": "Series"},
        "members": {"bg": "Таблици в поредицата", "en": "Tables of the series"},
        "issued": {"bg": "Публикуван на", "en": "Issued on"},
        "provenance": {"bg": "Произход", "en": "Where it comes from"},
        "as_description": {
            "bg": "Това описание като данни",
            "en": "This description as data",
        },
        "scores": {"bg": "Оценка на метаданните", "en": "Metadata scores"},
        "scores_lead": {
            "bg": "Колко точки ще даде data.europa.eu на описанието на всеки набор от "
            "данни. Възможни са {total}; от {excellent} нагоре оценката е „отлично“.",
            "en": "How many points data.europa.eu will give the description of each "
            "dataset. There are {total}; from {excellent} on it calls one excellent.",
        },
        "points": {"bg": "Точки", "en": "Points"},
        "rating": {"bg": "Оценка", "en": "Rating"},
        "would_add": {
            "bg": "Какво би добавило точки",
            "en": "What would add points",
        },
    }
)
"""The sentences, by key; `messages` has them among its own."""

RATINGS: Mapping[str, Text] = MappingProxyType(
    {
        "excellent": {"bg": "отлично", "en": "excellent"},
        "good": {"bg": "добре", "en": "good"},
        "sufficient": {"bg": "задоволително", "en": "sufficient"},
        "bad": {"bg": "лошо", "en": "bad"},
    }
)
"""The ratings of data.europa.eu, in words."""
