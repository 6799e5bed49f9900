"""Accounts: invited, accepted, used and, with a forgotten password, got back.

Nobody makes an account for themselves, and no answer tells a stranger whether
somebody has one: neither by what it says nor by the time that it takes.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from registry import letters
from registry.credentials import Account, Identity, digest_of
from registry.errors import BadParameter, Expired, NotFound
from registry.lifecycle import Role
from registry.mail import is_address
from registry.people import Organisation, Person
from registry.policy import State, Subject, Verb, require
from registry.ports import (
    AccountBook,
    Attempts,
    Directory,
    Keys,
    Mailer,
    Passwords,
    Tickets,
)

INVITATION = "invitation"
"""Purpose of the tickets by which an account is made, or gets another role."""
RESET = "reset"
"""Purpose of the tickets by which a new password is chosen."""
INVITED = timedelta(days=7)
"""How long an invitation lasts."""
RESETTING = timedelta(minutes=60)
"""How long a new password may be chosen."""
SHORTEST = 12
"""Characters that a password has at least."""
LONGEST = 1024
"""Characters that a password has at most; more would only keep the server busy."""
NAME = 200
"""Characters that the name of a person can have."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """What somebody is invited to.

    Attributes:
        account: of whoever is invited; without a name if it is new.
        organisation: to which.
        role: as what.
    """

    account: Account
    organisation: Organisation
    role: Role

    @property
    def new(self) -> bool:
        """Whether the person has to say who they are, and choose a password."""
        return not self.account.name


@dataclass(frozen=True, slots=True)
class Patience:
    """How often the same is tried before we stop listening for a while.

    Attributes:
        account: attempts to log in to one account.
        address: attempts from one network address.
        mails: requests for mails to one e-mail address.
    """

    account: Attempts
    address: Attempts
    mails: Attempts


@dataclass(frozen=True, slots=True)
class Accounts:
    """The accounts of one registry.

    Attributes:
        book: who can log in.
        directory: people and organisations.
        keys: sessions, which end when a password changes.
        tickets: mailed links.
        mailer: sends mails.
        passwords: makes and compares hashes.
        patience: with those who guess.
        base: of the addresses in mails.
    """

    book: AccountBook
    directory: Directory
    keys: Keys
    tickets: Tickets
    mailer: Mailer
    passwords: Passwords
    patience: Patience
    base: str

    def invite(
        self,
        person: Person,
        email: str,
        *,
        organisation: str,
        role: Role,
        language: str,
        mailed: bool = True,
    ) -> str:
        """Invites somebody to an organisation and returns the link that is mailed.

        Args:
            person: who invites.
            email: of whoever is invited.
            organisation: its id.
            role: that they will have in it.
            language: of the mail.
            mailed: whether the link is mailed at all.

        Raises:
            NotAllowed: the person does not administer the organisation.
            NotFound: there is no such organisation.
            BadParameter: the address is none.
        """
        require(person, Verb.ADMINISTER, Subject(State.ORGANISATION, organisation))
        found = self._organisation(organisation)
        account = self.book.enrol(_address(email), language)
        payload = {"actor": account.actor, "organisation": found.id, "role": role.value}
        secret = self.tickets.issue(INVITATION, payload, INVITED)
        link = f"{self.base}{language}/account/invitation/{secret}"
        if mailed:
            self.mailer.send(
                letters.invitation(
                    account.email,
                    language,
                    organisation=found.name,
                    role=role,
                    link=link,
                    days=INVITED.days,
                )
            )
        return link

    def invitation(self, secret: str) -> Invitation:
        """Returns what a link invites to.

        Raises:
            Expired: it does no more.
        """
        return self._invitation(self.tickets.look(secret, INVITATION))

    def accept(
        self, secret: str, *, name: str = "", password: str = "", language: str = ""
    ) -> Account:
        """Accepts an invitation; sessions that the person has end.

        Args:
            secret: of the link.
            name: of somebody who is new; nobody else's is changed.
            password: of somebody who is new.
            language: of somebody who is new.

        Raises:
            Expired: the link does not work any more.
            BadParameter: the name or the password will not do.
        """
        invitation = self.invitation(secret)
        account = invitation.account
        if invitation.new:
            hashed = self._hashed(password, account.email)
            account = replace(
                account, name=_name(name), password=hashed, language=language
            )
        if self.tickets.use(secret, INVITATION) is None:
            raise _expired()
        self.book.change(account)
        self.directory.join(account.actor, invitation.organisation.id, invitation.role)
        self.keys.close_sessions(account.actor)
        return account

    def find(self, who: str) -> Account | None:
        """Returns the account with an id, or with an address."""
        return self.book.find(who) or self.book.by_email(_normal(who))

    def log_in(self, email: str, password: str, address: str) -> Account | None:
        """Returns the account of an address and its password, `None` if they differ.

        Args:
            email: as it was typed.
            password: as it was typed.
            address: network address of whoever asks.

        Raises:
            TooMany: this was tried too often lately.
        """
        normal = _normal(email)
        self.patience.address.count(address)
        self.patience.account.count(normal)
        if len(password) > LONGEST:
            return None
        account = self.book.by_email(normal)
        hashed = account.password if account else None
        # Without an account as much is computed as with one.
        if not self.passwords.matches(_composed(password), hashed):
            return None
        self.patience.account.forgive(normal)
        if account and hashed and self.passwords.outdated(hashed):
            fresh = self.passwords.hash(_composed(password))
            account = replace(account, password=fresh)
            self.book.change(account)
        return account

    def recognise(self, identity: Identity) -> Account | None:
        """Returns the account of somebody whom another site confirms.

        It is the one that is linked to the identity, or else the one with its
        verified address, which is linked from then on. Nobody gets a new one.
        """
        linked = self.book.by_subject(identity.subject)
        if linked or identity.email is None:
            return linked
        account = self.book.by_email(identity.email)
        # An account that is linked to one identity is not opened by another.
        if account is None or not account.name or account.subject:
            return None
        account = replace(account, subject=identity.subject)
        self.book.change(account)
        return account

    def ask_for_reset(self, email: str, address: str) -> None:
        """Counts a request for a new password, of whomever; `mail_reset` follows it.

        Raises:
            TooMany: this was asked for too often lately.
        """
        self.patience.address.count(address)
        self.patience.mails.count(_normal(email))

    def mail_reset(self, email: str, language: str) -> None:
        """Mails a link for a new password, if somebody has this address.

        It is done when the answer has been sent, so that its time tells nothing.
        """
        account = self.book.by_email(_normal(email))
        if account is None or not account.name:
            return
        payload = {"actor": account.actor, "password": _mark(account)}
        secret = self.tickets.issue(RESET, payload, RESETTING)
        link = f"{self.base}{language}/account/reset/{secret}"
        minutes = int(RESETTING.total_seconds()) // 60
        self.mailer.send(
            letters.reset(account.email, language, link=link, minutes=minutes)
        )

    def resetting(self, secret: str) -> Account:
        """Returns whose password a link changes.

        Raises:
            Expired: none any more.
        """
        return self._resetting(self.tickets.look(secret, RESET))

    def reset(self, secret: str, password: str) -> Account:
        """Chooses a new password; every session of the person ends.

        Raises:
            Expired: the link does not work any more.
            BadParameter: the password will not do.
        """
        account = self.resetting(secret)
        hashed = self._hashed(password, account.email)
        if self.tickets.use(secret, RESET) is None:
            raise _expired()
        return self._renewed(account, hashed)

    def change_password(
        self, person: Person, present: str, password: str, address: str
    ) -> None:
        """Changes somebody's password; every session of theirs ends.

        Args:
            person: whose.
            present: the password that they have.
            password: the new one.
            address: network address of whoever asks.

        Raises:
            TooMany: this was tried too often lately.
            BadParameter: the present password is another, or the new one will not do.
        """
        account = self.log_in(person.email, present, address)
        if account is None:
            raise BadParameter(
                "This is not your present password.",
                "Това не е сегашната Ви парола.",
                extra={"field": "present"},
            )
        self._renewed(account, self._hashed(password, account.email))

    def change_details(self, person: Person, name: str, language: str) -> None:
        """Changes how somebody is called, and in which language they are written to.

        Raises:
            BadParameter: the name will not do.
        """
        account = self.book.find(person.actor)
        if account:
            changed = replace(account, name=_name(name), language=language)
            self.book.change(changed)

    def _renewed(self, account: Account, hashed: str) -> Account:
        renewed = replace(account, password=hashed)
        self.book.change(renewed)
        self.keys.close_sessions(account.actor)
        self.patience.account.forgive(account.email)
        link = f"{self.base}{account.language}/account/reset"
        self.mailer.send(letters.changed(account.email, account.language, link=link))
        return renewed

    def _hashed(self, password: str, email: str) -> str:
        composed = _composed(password)
        if not SHORTEST <= len(composed) <= LONGEST:
            raise BadParameter(
                f"A password has {SHORTEST} to {LONGEST} characters; several words "
                "that only you would put together are a good one.",
                f"Паролата има от {SHORTEST} до {LONGEST} знака; няколко думи, които "
                "само Вие бихте съчетали, са добра парола.",
                extra={"field": "password"},
            )
        if composed.lower() == email or len(set(composed)) < SHORTEST // 3:
            raise BadParameter(
                "This password is too easy to guess.",
                "Тази парола се отгатва твърде лесно.",
                extra={"field": "password"},
            )
        return self.passwords.hash(composed)

    def _organisation(self, id: str) -> Organisation:
        found = self.directory.organisation(id)
        if found is None:
            raise NotFound("There is no such organisation.", "Няма такава организация.")
        return found

    def _invitation(self, payload: Mapping[str, str] | None) -> Invitation:
        account = self.book.find(payload["actor"]) if payload else None
        if payload is None or account is None:
            raise _expired()
        organisation = self._organisation(payload["organisation"])
        return Invitation(account, organisation, Role(payload["role"]))

    def _resetting(self, payload: Mapping[str, str] | None) -> Account:
        account = self.book.find(payload["actor"]) if payload else None
        # A link is void once the password has been changed in another way.
        if payload is None or account is None or _mark(account) != payload["password"]:
            raise _expired()
        return account


def _mark(account: Account) -> str:
    """Returns what tells one password of an account from the next."""
    return digest_of(account.password or "")


def _normal(email: str) -> str:
    return email.strip().lower()


def _composed(password: str) -> str:
    """Returns a password as every keyboard and system would type it."""
    return unicodedata.normalize("NFC", password)


def _address(email: str) -> str:
    normal = _normal(email)
    if not is_address(normal):
        raise BadParameter(
            "This is not an e-mail address.",
            "Това не е адрес на електронна поща.",
            extra={"field": "email"},
        )
    return normal


def _name(name: str) -> str:
    called = " ".join(name.split())
    if not called or len(called) > NAME or not called.isprintable():
        raise BadParameter(
            f"A name has 1 to {NAME} characters that can be seen.",
            f"Името има от 1 до {NAME} видими знака.",
            extra={"field": "name"},
        )
    return called


def _expired() -> Expired:
    return Expired(
        "It was used already, it is too old, or it is not complete.",
        "Вече е използвана, твърде стара е или не е цялата.",
    )
