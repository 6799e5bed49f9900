"""What can be set from outside, read once at the start.

Every field is an environment variable: `REGISTRY_DATA`, and for a group
`REGISTRY_SITE__BASE`, `REGISTRY_ENGINE__DEADLINE` and so on.
"""

from ipaddress import ip_network
from pathlib import Path
from typing import Literal, Self

from pydantic import (
    BaseModel,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from registry.errors import Misconfigured


def _bundled(name: str) -> Path:
    """Returns a data folder: inside the installed wheel, or in the checkout."""
    package = Path(__file__).parent
    inside = package / "data" / name
    return inside if inside.is_dir() else package.parent / name


class SiteSettings(BaseModel):
    """Where the registry is seen from outside, and where it listens."""

    base: str = Field(
        "http://127.0.0.1:8000/",
        description="Base of every IRI; fixed when the registry is created, and "
        "refused afterwards if it is set to anything else.",
    )
    contact: str | None = Field(
        None,
        pattern=r"^[^\s@]+@[^\s@]+\.[^\s@]+$",
        description="E-mail address of the organisation that keeps the registry, "
        "published to harvesters. OAI-PMH wants one, so set it before the registry "
        "is announced to portals; nothing is published in its place.",
    )
    host: str = Field("127.0.0.1", description="Address to listen on.")
    proxies: str = Field(
        "",
        description="Addresses or networks of our own reverse proxies, separated by "
        "commas. Only what these say of the client behind them is believed; with "
        "none, every client is who it is connected as.",
    )
    hosts: str = Field(
        "",
        description="Hosts that requests may name beside that of `base`, without "
        "ports, separated by blanks: for health checks by address, say. `*` for every "
        "one.",
    )
    monitors: str = Field(
        "127.0.0.0/8 ::1",
        description="Addresses or networks, separated by blanks, that may read "
        "`/metrics`, over a connection of their own; nobody else is told that it is "
        "there.",
    )
    port: int = Field(8000, ge=1, le=65535, description="Port to listen on.")
    ready: int = Field(
        64 * 1024**2,
        ge=0,
        description="Bytes of finished pages and documents that each web process keeps "
        "in memory for readers who are not logged in; 0 keeps none.",
    )

    @field_validator("monitors")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        for network in value.split():
            ip_network(network)
        return value

    @field_validator("base")
    @classmethod
    def _ends_in_slash(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")) or not value.endswith("/"):
            raise ValueError("the base must start with http(s):// and end with /")
        return value


class JournalSettings(BaseModel):
    """Where the journal is kept, with all that cannot be made again."""

    url: SecretStr = Field(
        SecretStr(""),
        description="A PostgreSQL database, as `postgresql://user@host/name`, which "
        "any number of machines share. Without it the journal is a SQLite file in the "
        "data directory. A password is better kept in `~/.pgpass`, or in `PGPASSWORD`.",
    )

    @field_validator("url")
    @classmethod
    def _is_postgresql(cls, value: SecretStr) -> SecretStr:
        url = value.get_secret_value()
        if url and not url.startswith(("postgresql://", "postgresql+psycopg://")):
            raise ValueError("the URL must start with postgresql://")
        return value


class EngineSettings(BaseModel):
    """Where queries are answered, and their limits, which `/limits` publishes."""

    url: str = Field(
        "",
        pattern=r"^(https?://\S+)?$",
        description="Address of a SPARQL 1.1 server that is to hold the graphs; the "
        "embedded store if empty. See `docs/engines.md`.",
    )
    dialect: Literal[
        "", "oxigraph", "virtuoso", "fuseki", "qlever", "graphdb", "neptune"
    ] = Field("", description="What kind of server that is; to be given with `url`.")
    user: str = Field("", description="User who may write there, if it wants one.")
    password: SecretStr = Field(
        SecretStr(""), description="Password of that user, or the token of QLever."
    )
    workers: int = Field(
        2, ge=1, description="Query workers of the short lane of each web process."
    )
    long_workers: int = Field(
        1, ge=1, description="Query workers of the long lane of each web process."
    )
    waiting: int = Field(
        64, ge=0, description="Queries that may wait for a worker of a lane."
    )
    short: float = Field(
        1.0,
        gt=0,
        description="Seconds of processor time a query may take in the short lane "
        "before it is moved to the long one.",
    )
    deadline: float = Field(
        30.0,
        gt=0,
        description="Seconds after its arrival at which a query is stopped.",
    )
    memory: int = Field(
        1536 * 1024**2,
        description="Bytes of address space a worker may use. There is one worker "
        "for the background beside those of the lanes.",
    )
    client_seconds: float = Field(
        60.0,
        ge=0,
        description="Seconds of queries that a client may use up within a minute; 0 "
        "for no limit.",
    )
    client_errors: int = Field(
        30,
        ge=0,
        description="Queries of a client that may fail within a minute; 0 for no "
        "limit.",
    )
    client_parallel: int = Field(
        10,
        ge=0,
        description="Queries of a client that may run or wait at one time; 0 for no "
        "limit.",
    )
    rows: int = Field(1_000_000, description="Rows or triples an answer may have.")
    result_bytes: int = Field(
        64 * 1024**2, description="Bytes that an answer may have."
    )
    spool_bytes: int = Field(
        1024**3,
        ge=0,
        description="Bytes on disk of large answers that readers have not taken yet.",
    )
    reuse_bytes: int = Field(
        16 * 1024**2,
        ge=0,
        description="Bytes of answers kept to be given again while nothing changes.",
    )
    columns: bool = Field(
        True,
        description="Sums over tables are worked out from their columns if possible.",
    )
    query_bytes: int = Field(32 * 1024, description="Bytes that a query may have.")
    query_depth: int = Field(48, description="Brackets within one another in a query.")
    query_statements: int = Field(120, description="Statements in a query.")
    query_groups: int = Field(80, description="Pairs of braces in a query.")
    query_operators: int = Field(400, description="Operators in a query.")
    query_steps: int = Field(100, description="Steps of property paths in a query.")
    rotation: float = Field(
        1.0, ge=0, description="Least seconds between two published snapshots."
    )

    @model_validator(mode="after")
    def _says_what_it_is(self) -> Self:
        if bool(self.url) != bool(self.dialect):
            raise ValueError("url and dialect are given together, or neither is")
        return self


class JobSettings(BaseModel):
    """Limits on queries in the background; all of them are published at `/limits`."""

    deadline: float = Field(
        600.0, gt=0, description="Seconds a query in the background may run."
    )
    waiting: int = Field(
        16, ge=1, description="Queries in the background that may wait."
    )
    client: int = Field(
        2, ge=1, description="Queries in the background that a client may have open."
    )
    hours: float = Field(24.0, gt=0, description="Hours that an answer is kept.")
    bytes: int = Field(
        2 * 1024**3,
        ge=0,
        description="Bytes of answers that are kept; the oldest is removed first.",
    )


class TableSettings(BaseModel):
    """Limits on slices of tables; all of them are published at `/limits`."""

    cells: int = Field(
        5_000_000, ge=1, description="Observations that a slice may have."
    )
    document_cells: int = Field(
        100_000,
        ge=1,
        description="Observations that a slice may have in a format that cannot be "
        "sent while it is made: JSON-stat and XLSX.",
    )
    memory: int = Field(1024**3, description="Bytes that slices may use.")
    deadline: float = Field(
        10.0, gt=0, description="Seconds a slice may be worked on before it is stopped."
    )


class DeskSettings(BaseModel):
    """How much people may hand in; all of it is published at `/limits`."""

    person: int = Field(
        60,
        ge=0,
        description="Documents, files and comments that a person may send within a "
        "minute; 0 for no limit.",
    )
    organisation: int = Field(
        300,
        ge=0,
        description="The same for all the people of an organisation together.",
    )


class HarvestSettings(BaseModel):
    """What may be read of the catalogues of others."""

    hosts: str = Field(
        "",
        description="Hosts that may be read, separated by blanks, each with its port "
        "unless that is the usual one; nothing is fetched from any other. A numeric "
        "address with its port, such as 127.0.0.1:7878, is the only way to a machine "
        "that is not in a public network.",
    )
    bytes: int = Field(
        32 * 1024**2, ge=1, description="Bytes that a document may have, unpacked."
    )
    seconds: float = Field(60.0, gt=0, description="Seconds a document may take.")
    total: float = Field(
        1800.0, gt=0, description="Seconds that fetching a catalogue may take."
    )
    pages: int = Field(1000, ge=1, description="Documents that a catalogue may have.")
    redirects: int = Field(5, ge=0, description="Redirects in a row.")


class DumpSettings(BaseModel):
    """When a server makes the files under `/dump/` anew."""

    every: float = Field(
        24.0,
        ge=0,
        description="Hours between two dumps that a server makes by itself, if "
        "anything was published in between; 0 for none.",
    )


class MailSettings(BaseModel):
    """How mails are sent."""

    host: str = Field(
        "",
        description="Server for outgoing mail. If there is none, each mail is written "
        "as a file into `folder`, for development.",
    )
    port: int = Field(587, ge=1, le=65535, description="Port of that server.")
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls",
        description="`starttls`, `tls` from the start, or `none` for a server on the "
        "same machine.",
    )
    user: str = Field("", description="User of that server, if it wants one.")
    password: SecretStr = Field(SecretStr(""), description="Password of that user.")
    sender: str = Field(
        "registry@localhost",
        pattern=r"^[^\s@<>]+@[^\s@<>]+$",
        description="Address that mails come from.",
    )
    folder: Path | None = Field(
        None,
        description="Folder into which mails are written if there is no server; "
        "`mail` in the data directory unless it is set.",
    )


class UpkeepSettings(BaseModel):
    """How those who keep records are reminded of them, and how links are tried."""

    every: int = Field(
        30, ge=1, description="Least days between two reminders to one address."
    )
    link_days: int = Field(
        30, ge=1, le=365, description="Days for which a mailed link works."
    )
    own_contacts: bool = Field(
        False,
        description="Whether records that no organisation keeps are asked about at the "
        "e-mail address that they publish.",
    )
    link_hosts: str = Field(
        "",
        description="Hosts to which `registry links check` may go, separated by "
        "blanks; `*` means every one in a public network, and nothing means none.",
    )
    link_seconds: float = Field(
        20.0, gt=0, description="Seconds that an address may take to answer."
    )
    link_pause: float = Field(
        2.0, ge=0, description="Seconds between two requests to the same host."
    )


class AccountSettings(BaseModel):
    """How passwords are kept; a password is hashed anew when these change."""

    memory: int = Field(
        64 * 1024, ge=8, description="KiB that hashing a password takes."
    )
    passes: int = Field(3, ge=1, description="Passes over that memory.")
    lanes: int = Field(4, ge=1, description="Lanes of it computed in parallel.")


class OidcSettings(BaseModel):
    """Another site by which people may log in: an OpenID provider."""

    issuer: str = Field(
        "",
        pattern=r"^(https?://\S+)?$",
        description="Address by which the provider names itself; none if empty.",
    )
    client_id: str = Field("", description="Id by which it knows the registry.")
    client_secret: SecretStr = Field(
        SecretStr(""), description="Secret by which it recognises the registry."
    )
    name: str = Field("OpenID", description="What it is called on the page.")


class Settings(BaseSettings):
    """The settings of one registry."""

    model_config = SettingsConfigDict(
        env_prefix="REGISTRY_", env_nested_delimiter="__", frozen=True
    )

    data: Path = Field(
        Path("data"), description="Folder of the journal and all that is derived."
    )
    site: SiteSettings = Field(SiteSettings(), description="Addresses.")
    journal: JournalSettings = Field(
        JournalSettings(), description="Where the journal is kept."
    )
    engine: EngineSettings = Field(EngineSettings(), description="Query limits.")
    jobs: JobSettings = Field(
        JobSettings(), description="Limits on queries in the background."
    )
    tables: TableSettings = Field(TableSettings(), description="Limits on tables.")
    desk: DeskSettings = Field(DeskSettings(), description="Limits on handing in.")
    harvest: HarvestSettings = Field(
        HarvestSettings(), description="Limits on harvesting."
    )
    dumps: DumpSettings = Field(DumpSettings(), description="Dumps.")
    upkeep: UpkeepSettings = Field(UpkeepSettings(), description="Reminders and links.")
    mail: MailSettings = Field(MailSettings(), description="Mails.")
    accounts: AccountSettings = Field(AccountSettings(), description="Passwords.")
    oidc: OidcSettings = Field(OidcSettings(), description="Another log in.")
    ontology: Path = Field(
        _bundled("ontology"), description="Folder of the ontology and the context."
    )
    shapes: Path = Field(_bundled("shapes"), description="Folder of the shapes.")
    datasets: Path = Field(_bundled("datasets"), description="Folder of the datasets.")


_SECRET = frozenset({"url", "password", "client_secret"})
"""Settings that may hold a secret, and are never shown."""


def read_settings() -> Settings:
    """Returns the settings that the environment names.

    Raises:
        Misconfigured: a value cannot work; the message names its variable.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        variable = "REGISTRY_" + "__".join(map(str, first["loc"])).upper()
        if first["loc"][-1] in _SECRET:
            raise Misconfigured(
                f"{variable} cannot be what it is: {first['msg']}.",
                f"{variable} не може да има тази стойност.",
            ) from None
        raise Misconfigured(
            f"{variable} cannot be {first['input']!r}: {first['msg']}.",
            f"{variable} не може да бъде {first['input']!r}.",
        ) from error
