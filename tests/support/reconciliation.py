"""What the messages of the Reconciliation Service API 0.2 must look like, written after its specification.

https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/ describes each field. Stricter than
that text where our service always gives a field.
"""

from typing import Any

from jsonschema import Draft202012Validator

TEXT = {"type": "string", "minLength": 1}
TERM = {"type": "object", "required": ["id", "name"], "properties": {"id": TEXT, "name": TEXT}}
ADDRESS = {"type": "string", "pattern": "^https?://"}
TEMPLATE = {"type": "string", "pattern": r"^https?://.*\{\{id\}\}"}


def _object(required: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": required}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _only(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {**_object({name: schema}), "additionalProperties": False}


SUGGEST = _object(
    {
        "service_url": ADDRESS,
        "service_path": TEXT,
        "flyout_service_url": ADDRESS,
        "flyout_service_path": {"type": "string", "pattern": r"\$\{id\}"},
    }
)
MANIFEST = _object(
    {
        "versions": {**_list(TEXT), "contains": {"const": "0.2"}},
        "name": TEXT,
        "identifierSpace": ADDRESS,
        "schemaSpace": ADDRESS,
        "defaultTypes": {**_list(TERM), "uniqueItems": True},
        "view": _object({"url": TEMPLATE}),
        "preview": _object({"url": TEMPLATE, "width": {"type": "integer"}, "height": {"type": "integer"}}),
        "suggest": _object({"entity": SUGGEST, "property": SUGGEST, "type": SUGGEST}),
        "extend": _object({"propose_properties": _object({"service_url": ADDRESS, "service_path": TEXT})}),
        "batchSize": {"type": "integer", "minimum": 1},
    }
)
CANDIDATE = _object(
    {
        "id": TEXT,
        "name": TEXT,
        "description": {"type": "string"},
        "type": {**_list(TERM), "minItems": 1},
        "score": {"type": "number", "minimum": 0, "maximum": 100},
        "match": {"type": "boolean"},
        "features": _list(_object({"id": TEXT, "value": {"type": ["number", "boolean"]}})),
    }
)
RESULTS = {"type": "object", "additionalProperties": _only("result", _list(CANDIDATE))}
SUGGESTIONS = _only(
    "result", _list({**TERM, "properties": {"description": {"type": "string"}, "notable": _list(TERM)}})
)
PROPOSALS = _object({"type": TEXT, "properties": _list(TERM)})
ISO_TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"}
CELL = {
    "oneOf": [
        {**TERM, "additionalProperties": False},
        _only("str", {"type": "string"}),
        _only("int", {"type": "integer"}),
        _only("float", {"type": "number"}),
        _only("date", ISO_TIME),
    ]
}
EXTENSION = _object(
    {
        "meta": _list({**TERM, "properties": {"type": TERM}}),
        "rows": {"type": "object", "additionalProperties": {"type": "object", "additionalProperties": _list(CELL)}},
    }
)
ERROR = _object({"status": {"const": "error"}, "code": TEXT, "message": TEXT})


def valid(message: Any, schema: dict[str, Any]) -> Any:
    """The message, which must be as the schema says."""
    errors = [error.message for error in Draft202012Validator(schema).iter_errors(message)]  # pyright: ignore[reportUnknownMemberType]
    assert not errors
    return message
