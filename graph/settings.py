"""Every setting: its name, default and help. All come from environment variables."""

import getpass
import socket
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Self

from platformdirs import user_cache_path, user_data_path
from pydantic import AfterValidator, AliasChoices, AnyUrl, Field, SecretStr, UrlConstraints, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

from graph.errors import SettingsError

PREFIX = "PARTNERGRAPH_"
Network = IPv4Network | IPv6Network
Folder = Annotated[Path, AfterValidator(Path.expanduser), AfterValidator(Path.absolute)]


def networks(text: str) -> tuple[Network, ...]:
    """Networks, or single addresses, divided by commas. Raises ValueError."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def _is_networks(text: str) -> str:
    networks(text)
    return text


Neo4jUrl = Annotated[
    AnyUrl,
    UrlConstraints(
        allowed_schemes=["bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc"],
        host_required=True,
    ),
]


@dataclass(frozen=True)
class Connection:
    """Where a Neo4j database is, and who we are there."""

    uri: str
    username: str
    password: str = field(repr=False)
    database: str = "neo4j"


def _who() -> str:
    try:
        return f"{getpass.getuser()}@{socket.gethostname()}"
    except (OSError, KeyError):  # A container's user may have no name.
        return socket.gethostname()


class Settings(BaseSettings):
    """The settings in force. Raises SettingsError, naming the variable, where one makes no sense."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="ignore", populate_by_name=True
    )

    neo4j_uri: Neo4jUrl | None = Field(
        None,
        validation_alias="NEO4J_URI",
        description="The Neo4j to use, such as neo4j+s://graph.example.org. Without it one is started on this machine.",
    )
    neo4j_username: str = Field("neo4j", validation_alias="NEO4J_USERNAME", description="The user at that Neo4j.")
    neo4j_password: SecretStr = Field(
        SecretStr(""), validation_alias="NEO4J_PASSWORD", description="That user's password."
    )
    neo4j_database: str = Field("neo4j", validation_alias="NEO4J_DATABASE", description="The database in that Neo4j.")
    home: Folder = Field(
        default_factory=lambda: user_data_path("partnergraph", appauthor=False),
        description="The folder of the Neo4j on this machine: its data, logs and password.",
        examples=["the user-data folder"],
    )
    database_heap: str = Field(
        "1g",
        pattern=r"(?i)^[1-9][0-9]*[mg]$",
        description="The most memory for Java objects of the Neo4j on this machine, such as 512m or 4g.",
    )
    user: str = Field(
        default_factory=_who,
        description="Who loads, as the graph's history of runs names them.",
        examples=["the user and machine"],
    )
    query_timeout: float = Field(10, gt=0, le=3600, description="The seconds after which a query is stopped.")
    show_cypher: bool = Field(
        False,
        description="For development: whether each answer has its statement in extensions.cypher; then none is cached.",
    )
    cache: Folder = Field(
        default_factory=lambda: user_cache_path("partnergraph", appauthor=False),
        description="The folder of files from the web, kept so that those which haven't changed are not fetched again.",
        examples=["the user-cache folder"],
    )
    fetch_timeout: float = Field(300, gt=0, le=86400, description="The seconds that fetching a file may take.")
    fetch_megabytes: int = Field(500, ge=1, description="The most megabytes of a file that is fetched.")
    fetch_allow: Annotated[str, AfterValidator(_is_networks)] = Field(
        "",
        description="Private addresses or networks from which files may be fetched all the same, such as "
        "127.0.0.1, 10.1.2.0/24.",
    )
    host: str = Field("127.0.0.1", description="The address on which the API listens; 0.0.0.0 for all.")
    port: int = Field(
        8000,
        ge=1,
        le=65535,
        validation_alias=AliasChoices("PARTNERGRAPH_PORT", "PORT"),
        description="The port on which the API listens.",
    )

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            first = error.errors()[0]
            field_name = _field_named(first["loc"][0])
            info = type(self).model_fields[field_name]
            name = " or ".join(variables(field_name, info))
            raise SettingsError(
                f"{name} is {first['input']!r}, which won't do: {first['msg']}.",
                f"Mend it or leave it out. {name}: {info.description}",
            ) from None

    def connection(self) -> Connection:
        """The database that NEO4J_URI names.

        Raises SettingsError where it or its password is not set.
        """
        if self.neo4j_uri is None:
            raise SettingsError("NEO4J_URI is not set.", "Set it, or start a database here: partnergraph db start")
        password = self.neo4j_password.get_secret_value()
        if not password:
            raise SettingsError("NEO4J_URI is set, but NEO4J_PASSWORD is not.", "Set NEO4J_PASSWORD as well.")
        return Connection(str(self.neo4j_uri), self.neo4j_username, password, self.neo4j_database)

    @property
    def database_folder(self) -> Path:
        """The folder of the Neo4j on this machine."""
        return self.home / "neo4j"

    @property
    def allowed_networks(self) -> tuple[Network, ...]:
        """The networks from which files may be fetched although they are private."""
        return networks(self.fetch_allow)

    def using(self, connection: Connection) -> Self:
        """These settings, with `connection` for the database."""
        return self.model_copy(
            update={
                "neo4j_uri": connection.uri,
                "neo4j_username": connection.username,
                "neo4j_password": SecretStr(connection.password),
                "neo4j_database": connection.database,
            }
        )

    def environment(self) -> dict[str, str]:
        """The environment variables by which another process would have these settings."""
        values = {variables(name, info)[0]: getattr(self, name) for name, info in type(self).model_fields.items()}
        return {
            name: value.get_secret_value() if isinstance(value, SecretStr) else str(value)
            for name, value in values.items()
            if value is not None
        }


@dataclass(frozen=True)
class Row:
    """One line of the table of settings, as help and docs show it."""

    name: str
    default: str
    help: str


def table() -> tuple[Row, ...]:
    """Every setting, in order of declaration."""
    return tuple(
        Row(" or ".join(variables(name, info)), _default(info), info.description or "")
        for name, info in Settings.model_fields.items()
    )


def variables(name: str, info: FieldInfo) -> tuple[str, ...]:
    """The environment variables that set a field; the first that is there counts."""
    alias = info.validation_alias
    if isinstance(alias, AliasChoices):
        return tuple(str(choice) for choice in alias.choices)
    return (str(alias or PREFIX + name.upper()),)


def _field_named(place: object) -> str:
    fields = Settings.model_fields.items()
    return next(name for name, info in fields if place in (name, *variables(name, info)))


def _default(info: FieldInfo) -> str:
    if info.examples:
        return str(info.examples[0])
    value = info.default.get_secret_value() if isinstance(info.default, SecretStr) else info.default
    return "" if value is None else str(value)
