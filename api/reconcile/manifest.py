"""The service's manifest: what it can do, and where."""

from typing import Any

from api.reconcile.queries import MAX_BATCH
from api.reconcile.vocabulary import types
from graph.modelling import Model

PREVIEW_WIDTH, PREVIEW_HEIGHT = 430, 320
SUGGESTED = ("entity", "property", "type")


def manifest(model: Model, base: str) -> dict[str, Any]:
    """The manifest of the service whose API is at the address `base`, which ends in a slash."""
    service = f"{base}reconcile"
    return {
        "versions": ["0.1", "0.2"],
        "name": "partnergraph: partners and learning communities around the Dutch topsectors",
        "identifierSpace": f"{base}entity/",
        "schemaSpace": f"{base}schema.graphql",
        "defaultTypes": [term.brief for term in types(model).values()],
        "view": {"url": f"{base}entity/{{{{id}}}}"},
        "preview": {"url": f"{base}entity/{{{{id}}}}", "width": PREVIEW_WIDTH, "height": PREVIEW_HEIGHT},
        "suggest": {
            what: {
                "service_url": service,
                "service_path": f"/suggest/{what}",
                "flyout_service_url": service,
                "flyout_service_path": f"/flyout/{what}?id=${{id}}",
            }
            for what in SUGGESTED
        },
        "extend": {
            "propose_properties": {"service_url": service, "service_path": "/properties"},
            "property_settings": [],
        },
        "batchSize": MAX_BATCH,
    }
