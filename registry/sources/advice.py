"""What can be wrong with a catalogue that is harvested, each rule with its advice."""

from collections.abc import Mapping
from types import MappingProxyType

from registry.foreign import Finding
from registry.language import Text

SHOWN = 300
"""Characters of a value that a finding shows."""

ADVICE: Mapping[str, Text] = MappingProxyType(
    {
        # What cannot be fetched.
        "bad-url": {
            "en": "This is no address that can be fetched; it must start with "
            "http:// or https:// and name a host, without a user name.",
            "bg": "Този адрес не може да бъде прочетен; той трябва да започва с "
            "http:// или https:// и да съдържа хост, без потребителско име.",
        },
        "host-not-listed": {
            "en": "This host and port are not among those that may be harvested; an "
            "operator can add them to REGISTRY_HARVEST__HOSTS.",
            "bg": "Този хост и порт не са сред разрешените за четене; операторът "
            "може да ги добави в REGISTRY_HARVEST__HOSTS.",
        },
        "private-address": {
            "en": "The host leads into a private network or to this very machine, "
            "where nothing is fetched.",
            "bg": "Хостът води към частна мрежа или към самата машина, откъдето "
            "нищо не се чете.",
        },
        "unreachable": {
            "en": "The server could not be reached; try again later.",
            "bg": "Няма връзка със сървъра; опитайте отново по-късно.",
        },
        "broken-answer": {
            "en": "The server broke off its answer, or answered in a way that is not "
            "HTTP.",
            "bg": "Сървърът прекъсна отговора си или отговори не по правилата на HTTP.",
        },
        "deadline": {
            "en": "Reading took longer than it may; nothing more was read.",
            "bg": "Четенето надхвърли позволеното време; повече нищо не беше "
            "прочетено.",
        },
        "too-large": {
            "en": "The answer is larger than a harvested document may be; ask the "
            "publisher for pages, or raise REGISTRY_HARVEST__BYTES.",
            "bg": "Отговорът е по-голям от позволеното за един документ; поискайте от "
            "издателя каталог на страници или увеличете REGISTRY_HARVEST__BYTES.",
        },
        "status": {
            "en": "The server did not answer with a document; it answered with this "
            "status.",
            "bg": "Сървърът не отговори с документ, а с този код на състоянието.",
        },
        "redirects": {
            "en": "The server sends from one address to the next without an end.",
            "bg": "Сървърът препраща от адрес на адрес безкрайно.",
        },
        "not-rdf": {
            "en": "The answer is not RDF: its media type is none of Turtle, RDF/XML, "
            "N-Triples and JSON-LD.",
            "bg": "Отговорът не е RDF: типът му не е нито един от Turtle, RDF/XML, "
            "N-Triples и JSON-LD.",
        },
        "bad-encoding": {
            "en": "The answer is compressed in a way that was not asked for, or "
            "cannot be unpacked.",
            "bg": "Отговорът е компресиран по непоискан начин или не може да бъде "
            "разкомпресиран.",
        },
        # What cannot be read.
        "malformed": {
            "en": "The document cannot be read; nothing of this page was taken.",
            "bg": "Документът не може да бъде прочетен; нищо от тази страница не "
            "беше взето.",
        },
        "stopped": {
            "en": "Reading the document took more time or memory than it may, so it "
            "was stopped; nothing of this page was taken.",
            "bg": "Четенето на документа надхвърли позволеното време или памет и "
            "беше спряно; нищо от тази страница не беше взето.",
        },
        "several-next": {
            "en": "The page names several next pages; none of them was read.",
            "bg": "Страницата сочи няколко следващи страници; нито една не беше "
            "прочетена.",
        },
        "page-loop": {
            "en": "The next page is one that was read already; reading ended here.",
            "bg": "Следващата страница вече е прочетена; четенето спря дотук.",
        },
        "too-many-pages": {
            "en": "The catalogue has more pages than may be read; the rest was left.",
            "bg": "Каталогът има повече страници от позволеното; останалите не бяха "
            "прочетени.",
        },
        "no-iri": {
            "en": "The dataset has no address (IRI) of its own, so it could not be "
            "found again; ask its publisher for one.",
            "bg": "Наборът от данни няма собствен адрес (IRI) и не може да бъде "
            "разпознат следващия път; поискайте адрес от издателя му.",
        },
        # What is left out of a draft.
        "language-not-kept": {
            "en": "Only text in Bulgarian and English is kept.",
            "bg": "Запазват се само текстове на български и английски.",
        },
        "language-unknown": {
            "en": "The source does not say in which language this text is.",
            "bg": "Източникът не посочва на кой език е този текст.",
        },
        "machine-translated": {
            "en": "The source marks this text as translated by a machine.",
            "bg": "Източникът е отбелязал този текст като машинен превод.",
        },
        "several": {
            "en": "There is room for one value, and another one was kept.",
            "bg": "Мястото е за една стойност и е запазена друга.",
        },
        "bad-iri": {
            "en": "This is no valid address.",
            "bg": "Това не е валиден адрес.",
        },
        "bad-date": {
            "en": "This is no date of the calendar.",
            "bg": "Това не е дата от календара.",
        },
        "not-in-list": {
            "en": "This is not a value of the list that is used in Europe for it.",
            "bg": "Това не е стойност от европейския списък за това поле.",
        },
        "not-described": {
            "en": "The source refers to this and says nothing of it that is kept.",
            "bg": "Източникът го споменава, но не казва за него нищо, което се пази.",
        },
        "not-kept": {
            "en": "This property is not kept.",
            "bg": "Това свойство не се пази.",
        },
    }
)
"""Every rule by its stable code, with a sentence on what is wrong."""


def finding(rule: str, source: str, term: str = "", value: str = "") -> Finding:
    """Returns the report that a rule is broken by something of a source."""
    return Finding(source, term, value[:SHOWN], rule, ADVICE[rule])


class FetchError(Exception):
    """Why an address was not read, before it is known what it was read for."""

    def __init__(self, rule: str, value: str = "") -> None:
        super().__init__(rule)
        self.rule = rule
        self.value = value
