"""What becomes of a query: its plan, its statement, and how the database would carry that out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError, Source, parse, validate

from api.compiler.compiler import prepare
from api.compiler.describe import describe, laid_out
from api.compiler.plan import Plan
from api.schema import build_schema
from api.service import executable
from graph.errors import OperatorError
from graph.modelling import Model


@dataclass(frozen=True)
class Explanation:
    """A query's plan, the statement that answers it, and the values it is run with; no text where nothing is read."""

    plan: Plan
    text: str
    parameters: Mapping[str, Any]

    def outline(self) -> str:
        """The plan as an indented text."""
        return describe(self.plan)

    def cypher(self) -> str:
        """The statement, laid out for reading."""
        return laid_out(self.text)


class Explainer:
    """Compiles queries on a model as the API does, without asking the database."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.schema = executable(build_schema(model))

    def explain(
        self, query: str, variables: Mapping[str, Any], operation_name: str | None = None, place: str = "query"
    ) -> Explanation:
        """The explanation of a query that was read at `place`.

        Raises OperatorError, which shows where the query is wrong.
        """
        try:
            document = parse(Source(query, place))
            wrong = validate(self.schema, document)
            if wrong:
                raise OperatorError(
                    "\n".join(map(str, wrong)), "Mend the query; partnergraph schema tells what there is."
                )
            operation = prepare(self.schema, self.model, document, operation_name)
            given = operation.variables(variables)
            compiled = operation.compiled(given)
            if compiled.statement is None:
                return Explanation(compiled.plan, "", {})
            return Explanation(compiled.plan, compiled.statement.text, compiled.parameters(given))
        except GraphQLError as error:
            raise OperatorError(str(error), "Mend the query or its variables.") from error
