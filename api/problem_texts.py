"""What each kind of problem means and what the reader can do about it."""

from collections.abc import Mapping
from types import MappingProxyType

from registry.language import Text

HELP: Mapping[str, Text] = MappingProxyType(
    {
        "internal": {
            "en": "The fault is ours and has been logged. Trying again later may "
            "help; when you write to us, give the number.",
            "bg": "Грешката е при нас и е записана. Може да опитате отново по-късно; "
            "ако ни пишете, посочете номера.",
        },
        "not-found": {
            "en": "Check the address. Addresses of published records never change, "
            "so a record that is not found was never published, or not by the "
            "moment asked for.",
            "bg": "Проверете адреса. Адресите на публикуваните записи никога не се "
            "променят: ненамереният запис не е бил публикуван изобщо или до "
            "поискания момент.",
        },
        "gone": {
            "en": "The record was withdrawn. Its versions can still be read under "
            "their own addresses, with the parameter “version”.",
            "bg": "Записът е оттеглен. Версиите му остават достъпни на собствените "
            "си адреси, с параметъра „version“.",
        },
        "not-acceptable": {
            "en": "Ask for one of the formats on offer in the header Accept, or add "
            "the extension of a format to the address.",
            "bg": "Поискайте някой от предлаганите формати в заглавката Accept или "
            "добавете разширението му към адреса.",
        },
        "unknown-profile": {
            "en": "The problem lists the profiles on offer. Name one in the parameter "
            "“profile” or in the header Accept-Profile, or ask for none.",
            "bg": "Съобщението изброява предлаганите профили. Посочете някой от тях в "
            "параметъра „profile“ или в заглавката Accept-Profile или не посочвайте "
            "никой.",
        },
        "stale-version": {
            "en": "Read the current version, make your change to it, and send it "
            "again.",
            "bg": "Прочетете текущата версия, нанесете промяната си върху нея и "
            "изпратете отново.",
        },
        "unauthenticated": {
            "en": "Log in, and open the page again. If you were filling in a form, log "
            "in in another window first, so that what you typed stays here. Programs "
            "send the header Authorization with a token of their own.",
            "bg": "Влезте и отворете страницата отново. Ако сте попълвали формуляр, "
            "първо влезте в друг прозорец, за да остане тук написаното. Програмите "
            "изпращат заглавката Authorization със собствен код за достъп.",
        },
        "forged": {
            "en": "Open the page with the form again and send it from there. Cookies "
            "have to be allowed for this site. A form that was opened before you "
            "logged in, or sent by another site, is not accepted.",
            "bg": "Отворете отново страницата с формуляра и го изпратете оттам. За "
            "този сайт трябва да са разрешени бисквитките. Формуляр, отворен преди да "
            "влезете или изпратен от друг сайт, не се приема.",
        },
        "expired-link": {
            "en": "A mailed link works once and for a limited time. Ask for a new one.",
            "bg": "Връзка, изпратена по пощата, действа веднъж и за ограничено време. "
            "Поискайте нова.",
        },
        "too-many-requests": {
            "en": "Wait for as long as the answer says, and try again.",
            "bg": "Изчакайте толкова, колкото посочва отговорът, и опитайте отново.",
        },
        "not-allowed": {
            "en": "Your role, or the status of the record, does not allow this. Ask "
            "an administrator of your organisation.",
            "bg": "Ролята Ви или статусът на записа не го позволява. Обърнете се към "
            "администратор на Вашата организация.",
        },
        "invalid": {
            "en": "Mend what the problem lists and send it again.",
            "bg": "Поправете изброеното и изпратете отново.",
        },
        "malformed-document": {
            "en": "The text does not follow the rules of its format. Check it with a "
            "validator of that format.",
            "bg": "Текстът не спазва правилата на формата си. Проверете го с "
            "валидатор за този формат.",
        },
        "lossy": {
            "en": "Each entry under “losses” says where in the document it stands and "
            "why it cannot be kept. Mend the document, or send it again with "
            "“accept-losses”: the list is kept for the reviewer then.",
            "bg": "Всеки ред в „losses“ посочва мястото в документа и защо то не може "
            "да бъде запазено. Поправете документа или го изпратете отново с "
            "„accept-losses“: тогава списъкът се пази за рецензента.",
        },
        "shapes-violated": {
            "en": "Each entry under “errors” names the value and the rule; the page "
            "of the rules explains each code.",
            "bg": "Всеки ред в „errors“ посочва стойността и правилото; страницата с "
            "правилата обяснява всеки код.",
        },
        "bad-parameter": {
            "en": "The problem names the parameter and the values that it can have.",
            "bg": "Съобщението посочва параметъра и стойностите, които може да има.",
        },
        "dataset-refused": {
            "en": "Each entry under “rows” names the row, the column, the value and "
            "how to mend it.",
            "bg": "Всеки запис в „rows“ посочва реда, колоната, стойността и как да "
            "се поправи.",
        },
        "query-malformed": {
            "en": "The problem gives the line and the column where the text stops "
            "being SPARQL 1.1.",
            "bg": "Съобщението посочва реда и колоната, от които текстът вече не е "
            "SPARQL 1.1.",
        },
        "query-refused": {
            "en": "Only queries that read, stay within the published limits and call "
            "no other server are run. The page of the limits lists them.",
            "bg": "Изпълняват се само заявки за четене, които спазват публикуваните "
            "ограничения и не се обръщат към други сървъри. Вижте страницата с "
            "ограниченията.",
        },
        "query-timeout": {
            "en": "The query was stopped; nothing of its answer was sent. Ask for "
            "less: add conditions, avoid joining everything with everything, and "
            "sort only what you need.",
            "bg": "Заявката беше спряна и нищо от отговора ѝ не е изпратено. Поискайте "
            "по-малко: добавете условия, не съчетавайте всичко с всичко и "
            "подреждайте само нужното.",
        },
        "result-too-large": {
            "en": "Ask for less at a time, with LIMIT and OFFSET or with narrower "
            "conditions. Nothing of the answer was sent.",
            "bg": "Искайте по-малко наведнъж: с LIMIT и OFFSET или с по-тесни условия. "
            "Нищо от отговора не е изпратено.",
        },
        "engine-unavailable": {
            "en": "Records can still be read by their addresses. Try the query again "
            "in a few seconds.",
            "bg": "Записите остават достъпни на адресите си. Опитайте заявката отново "
            "след няколко секунди.",
        },
        "busy": {
            "en": "Try again in a few seconds.",
            "bg": "Опитайте отново след няколко секунди.",
        },
        "storage": {
            "en": "What was acknowledged is safe. Send yours again later, with the "
            "same Idempotency-Key if you gave one; the operators have to make room on "
            "the disk, or to bring the database back.",
            "bg": "Потвърденото е запазено. Изпратете своето отново по-късно, със "
            "същия Idempotency-Key, ако сте посочили такъв; операторите трябва да "
            "освободят място на диска или да възстановят връзката с базата данни.",
        },
        "misconfigured": {
            "en": "The operators of the registry have to mend its settings.",
            "bg": "Операторите на регистъра трябва да поправят настройките му.",
        },
        "method-not-allowed": {
            "en": "The header Allow lists the methods that this address takes.",
            "bg": "Заглавката Allow изброява методите, които адресът приема.",
        },
        "content-too-large": {
            "en": "Send less at a time; the page of the limits says how much.",
            "bg": "Изпращайте по-малко наведнъж; страницата с ограниченията казва "
            "колко.",
        },
        "misdirected": {
            "en": "Use the address that the registry publishes. If you keep it, name "
            "the further host in its settings.",
            "bg": "Използвайте адреса, който регистърът публикува. Ако Вие го "
            "поддържате, посочете и този хост в настройките.",
        },
        "headers-too-large": {
            "en": "Send fewer and shorter headers, such as cookies of other sites; a "
            "long query is sent by POST.",
            "bg": "Изпращайте по-малко и по-къси заглавки, например бисквитки; дълга "
            "заявка се изпраща с POST.",
        },
        "range-not-satisfiable": {
            "en": "The header Content-Range gives the size of the file. If the file "
            "has changed since the download began, download it anew.",
            "bg": "Заглавката Content-Range посочва големината на файла. Ако той е "
            "променен след началото на изтеглянето, изтеглете го отначало.",
        },
        "unsupported-media-type": {
            "en": "The problem names the types of content that this address reads.",
            "bg": "Съобщението посочва типовете съдържание, които адресът приема.",
        },
    }
)
"""By the slug of the kind of problem."""
