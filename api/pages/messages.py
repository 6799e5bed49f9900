"""Every sentence of the pages in both languages, and the names of terms."""

from collections.abc import Mapping
from types import MappingProxyType

from api.pages.catalogue_messages import CATALOGUE
from registry.language import Text

MESSAGES: Mapping[str, Text] = MappingProxyType(
    {
        "site": {
            "bg": "Регистър за интеграция",
            "en": "Integration registry",
        },
        "tagline": {
            "bg": "Свързани отворени данни за институции, обучения, услуги и "
            "публикации, полезни за имигрантите в България.",
            "en": "Linked open data on the institutions, courses, services and "
            "publications that concern immigrants in Bulgaria.",
        },
        "skip": {"bg": "Към съдържанието", "en": "Skip to content"},
        "home": {"bg": "Начало", "en": "Home"},
        "records": {"bg": "Записи", "en": "Records"},
        "sparql": {"bg": "SPARQL", "en": "SPARQL"},
        "ontology": {"bg": "Онтология", "en": "Ontology"},
        "shapes": {"bg": "Правила", "en": "Rules"},
        "limits": {"bg": "Ограничения", "en": "Limits"},
        "problems": {"bg": "Видове грешки", "en": "Kinds of problem"},
        "api": {"bg": "Описание на API", "en": "API description"},
        "dump": {"bg": "Данни за изтегляне", "en": "Data to download"},
        "dump_about": {
            "bg": "Всичко публикувано, като файлове. Обновяват се веднъж дневно, ако "
            "има промяна; прекъснато изтегляне може да бъде продължено.",
            "en": "Everything that is published, as files. They are renewed once a "
            "day if anything changed; a download that broke off can be resumed.",
        },
        "dump_none": {
            "bg": "Файловете още не са създадени.",
            "en": "The files have not been made yet.",
        },
        "dump_published": {"bg": "Публикувани на", "en": "Published on"},
        "dump_manifest": {
            "bg": "Контролни суми на файловете (JSON)",
            "en": "Checksums of the files (JSON)",
        },
        "dump_everything": {"bg": "Всичко заедно", "en": "Everything together"},
        "dump_file": {"bg": "Файл", "en": "File"},
        "dump_rows": {"bg": "Редове", "en": "Rows"},
        "dump_size": {"bg": "Байтове", "en": "Bytes"},
        "other_language": {"bg": "English", "en": "Български"},
        "search": {"bg": "Търсене", "en": "Search"},
        "words": {"bg": "Думи", "en": "Words"},
        "or_more": {"bg": "или повече", "en": "or more"},
        "feeds": {"bg": "Потоци на промените", "en": "Feeds of changes"},
        "feeds_lead": {
            "bg": "За всеки, който поддържа собствено копие: какво се е променило, "
            "в реда, в който се е случило, включително кое е оттеглено.",
            "en": "For everybody who keeps a copy: what has changed, in the order "
            "in which it happened, and what was withdrawn.",
        },
        "feeds_stream": {
            "bg": "Поток от събития (LDES; TriG, JSON-LD, N-Quads)",
            "en": "Event stream (LDES; TriG, JSON-LD, N-Quads)",
        },
        "feeds_since": {
            "bg": "Промените от определен момент нататък",
            "en": "Changes from a moment on",
        },
        "feeds_after": {
            "bg": "Промените след определен номер",
            "en": "Changes after a number",
        },
        "feeds_atom": {"bg": "Atom с архив", "en": "Atom, with its archive"},
        "feeds_kept": {
            "bg": "Нищо не се изтрива от потоците. Всяка пълна страница остава такава, "
            "каквато е, и може да се пази за постоянно.",
            "en": "Nothing is ever removed from the feeds. A page that is full stays "
            "as it is and can be kept for good.",
        },
        "next_page": {"bg": "Следваща страница", "en": "Next page"},
        "observation": {"bg": "Наблюдение", "en": "Observation"},
        "show": {"bg": "Покажи", "en": "Show"},
        "observations": {"bg": "Наблюдения", "en": "Observations"},
        "about_figures": {"bg": "За данните", "en": "About the figures"},
        "as_data": {"bg": "Същото като данни", "en": "The same as data"},
        "identifier": {"bg": "Постоянен адрес", "en": "Permanent address"},
        "version": {"bg": "Версия", "en": "Version"},
        "modified": {"bg": "Променен на", "en": "Changed on"},
        "code": {"bg": "Код", "en": "Code"},
        "severity": {"bg": "Тежест", "en": "Severity"},
        "rule": {"bg": "Правило", "en": "Rule"},
        "name": {"bg": "Име", "en": "Name"},
        "value": {"bg": "Стойност", "en": "Value"},
        "query": {"bg": "Заявка", "en": "Query"},
        "run": {"bg": "Изпълни", "en": "Run"},
        "examples": {"bg": "Примерни заявки", "en": "Example queries"},
        "rows": {"bg": "Редове", "en": "Rows"},
        "rows_shown": {
            "bg": "Показани са първите {shown} от {total} реда. "
            "Пълният отговор е в другите формати.",
            "en": "The first {shown} of {total} rows are shown. "
            "The other formats hold the whole answer.",
        },
        "answer": {"bg": "Отговор", "en": "Answer"},
        "yes": {"bg": "Да", "en": "Yes"},
        "no": {"bg": "Не", "en": "No"},
        "sparql_intro": {
            "bg": "Задайте въпрос към всички записи на езика SPARQL 1.1. Приемат се "
            "само заявки за четене; ограниченията са публикувани.",
            "en": "Ask all the records a question in SPARQL 1.1. Only queries that "
            "read are taken; the limits are published.",
        },
        "what_to_do": {"bg": "Какво може да се направи", "en": "What can be done"},
        "registers": {"bg": "Регистри", "en": "Registers"},
        "for_machines": {"bg": "За програми", "en": "For machines"},
        **CATALOGUE,
    }
)
"""The sentences of the pages, by key."""

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

SEVERITIES: Mapping[str, Text] = MappingProxyType(
    {
        "must": {"bg": "задължително", "en": "must"},
        "should": {"bg": "препоръчително", "en": "should"},
    }
)
"""The two tiers of rules, in words."""
