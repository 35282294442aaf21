"""Rows against the model: every sort of mistake, with its exact place."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from graph.database import Database
from graph.fingerprint import fingerprint
from loaders.facts import Key
from loaders.problems import LoadError, show
from loaders.sources import source_id
from tests.loaders.support import (
    RIGHT,
    checked,
    loaded,
    places,
    problems,
    right_files,
    with_cell,
    with_row,
    write_csv,
)


@pytest.mark.parametrize(
    ("name", "at", "column", "value", "said"),
    [
        ("partners", 0, "name", "", "empty"),
        ("partners", 0, "id", "", "empty"),
        ("partners", 0, "source", "", "empty"),
        ("partners", 1, "source", "|", "empty"),
        ("partners", 1, "confidence", "", "empty"),
        ("partners", 1, "id", "Partner SER", "a-z"),
        ("partners", 1, "id", "partner--ser", "a-z"),
        ("partners", 1, "kind", "advisory_counsil", "Did you mean advisory_council?"),
        ("partners", 1, "kind", "nonsense", "one of research_funder, advisory_council"),
        ("partners", 1, "website", "www.ser.nl", "http://"),
        ("partners", 1, "website", "ftp://www.ser.nl", "http://"),
        ("partners", 1, "website", "https://", "host"),
        ("partners", 1, "website", "https://ser", "host"),
        ("partners", 1, "website", "https://www.ser .nl", "host"),
        ("partners", 1, "website", "https://[ser", "http://"),
        ("partners", 1, "source", "source-nowhere", "no source source-nowhere"),
        ("partners", 1, "source", "partner-nwo", "no source partner-nwo"),
        ("partners", 1, "source", "a page", "http://"),
        ("partners", 1, "name", "x" * 1001, "1,001 characters"),
        ("education_institutions", 0, "latitude", "91", "from -90 to 90"),
        ("education_institutions", 0, "latitude", "53.24.1", "from -90 to 90"),
        ("education_institutions", 0, "longitude", "-180.1", "from -180 to 180"),
        ("education_institutions", 0, "longitude", "", "both"),
        ("learning_communities", 0, "start_year", "1799", "1800 to 2100"),
        ("learning_communities", 0, "start_year", "2101", "1800 to 2100"),
        ("learning_communities", 0, "start_year", "12", "four digits"),
        ("learning_communities", 0, "start_year", "2012.0", "four digits"),
        ("learning_communities", 0, "start_year", "2012/14", "two years in a row"),
        ("learning_communities", 0, "start_year", "2011-12", "month or a school year"),
        ("learning_communities", 0, "start_year", "1905-07-13", "make it a number"),
        ("learning_communities", 0, "start_year", "٢٠٢١", "four digits"),
        ("learning_communities", 0, "end_year", "2011", "before it begins, in 2012"),
        ("projects", 0, "budget_eur", "30 million", "digits"),
        ("projects", 0, "budget_eur", "nan", "digits"),
        ("projects", 0, "budget_eur", "9" * 400, "digits"),
        ("sources", 0, "retrieved_on", "2026-02-30", "year-month-day"),
        ("sources", 0, "retrieved_on", "3/4/2026", "Which is the month?"),
        ("sources", 0, "retrieved_on", "20261124", "year-month-day"),
        ("links", 0, "from_id", "inst-nowhere", "Nothing has this id"),
        ("links", 0, "to_id", "lc-nowhere", "Nothing has this id"),
        ("links", 0, "to_id", "", "empty"),
        ("links", 0, "type", "", "empty"),
        ("links", 0, "type", "COORDINATE", "Did you mean COORDINATES?"),
        ("links", 0, "since", "212", "four digits"),
        ("links", 1, "until", "2019", "before it begins, in 2020"),
        ("links", 1, "amount_eur", "1.500", "Thousands or decimals?"),
        ("links", 0, "amount_eur", "100", "COORDINATES has no amount_eur, only FUNDS"),
        ("links", 0, "confidence", "certain", "one of high, medium, low"),
        ("links", 2, "to_id", "partner-ser", "with itself"),
    ],
)
def test_a_bad_cell_is_named_with_what_would_be_right(
    tmp_path: Path, name: str, at: int, column: str, value: str, said: str
) -> None:
    found = problems(with_cell(tmp_path, name, at, column, value))
    mine = [problem for problem in found if (problem.place.row, problem.column) == (at + 2, column)]
    assert [problem.value for problem in mine] == [value or None]
    assert said in mine[0].message
    assert Path(mine[0].place.file).name == f"{name}.csv"
    if column != "id":
        assert found == mine


@pytest.mark.parametrize(
    ("row", "cells", "said"),
    [
        (0, {"type": "FUNDS"}, "FUNDS can't join EducationInstitution → Topsector"),
        (0, {"type": "FUNDS"}, "only Organisation → LearningCommunity, Organisation → Project, Organisation → Pact"),
        (1, {"type": "SUCCEEDS"}, "SUCCEEDS can't join Partner → Project"),
    ],
)
def test_a_link_between_types_that_it_can_t_join_says_which_it_can(
    tmp_path: Path, row: int, cells: dict[str, str], said: str
) -> None:
    right_files(tmp_path)
    topsector = {"id": "topsector-x", "name": "X", "source": "source-a", "confidence": "low"}
    write_csv(tmp_path / "topsectors.csv", [topsector])
    links = [dict(item) for item in RIGHT["links"]]
    links[row] |= {"to_id": "topsector-x", **cells} if row == 0 else {**cells, "amount_eur": ""}
    write_csv(tmp_path / "links.csv", links)
    [problem] = problems(tmp_path)
    assert (problem.place.row, problem.column) == (row + 2, "type")
    assert said in problem.message


def test_an_id_that_stands_twice_names_the_other_place(tmp_path: Path) -> None:
    [problem] = problems(with_row(tmp_path, "regions", id="partner-nwo"))
    assert (Path(problem.place.file).name, problem.place.row, problem.column, problem.value) == (
        "regions.csv",
        4,
        "id",
        "partner-nwo",
    )
    assert f"{tmp_path / 'partners.csv'}, row 2" in problem.message


def test_an_address_belongs_to_one_source(tmp_path: Path) -> None:
    folder = with_row(tmp_path, "sources", id="source-c")
    assert places(folder) == [("sources.csv", 4, "url", "https://example.org/a")]


def test_the_same_link_twice_in_one_file_is_a_mistake(tmp_path: Path) -> None:
    assert places(with_row(tmp_path, "links")) == [("links.csv", 6, "from_id", "inst-hanze")]


def test_a_symmetric_link_stated_both_ways_in_one_file_is_the_same_link_twice(tmp_path: Path) -> None:
    folder = with_row(
        tmp_path, "links", from_id="partner-nwo", type="PARTNER_OF", to_id="partner-ser", since="", role=""
    )
    assert places(folder) == [("links.csv", 6, "from_id", "partner-nwo")]


def test_a_second_link_where_there_may_be_one_only_names_the_first(tmp_path: Path) -> None:
    folder = with_row(tmp_path, "links", type="LOCATED_IN", to_id="region-drenthe")
    [problem] = problems(folder)
    assert (problem.place.row, problem.column, problem.value) == (6, "to_id", "region-drenthe")
    assert "row 5" in problem.message


def test_all_mistakes_are_named_at_once_and_nothing_is_written(tmp_path: Path, database: Database) -> None:
    right_files(tmp_path)
    loaded(database, tmp_path)
    before = fingerprint(database)
    write_csv(tmp_path / "partners_more.csv", [{**RIGHT["partners"][0], "id": "partner-new", "kind": "x"}])
    (tmp_path / "regions_more.csv").write_bytes(b"")
    with (tmp_path / "links.csv").open("a") as file:
        file.write("inst-hanze,SINGS,lc-nowhere,,1,,,not a page,sure\nragged,row\n")
    with (tmp_path / "projects.csv").open("ab") as file:
        file.write("project-x,Zoë,call,2020,,,source-a,high\n".encode())
        file.write(b"project-y,Zo\xeb,call,2020,2019,x,source-a,high\n")
    assert places(tmp_path, database=database) == [
        ("links.csv", 6, "to_id", "lc-nowhere"),
        ("links.csv", 6, "type", "SINGS"),
        ("links.csv", 7, None, None),
        ("partners_more.csv", 2, "kind", "x"),
        ("projects.csv", 4, "name", "Zoë"),
        ("projects.csv", 4, "budget_eur", "x"),
        ("projects.csv", 4, "end_year", "2019"),
        ("regions_more.csv", None, None, None),
    ]
    with pytest.raises(LoadError, match=r"^8 problems in 4 files\. Nothing was loaded"):
        loaded(database, tmp_path)
    assert fingerprint(database) == before


def test_rows_that_refer_to_a_ragged_row_are_not_wrong_too(tmp_path: Path) -> None:
    right_files(tmp_path)
    with (tmp_path / "partners.csv").open("a") as file:
        file.write("partner-short,Kort\n")
    write_csv(tmp_path / "links_more.csv", [{**RIGHT["links"][1], "from_id": "partner-short"}])
    assert places(tmp_path) == [("partners.csv", 4, None, None)]


def test_an_id_of_another_type_in_the_graph_is_refused(tmp_path: Path, database: Database) -> None:
    loaded(database, right_files(tmp_path))
    other = tmp_path / "other"
    other.mkdir()
    write_csv(other / "regions.csv", [{**RIGHT["regions"][0], "id": "partner-nwo"}])
    [problem] = problems(other, database=database)
    assert (problem.place.row, problem.column, problem.value) == (2, "id", "partner-nwo")
    assert "already has a Partner" in problem.message


def test_an_address_of_another_source_in_the_graph_is_refused(tmp_path: Path, database: Database) -> None:
    loaded(database, right_files(tmp_path))
    other = tmp_path / "other"
    other.mkdir()
    write_csv(other / "sources.csv", [{**RIGHT["sources"][0], "id": "source-c"}])
    [problem] = problems(other, database=database)
    assert (problem.place.row, problem.column) == (2, "url")
    assert "as source-a" in problem.message


def test_values_take_the_form_in_which_they_are_kept(tmp_path: Path) -> None:
    facts = {node.id: node.values for node in checked(right_files(tmp_path)).nodes}
    hanze = facts["inst-hanze"]
    assert hanze["level"] == "HBO"
    assert hanze["location"] == [6.53, 53.24]
    assert hanze["aliases"] == ["Hanze", "Hanze UAS"]
    assert hanze["sources"] == ["source-a"]
    assert facts["lc-entrance"]["startYear"] == 2012
    assert facts["lc-entrance"]["endYear"] is None
    assert facts["project-lc"]["budgetEur"] == 30_000_000.0


def test_a_symmetric_link_goes_from_the_lesser_id_to_the_greater(tmp_path: Path) -> None:
    keys = {link.key for link in checked(right_files(tmp_path)).links}
    assert Key("PARTNER_OF", "partner-nwo", "partner-ser") in keys


def test_sources_are_given_by_address_or_id_and_new_addresses_become_sources(tmp_path: Path) -> None:
    cell = "https://www.nieuw.nl/over | source-b | https://example.org/a | source-a"
    facts = checked(with_cell(tmp_path, "partners", 0, "source", cell))
    nodes = {node.id: node for node in facts.nodes}
    assert nodes["partner-nwo"].values["sources"] == ["source-a", "source-b", "source-nieuw-nl-over"]
    assert nodes["source-nieuw-nl-over"].values == {"url": "https://www.nieuw.nl/over"}


def test_a_long_address_has_a_readable_id_of_at_most_80_letters() -> None:
    one, other = (source_id(f"https://www.example.nl/{'lang-pad/' * 20}{end}") for end in ("a", "b"))
    assert one != other
    assert one.startswith("source-example-nl-lang-pad-")
    assert max(len(one), len(other)) <= 80


def test_addresses_that_read_alike_get_ids_of_their_own(tmp_path: Path) -> None:
    folder = with_cell(tmp_path, "partners", 0, "source", "https://nieuw.nl/x | http://www.nieuw.nl/x/")
    urls = {node.values["url"]: node.id for node in checked(folder).nodes if "nieuw" in node.id}
    assert len(set(urls.values())) == 2


def test_one_link_in_two_files_is_one_link_with_both_sources(tmp_path: Path) -> None:
    right_files(tmp_path)
    again = {**RIGHT["links"][0], "source": "source-b", "confidence": "medium", "since": "2013", "until": "2020"}
    write_csv(tmp_path / "links_more.csv", [again])
    [link] = [link for link in checked(tmp_path).links if link.type == "COORDINATES"]
    assert link.values == {
        "role": "penvoerder",
        "since": 2012,
        "until": 2020,
        "confidence": "HIGH",
        "sources": ["source-a", "source-b"],
    }


def test_of_two_files_that_are_as_sure_the_later_one_s_word_counts(tmp_path: Path) -> None:
    right_files(tmp_path)
    write_csv(tmp_path / "links_more.csv", [{**RIGHT["links"][0], "since": "2013"}])
    [link] = [link for link in checked(tmp_path).links if link.type == "COORDINATES"]
    assert link.values["since"] == 2013


def test_problems_print_as_a_line_each_with_their_place_and_what_was_refused(tmp_path: Path) -> None:
    folder = with_cell(tmp_path, "partners", 1, "kind", "[red]nonsense")
    with pytest.raises(LoadError) as caught:
        checked(folder)
    page = io.StringIO()
    show(caught.value, Console(file=page, width=200))
    printed = page.getvalue()
    assert f"{folder / 'partners.csv'}:3: kind = '[red]nonsense': It is one of" in printed
    assert "1 problem in 1 file. Nothing was loaded" in printed
    assert caught.value.refused == {"Partner": 1}


def test_what_a_terminal_would_obey_is_not_printed(tmp_path: Path) -> None:
    [problem] = problems(with_cell(tmp_path, "partners", 1, "name", "\x1b[2J\nx"))
    assert str(problem).endswith("name = '\ufffd[2J x': The cell has a control character in it: type it anew.")


def test_on_a_terminal_problems_print_as_a_table(tmp_path: Path) -> None:
    folder = with_cell(tmp_path, "partners", 1, "kind", "[red]nonsense")
    with pytest.raises(LoadError) as caught:
        checked(folder)
    page = io.StringIO()
    show(caught.value, Console(file=page, width=300, force_terminal=True, color_system=None))
    assert "[red]nonsense" in page.getvalue()
    assert "What is wrong" in page.getvalue()
