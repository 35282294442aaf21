"""The driver: reading and writing a Neo4j database, with retries, and errors that say what to do."""

from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, LiteralString, Self, cast

from neo4j import (
    READ_ACCESS,
    WRITE_ACCESS,
    AsyncDriver,
    AsyncGraphDatabase,
    Driver,
    GraphDatabase,
    NotificationMinimumSeverity,
    RoutingControl,
    Session,
    get_user_agent,
)
from neo4j import Transaction as Neo4jTransaction
from neo4j.exceptions import (
    AuthError,
    ConfigurationError,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
    TransientError,
)
from neo4j.exceptions import DatabaseError as ServerFault

from graph.cost import Cost
from graph.errors import DatabaseError
from graph.settings import Connection

FETCH_ALL = -1
OPTIONS: Mapping[str, Any] = {
    "user_agent": f"partnergraph {get_user_agent()}",
    "notifications_min_severity": NotificationMinimumSeverity.OFF,
    "telemetry_disabled": True,
    "fetch_size": FETCH_ALL,
    "connection_timeout": 10,
    "connection_acquisition_timeout": 30,
    # A connection that was idle may have been cut by a firewall or load balancer.
    "liveness_check_timeout": 30,
    "max_transaction_retry_time": 15,
}
STREAM_FETCH = 5_000
"""How many records of a stream are on their way at a time."""
DATABASE_NOT_FOUND = "Neo.ClientError.Database.DatabaseNotFound"
CONSTRAINT_BROKEN = "Neo.DatabaseError.Schema.ConstraintCreationFailed"
FORBIDDEN = "Neo.ClientError.Security.Forbidden"


def connect(connection: Connection) -> Driver:
    """A driver for a database, unopened: the first use tells whether it can be reached."""
    # The driver does not type its options.
    return GraphDatabase.driver(connection.uri, auth=(connection.username, connection.password), **OPTIONS)  # pyright: ignore[reportUnknownMemberType]


def connect_async(connection: Connection) -> AsyncDriver:
    """The same for use on an event loop, which must be running; how long to wait is the caller's to say."""
    options = {**OPTIONS, "connection_write_timeout": None}
    return AsyncGraphDatabase.driver(  # pyright: ignore[reportUnknownMemberType]
        connection.uri, auth=(connection.username, connection.password), **options
    )


class Transaction:
    """Statements that happen together or not at all."""

    def __init__(self, transaction: Neo4jTransaction) -> None:
        self._transaction = transaction

    def run(self, statement: str, parameters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Run one statement and return its records."""
        return self._transaction.run(cast(LiteralString, statement), dict(parameters or {})).data()


class Database:
    """One Neo4j database. A context manager, which on entering makes sure that the database answers.

    What the operator can mend is raised as DatabaseError; a mistake in a statement as Neo4jError.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        with explained(connection):
            self._driver = connect(connection)

    def __enter__(self) -> Self:
        try:
            with explained(self.connection), self._session() as session:
                session.run("RETURN true").consume()
        except BaseException:
            self._driver.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._driver.close()

    def read(self, statement: str, parameters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """The records of a statement that only reads; tried again where the database says that may help."""
        return self._run(statement, parameters, RoutingControl.READ)

    def write(self, statement: str, parameters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """The records of a statement, in its own transaction; tried again where the database says that may help."""
        return self._run(statement, parameters, RoutingControl.WRITE)

    def cost(self, statement: str, parameters: Mapping[str, Any] | None = None, *, run: bool = False) -> Cost:
        """How the database would carry out a statement that only reads or, with `run`, how it did."""
        with explained(self.connection), self._session(READ_ACCESS) as session:
            text = cast(LiteralString, f"{'PROFILE' if run else 'EXPLAIN'} {statement}")
            summary = session.run(text, dict(parameters or {})).consume()
            return Cost.of(cast(Any, summary.profile if run else summary.plan))  # pyright: ignore[reportUnknownMemberType]

    def stream(self, statement: str, parameters: Mapping[str, Any] | None = None) -> Iterator[dict[str, Any]]:
        """The records of a statement that only reads, one by one, so that there may be very many. Not tried again."""
        with explained(self.connection), self._session(READ_ACCESS, STREAM_FETCH) as session:
            for record in session.run(cast(LiteralString, statement), dict(parameters or {})):
                yield record.data()

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        """A transaction that is committed at the end of the block, or undone where the block raises."""
        with (
            explained(self.connection),
            self._session() as session,
            session.begin_transaction() as transaction,
        ):
            yield Transaction(transaction)
            transaction.commit()

    def _session(self, access: str = WRITE_ACCESS, fetch: int = FETCH_ALL) -> Session:
        return self._driver.session(  # pyright: ignore[reportUnknownMemberType]
            database=self.connection.database, default_access_mode=access, fetch_size=fetch
        )

    def _run(
        self, statement: str, parameters: Mapping[str, Any] | None, routing: RoutingControl
    ) -> list[dict[str, Any]]:
        with explained(self.connection):
            result = self._driver.execute_query(
                cast(LiteralString, statement),
                dict(parameters or {}),
                database_=self.connection.database,
                routing_=routing,
            )
            return [record.data() for record in result.records]


@contextmanager
def explained(connection: Connection) -> Generator[None]:
    """Turn the driver's errors that an operator can mend into DatabaseError."""
    try:
        yield
    except (Neo4jError, ServiceUnavailable, SessionExpired, ConfigurationError, ValueError) as error:
        explanation = _explanation(error, connection)
        if explanation is None:
            raise
        raise DatabaseError(*explanation) from error


def _explanation(error: Exception, connection: Connection) -> tuple[str, str] | None:
    """What is wrong and what to do, or None where no operator can mend it."""
    uri = connection.uri
    explanation: tuple[str, str] | None = None
    match error:
        case AuthError():
            explanation = (
                f"The Neo4j at {uri} refuses the user {connection.username} with this password.",
                "Check NEO4J_USERNAME and NEO4J_PASSWORD. After several wrong tries, wait some seconds.",
            )
        case ServiceUnavailable() | SessionExpired():
            explanation = (
                f"No Neo4j answers at {uri}.",
                "Check that it runs and that NEO4J_URI is right: its host, its port, and +s where it uses TLS.",
            )
        case TransientError():
            explanation = (
                f"The Neo4j at {uri} could not do it just now: {error.message}",
                "Try again; if it goes on, give it more memory (here: PARTNERGRAPH_DATABASE_HEAP) or less to do.",
            )
        case ServerFault() if error.code != CONSTRAINT_BROKEN:
            explanation = (
                f"The Neo4j at {uri} failed: {error.message}",
                "Make sure that its disk has room, then start it again (here: partnergraph db stop, partnergraph up).",
            )
        case Neo4jError() if error.code == DATABASE_NOT_FOUND:
            explanation = (
                f"The Neo4j at {uri} has no database named {connection.database}.",
                "Check NEO4J_DATABASE, or create that database there.",
            )
        case Neo4jError() if error.code == FORBIDDEN:
            explanation = (
                f"The user {connection.username} may not do this at {uri}: {error.message}",
                "Give that user the right to, or set NEO4J_USERNAME to another.",
            )
        case ConfigurationError():
            explanation = (f"NEO4J_URI is {uri}, which won't do: {error}", "Mend NEO4J_URI.")
        case _:
            pass
    return explanation
