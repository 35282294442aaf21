"""Settings: where they come from, and what is said when one makes no sense."""

from pathlib import Path

import pytest

from graph.errors import SettingsError
from graph.settings import Connection, Settings, table


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for row in table():
        for name in row.name.split(" or "):
            monkeypatch.delenv(name, raising=False)


def test_without_a_uri_the_database_is_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PARTNERGRAPH_HOME", str(tmp_path))
    settings = Settings()
    assert settings.neo4j_uri is None
    assert settings.database_folder == tmp_path / "neo4j"
    with pytest.raises(SettingsError, match="NEO4J_URI is not set"):
        settings.connection()


@pytest.mark.parametrize("scheme", ["bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc"])
def test_every_scheme_of_the_driver_may_be_used(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.setenv("NEO4J_URI", f"{scheme}://graph.example.org:7687")
    monkeypatch.setenv("NEO4J_USERNAME", "reader")
    monkeypatch.setenv("NEO4J_PASSWORD", "secret")
    monkeypatch.setenv("NEO4J_DATABASE", "partners")
    expected = Connection(f"{scheme}://graph.example.org:7687", "reader", "secret", "partners")
    assert Settings().connection() == expected
    assert "secret" not in repr(Settings()) + repr(expected)


def test_a_uri_without_a_password_is_not_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_URI", "bolt://127.0.0.1:7687")
    with pytest.raises(SettingsError) as raised:
        Settings().connection()
    assert raised.value.remedy == "Set NEO4J_PASSWORD as well."


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NEO4J_URI", "https://graph.example.org"),
        ("NEO4J_URI", "graph.example.org:7687"),
        ("PORT", "eighty"),
        ("PARTNERGRAPH_PORT", "70000"),
        ("PARTNERGRAPH_QUERY_TIMEOUT", "0"),
        ("PARTNERGRAPH_DATABASE_HEAP", "a lot"),
    ],
)
def test_what_makes_no_sense_is_named_with_its_value(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as raised:
        Settings()
    assert name in raised.value.message
    assert repr(value) in raised.value.message
    assert "Mend it or leave it out." in raised.value.remedy


def test_the_more_specific_name_of_the_port_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "8001")
    assert Settings().port == 8001
    monkeypatch.setenv("PARTNERGRAPH_PORT", "8002")
    assert Settings().port == 8002


def test_an_empty_variable_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARTNERGRAPH_PORT", "")
    assert Settings().port == 8000


def test_another_process_gets_the_same_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, query_timeout=3).using(Connection("bolt://127.0.0.1:1", "u", "p", "d"))
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)
    assert Settings().environment() == settings.environment()
