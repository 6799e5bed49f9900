"""What can be set from outside, read once at the start.

Every field is an environment variable: `REGISTRY_DATA`, and for a group
`REGISTRY_SITE__BASE`, `REGISTRY_ENGINE__DEADLINE` and so on.
"""

from pathlib import Path

from pydantic import BaseModel, Field, ValidationError, field_validator
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
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=1, le=65535, description="Port to listen on.")

    @field_validator("base")
    @classmethod
    def _ends_in_slash(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")) or not value.endswith("/"):
            raise ValueError("the base must start with http(s):// and end with /")
        return value


class EngineSettings(BaseModel):
    """Limits on queries; all of them are published at `/limits`."""

    workers: int = Field(2, ge=1, description="Query workers of each web process.")
    waiting: int = Field(
        64, ge=0, description="Queries that may wait for a worker at one time."
    )
    deadline: float = Field(
        10.0, gt=0, description="Seconds a query may run before it is stopped."
    )
    memory: int = Field(
        1536 * 1024**2, description="Bytes of address space a worker may use."
    )
    rows: int = Field(1_000_000, description="Rows or triples an answer may have.")
    result_bytes: int = Field(
        64 * 1024**2, description="Bytes that an answer may have."
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


class Settings(BaseSettings):
    """The settings of one registry."""

    model_config = SettingsConfigDict(
        env_prefix="REGISTRY_", env_nested_delimiter="__", frozen=True
    )

    data: Path = Field(
        Path("data"), description="Folder of the journal and all that is derived."
    )
    site: SiteSettings = Field(SiteSettings(), description="Addresses.")
    engine: EngineSettings = Field(EngineSettings(), description="Query limits.")
    tables: TableSettings = Field(TableSettings(), description="Limits on tables.")
    ontology: Path = Field(
        _bundled("ontology"), description="Folder of the ontology and the context."
    )
    shapes: Path = Field(_bundled("shapes"), description="Folder of the shapes.")
    datasets: Path = Field(_bundled("datasets"), description="Folder of the datasets.")


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
        raise Misconfigured(
            f"{variable} cannot be {first['input']!r}: {first['msg']}.",
            f"{variable} не може да бъде {first['input']!r}.",
        ) from error
