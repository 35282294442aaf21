"""The compose file and the Dockerfile: valid, without secrets, and in step with the code they run."""

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from typer.main import get_command

from graph.distribution import version
from graph.settings import Settings
from partnergraph import app

ROOT = Path(__file__).parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text()


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def copied() -> set[str]:
    """What the Dockerfile copies out of the project."""
    return {source for line in re.findall(r"^COPY (.+)$", DOCKERFILE, re.M) for source in line.split()[:-1]}


def test_the_file_follows_the_compose_specification(compose: dict[str, Any]) -> None:
    schema = files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"
    jsonschema.validate(compose, json.loads(schema.read_text()))


def test_neo4j_is_the_version_that_runs_on_a_laptop_with_a_named_volume(compose: dict[str, Any]) -> None:
    neo4j = compose["services"]["neo4j"]
    assert neo4j["image"] == f"neo4j:{version()}-community"
    (volume,) = neo4j["volumes"]
    name, _, folder = volume.partition(":")
    assert name in compose["volumes"]
    assert folder == "/data"


def test_every_service_that_stays_says_whether_it_is_well(compose: dict[str, Any]) -> None:
    for name in ("neo4j", "api"):
        assert compose["services"][name]["healthcheck"]["test"]
    assert compose["services"]["loader"]["healthcheck"] == {"disable": True}
    assert compose["services"]["loader"]["depends_on"]["neo4j"]["condition"] == "service_healthy"
    assert compose["services"]["api"]["depends_on"]["loader"]["condition"] == "service_completed_successfully"


def test_the_password_comes_from_the_environment_and_must_be_given(compose: dict[str, Any]) -> None:
    values = [
        str(value)
        for service in compose["services"].values()
        for name, value in service["environment"].items()
        if re.search("PASSWORD|AUTH", name)
    ]
    assert len(values) == 3
    for value in values:
        assert re.fullmatch(r"(neo4j/)?\$\{NEO4J_PASSWORD:\?[^}]+\}", value)


def test_the_environment_names_settings_that_exist(compose: dict[str, Any]) -> None:
    known = {str(item.validation_alias) for item in Settings.model_fields.values() if item.validation_alias}
    assert set(compose["services"]["api"]["environment"]) <= known


def test_the_commands_that_containers_run_exist(compose: dict[str, Any]) -> None:
    commands = [compose["services"][name]["command"] for name in ("loader", "api")]
    (default,) = re.findall(r"^CMD (.+)$", DOCKERFILE, re.M)
    for program, command in [*commands, json.loads(default)]:
        assert program == "partnergraph"
        assert command in get_command(app).commands  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]


def test_the_image_holds_all_that_the_package_needs_and_nothing_else() -> None:
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {name.removeprefix("!") for name in ignored if name.startswith("!")} == copied()
    assert all((ROOT / name).exists() for name in copied())
    imported = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "bench"}
    assert imported | {"partnergraph.py", "web", "data", "requirements.txt"} <= copied()


def test_the_image_does_not_run_as_root() -> None:
    before, user, after = re.split(r"^USER (\w+)$", DOCKERFILE, flags=re.M)
    assert user != "root"
    assert "RUN pip install" in before
    assert not re.search(r"^(RUN|COPY) ", after, re.M)
