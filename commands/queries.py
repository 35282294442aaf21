"""Commands for who writes queries: the schema, and what becomes of one."""

import json
from typing import Annotated, Any

import typer

from api.explain import Explainer
from api.schema import build_schema
from commands.database import database_if_running
from graph.model import MODEL
from graph.progress import console
from graph.settings import Settings


def _json_object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise typer.BadParameter(f"this is not JSON: {error}.") from error
    if not isinstance(found, dict):
        raise typer.BadParameter('give a JSON object, such as \'{"id": "partner-ser"}\'.')
    return found  # pyright: ignore[reportUnknownVariableType]


QueryFile = Annotated[
    typer.FileText, typer.Argument(encoding="utf-8", help="A GraphQL document; - for standard input.")
]
Variables = Annotated[
    Any,
    typer.Option(parser=_json_object, metavar="JSON", help="The query's variables.", show_default=False),
]
Operation = Annotated[str | None, typer.Option(help="Which of the document's operations.", show_default=False)]
Profile = Annotated[bool, typer.Option("--profile", help="Run it, to see real rows and database hits.")]


def schema() -> None:
    """Print the GraphQL schema (schema.graphql is this command's output)."""
    print(build_schema(MODEL).as_str())


def explain(
    query_file: QueryFile, variables: Variables = "{}", operation: Operation = None, profile: Profile = False
) -> None:
    """Show what becomes of a GraphQL query: its plan, its Cypher with parameters and, where the database runs,
    how that would carry it out.
    """
    explained = Explainer(MODEL).explain(query_file.read(), variables, operation, query_file.name)
    print(explained.outline())
    if explained.text:
        print(
            f"\n{explained.cypher()}\n\n{json.dumps(explained.parameters, indent=2, ensure_ascii=False, default=str)}"
        )
        with database_if_running(Settings()) as database:
            if database is None:
                console.print("The database does not run. To see its plan: partnergraph db start")
            else:
                print(f"\n{database.cost(explained.text, explained.parameters, run=profile).table}")
