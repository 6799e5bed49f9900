"""Names of the terms of the context, of its classes, and of statuses.

They name the vocabulary, which is shown side by side in the languages of the data.
What the pages themselves say is in their catalogues: `api.pages.translations`.
"""

from collections.abc import Mapping
from types import MappingProxyType

from registry.language import Text

TERMS: Mapping[str, Text] = MappingProxyType(
    {
        "type": {"bg": "Тип", "en": "Type"},
        "name": {"bg": "Име", "en": "Name"},
        "altName": {"bg": "Друго име", "en": "Other name"},
        "title": {"bg": "Заглавие", "en": "Title"},
        "description": {"bg": "Описание", "en": "Description"},
        "classification": {"bg": "Вид организация", "en": "Kind of organisation"},
        "genre": {"bg": "Вид", "en": "Kind"},
        "state": {"bg": "Състояние", "en": "State"},
        "serviceKind": {"bg": "Услуги", "en": "Services"},
        "domain": {"bg": "Област на интеграция", "en": "Integration domain"},
        "targetGroup": {"bg": "За кого", "en": "For whom"},
        "eligibleStatus": {"bg": "Правен статут", "en": "Legal status"},
        "taughtLanguage": {"bg": "Преподаван език", "en": "Language taught"},
        "languageLevel": {"bg": "Ниво на езика", "en": "Language level"},
        "educationLevel": {
            "bg": "Степен на квалификация",
            "en": "Level of qualification",
        },
        "servesIn": {"bg": "Обслужва на", "en": "Speaks"},
        "language": {"bg": "Език", "en": "Language"},
        "parent": {"bg": "Част от", "en": "Part of"},
        "linkedTo": {"bg": "Свързана институция", "en": "Linked institution"},
        "providedBy": {"bg": "Предлага се от", "en": "Offered by"},
        "authority": {"bg": "Компетентен орган", "en": "Competent authority"},
        "provider": {"bg": "Доставчик", "en": "Provider"},
        "publisher": {"bg": "Издател", "en": "Publisher"},
        "funder": {"bg": "Финансиране", "en": "Funder"},
        "agentName": {"bg": "Име", "en": "Name"},
        "location": {"bg": "Място", "en": "Place"},
        "areaServed": {"bg": "Обслужван район", "en": "Area served"},
        "address": {"bg": "Адрес", "en": "Address"},
        "fullAddress": {"bg": "Пълен адрес", "en": "Full address"},
        "postName": {"bg": "Населено място", "en": "Town or village"},
        "postCode": {"bg": "Пощенски код", "en": "Postcode"},
        "adminUnit": {"bg": "Област", "en": "Province"},
        "contact": {"bg": "Връзка", "en": "Contact"},
        "email": {"bg": "Електронна поща", "en": "E-mail"},
        "telephone": {"bg": "Телефон", "en": "Telephone"},
        "openingHours": {"bg": "Работно време", "en": "Opening hours"},
        "homepage": {"bg": "Уебсайт", "en": "Website"},
        "page": {"bg": "Страница", "en": "Page"},
        "identifier": {"bg": "Лиценз", "en": "Licence"},
        "notation": {"bg": "Код", "en": "Code"},
        "ekatte": {"bg": "Код по ЕКАТТЕ", "en": "EKATTE code"},
        "napoo": {"bg": "Лиценз от НАПОО", "en": "NAPOO licence"},
        "eik": {"bg": "ЕИК", "en": "EIK (company number)"},
        "isbn": {"bg": "ISBN", "en": "ISBN"},
        "issuedDate": {"bg": "Дата", "en": "Date"},
        "issuedMonth": {"bg": "Месец", "en": "Month"},
        "issuedYear": {"bg": "Година", "en": "Year"},
        "price": {"bg": "Цена", "en": "Price"},
        "rights": {"bg": "Права", "en": "Rights"},
        "keyword": {"bg": "Ключови думи", "en": "Keywords"},
        "theme": {"bg": "Тема", "en": "Theme"},
        "modifiedDate": {"bg": "Последна промяна", "en": "Last change"},
        "unit": {"bg": "Мерна единица", "en": "Unit"},
        "frequency": {"bg": "Периодичност", "en": "Frequency"},
        "resolution": {"bg": "Дължина на периода", "en": "Length of a period"},
        "data": {"bg": "Данни", "en": "Figures"},
        "observations": {"bg": "Наблюдения", "en": "Observations"},
        "temporal": {"bg": "Обхванато време", "en": "Time covered"},
        "startDate": {"bg": "От", "en": "From"},
        "endDate": {"bg": "До", "en": "To"},
        "accessURL": {"bg": "Достъп", "en": "Access"},
        "downloadURL": {"bg": "Файл", "en": "File"},
        "format": {"bg": "Вид на файла", "en": "Kind of file"},
        "mediaType": {"bg": "Формат", "en": "Format"},
        "byteSize": {"bg": "Размер в байтове", "en": "Size in bytes"},
        "license": {"bg": "Лиценз", "en": "Licence"},
        "checksum": {"bg": "Контролна сума", "en": "Checksum"},
        "checksumValue": {"bg": "Стойност", "en": "Value"},
        "algorithm": {"bg": "Алгоритъм", "en": "Algorithm"},
        "derivedFrom": {"bg": "Изведено от", "en": "Derived from"},
        "derivation": {"bg": "Извеждане", "en": "Derivation"},
        "times": {"bg": "Умножено по", "en": "Times"},
        "decimals": {"bg": "Знаци след запетаята", "en": "Decimals"},
        "operand": {"bg": "Числител и знаменател", "en": "Numerator and denominator"},
        "aboutUrl": {"bg": "Шаблон на адресите", "en": "Template of addresses"},
        "structure": {"bg": "Структура", "en": "Structure"},
        "component": {"bg": "Колони", "en": "Columns"},
        "column": {"bg": "Колона", "en": "Column"},
        "label": {"bg": "Наименование", "en": "Label"},
        "order": {"bg": "Място", "en": "Position"},
        "dimension": {"bg": "Измерение", "en": "Dimension"},
        "measure": {"bg": "Мярка", "en": "Measure"},
        "attribute": {"bg": "Атрибут", "en": "Attribute"},
        "codeList": {"bg": "Кодов списък", "en": "Code list"},
        "datatype": {"bg": "Тип на стойностите", "en": "Type of the values"},
        "threshold": {
            "bg": "Най-малък публикуван брой",
            "en": "Least count published",
        },
        "default": {"bg": "При първо отваряне", "en": "Shown first"},
        "required": {"bg": "Задължителна", "en": "Required"},
        "attachment": {"bg": "Отнася се за", "en": "Attached to"},
        "range": {"bg": "Стойности от клас", "en": "Values of the class"},
        "dimensions": {"bg": "Измерения", "en": "Dimensions"},
        "broader": {"bg": "Част от", "en": "Part of"},
        "sameAs": {"bg": "Същото другаде", "en": "The same elsewhere"},
        "source": {"bg": "При издателя", "en": "At its publisher"},
        "concepts": {"bg": "Кодове", "en": "Codes"},
        "note": {"bg": "Бележка", "en": "Note"},
    }
)
"""The terms of the context that a record page shows, in the order it shows them."""

ITEM_TERMS: Mapping[str, Text] = MappingProxyType(
    {
        "itemSource": {"bg": "Източник на записа", "en": "Source of the record"},
        "itemNote": {"bg": "Бележка към записа", "en": "Note on the record"},
        "nameSeenIn": {
            "bg": "Езици, на които името е видяно в източник",
            "en": "Languages in which the name was seen in a source",
        },
    }
)
"""What is said about a record rather than about its thing, in differences."""

TYPES: Mapping[str, Text] = MappingProxyType(
    {
        "Organization": {"bg": "Организация", "en": "Organisation"},
        "PublicOrganisation": {"bg": "Публична организация", "en": "Public body"},
        "TrainingCentre": {"bg": "Център за обучение", "en": "Training centre"},
        "IntegrationService": {
            "bg": "Услуга за интеграция",
            "en": "Integration service",
        },
        "IntegrationMeasure": {
            "bg": "Мярка за интеграция",
            "en": "Integration measure",
        },
        "PublicService": {"bg": "Публична услуга", "en": "Public service"},
        "LearningOpportunity": {"bg": "Курс", "en": "Course"},
        "Document": {"bg": "Документ", "en": "Document"},
        "Book": {"bg": "Книга", "en": "Book"},
        "Report": {"bg": "Доклад", "en": "Report"},
        "Manual": {"bg": "Наръчник", "en": "Manual"},
        "Article": {"bg": "Статия", "en": "Article"},
        "Website": {"bg": "Уебсайт", "en": "Website"},
        "Map": {"bg": "Карта", "en": "Map"},
        "Location": {"bg": "Място", "en": "Place"},
        "AdminUnit": {
            "bg": "Административна единица",
            "en": "Administrative unit",
        },
        "ConceptScheme": {"bg": "Кодов списък", "en": "Code list"},
        "Concept": {"bg": "Понятие", "en": "Concept"},
        "DataSet": {"bg": "Статистическа таблица", "en": "Statistical table"},
        "Dataset": {"bg": "Набор от данни", "en": "Dataset"},
        "Observation": {"bg": "Наблюдение", "en": "Observation"},
    }
)
"""The classes of the context, in words."""

STATUSES: Mapping[str, Text] = MappingProxyType(
    {
        "submitted": {"bg": "подаден", "en": "submitted"},
        "experimental": {"bg": "приет предварително", "en": "accepted, experimental"},
        "stable": {"bg": "приет", "en": "accepted"},
        "accepted": {"bg": "приет", "en": "accepted"},
        "rejected": {"bg": "отхвърлен", "en": "rejected"},
        "superseded": {"bg": "заменен", "en": "superseded"},
        "retired": {"bg": "оттеглен", "en": "retired"},
        "verified": {"bg": "потвърден", "en": "confirmed"},
    }
)
"""Statuses and events of the life of a record, in words."""

FRESHNESS: Mapping[str, Text] = MappingProxyType(
    {
        "fresh": {"bg": "скорошни сведения", "en": "recent information"},
        "ageing": {"bg": "време е да се провери", "en": "due to be checked"},
        "stale": {"bg": "може да е остаряло", "en": "may be out of date"},
    }
)
"""How far a record can be relied on, in words."""
