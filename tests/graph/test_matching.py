"""Who is who: pairs that people labelled, and the rules that no pair shows by itself.

`matching_pairs.csv` has an organisation of `data/` on its left and one as ROR, DUO or a partner's list writes it on its
right. They were labelled by hand, from what both say of themselves. The rules were tuned on the pairs of the set
`tuned`; those of the set `held out` were only ever counted.
"""

import csv
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.matching import Index, Profile, Verdict, compare
from graph.names import name, same_place, similarity

PRECISION_OF_MERGES = 0.99
RECALL_WITH_REVIEW = 0.90
SETS = ("tuned", "held out")


@dataclass(frozen=True)
class Pair:
    """Two records, and whether they are one organisation."""

    known: Profile
    incoming: Profile
    same: bool
    set: str


def profile(row: dict[str, str], prefix: str, profile_id: str) -> Profile:
    """One side of a labelled pair."""
    aliases = [alias for alias in row[f"{prefix}aliases"].split(" | ") if alias]
    return Profile(profile_id, (row[f"{prefix}name"], *aliases), row[f"{prefix}city"], row[f"{prefix}website"].lower())


@cache
def pairs() -> list[Pair]:
    with (Path(__file__).parent / "matching_pairs.csv").open(encoding="utf-8", newline="") as file:
        return [
            Pair(profile(row, "known_", row["known_id"]), profile(row, "", ""), row["same"] == "yes", row["set"])
            for row in csv.DictReader(file)
        ]


def tally(of: str) -> Counter[tuple[bool, Verdict]]:
    """How many pairs of a set got which verdict, by whether they are the same."""
    return Counter((pair.same, compare(pair.known, pair.incoming).verdict) for pair in pairs() if pair.set == of)


def test_there_are_many_pairs_of_both_sorts() -> None:
    counts = Counter((pair.set, pair.same) for pair in pairs())
    assert counts.total() >= 300
    assert all(counts[which, same] >= 60 for which in SETS for same in (True, False))


@pytest.mark.parametrize("which", SETS)
def test_merges_are_right_and_few_pairs_escape_both_merge_and_review(which: str) -> None:
    counts = tally(which)
    merged = counts[True, Verdict.CERTAIN], counts[False, Verdict.CERTAIN]
    same = sum(counts[True, verdict] for verdict in Verdict)
    assert merged[0] / sum(merged) >= PRECISION_OF_MERGES, counts
    assert 1 - counts[True, Verdict.NO] / same >= RECALL_WITH_REVIEW, counts


def test_the_index_finds_what_a_comparison_with_all_would() -> None:
    known = {pair.known.id: pair.known for pair in pairs()}
    index = Index(known.values())
    for pair in pairs():
        if pair.same and compare(pair.known, pair.incoming).verdict is not Verdict.NO:
            assert pair.known.id in {match.known.id for match in index.matches(pair.incoming)}, pair


def test_the_best_match_comes_first() -> None:
    index = Index({pair.known.id: pair.known for pair in pairs()}.values())
    found = {(pair.known.id, first(index, pair.incoming)) for pair in pairs() if pair.same}
    assert sum(known == best for known, best in found if best) / len(found) > RECALL_WITH_REVIEW


def first(index: Index, incoming: Profile) -> str | None:
    """The id of the best match."""
    return next((match.known.id for match in index.matches(incoming)), None)


HU = Profile("inst-hu", ("Hogeschool Utrecht",), "Utrecht", "https://www.hu.nl")
WITH_BRIN = replace(HU, identifiers={"brin": "25DW"})


def test_a_shared_identifier_is_enough() -> None:
    match = compare(WITH_BRIN, Profile("", ("Something else",), "Delft", identifiers={"brin": "25DW"}))
    assert (match.verdict, match.score, match.features.identifiers) == (Verdict.CERTAIN, 100.0, ("brin",))


def test_identifiers_that_contradict_each_other_never_merge_by_themselves() -> None:
    assert compare(WITH_BRIN, replace(HU, identifiers={"brin": "21PD"})).verdict is Verdict.LIKELY
    two = replace(HU, identifiers={"brin": "25DW", "rorId": "https://ror.org/028z9kw20"})
    other = replace(HU, identifiers={"brin": "25DW", "rorId": "https://ror.org/04pp8hn57"})
    assert compare(two, other).verdict is Verdict.LIKELY


@pytest.mark.parametrize(
    ("other", "verdict"),
    [
        (replace(HU, city=""), Verdict.CERTAIN),
        (replace(HU, website=""), Verdict.CERTAIN),
        (replace(HU, website="https://www.hu.edu"), Verdict.CERTAIN),
        (replace(HU, city="", website=""), Verdict.LIKELY),
        (replace(HU, website="https://www.uu.nl"), Verdict.LIKELY),
        (replace(HU, website="", type="Partner"), Verdict.LIKELY),
        (replace(HU, names=("Universiteit Utrecht",)), Verdict.LIKELY),
        (replace(HU, names=("Universiteit Utrecht",), website=""), Verdict.NO),
        (replace(HU, names=("UMC Utrecht",), website="https://www.umcutrecht.nl"), Verdict.NO),
    ],
)
def test_neither_a_name_nor_a_domain_alone_merges(other: Profile, verdict: Verdict) -> None:
    assert compare(replace(HU, type="EducationInstitution"), other).verdict is verdict


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Stichting Hogeschool Viaa", "Viaa University of Applied Sciences"),
        ("Hanzehogeschool Groningen", "Hanze UAS Groningen"),
        ("Amsterdamse Hogeschool voor de Kunsten", "Amsterdam University of the Arts"),
        ("Technische Universiteit Delft", "Delft University of Technology"),
        ("Philips (Netherlands)", "Koninklijke Philips N.V."),
        ("A&O fonds Gemeenten", "A+O-fonds gemeenten"),
        ("De Haagse Hogeschool", "The Hague University of Applied Sciences"),
        ("Universitair Medisch Centrum Groningen", "University Medical Center Groningen"),
        ("Provincie Fryslân", "Province of Friesland"),
    ],
)
def test_language_legal_form_and_spelling_make_no_other_name(one: str, other: str) -> None:
    assert similarity(name(one), name(other)) == 100.0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Den Haag", "'s-Gravenhage", True),
        ("The Hague", "Den Haag", True),
        ("EDE GLD", "Ede", True),
        ("Flushing", "Vlissingen", True),
        ("Rotterdam Municipality", "Rotterdam", True),
        ("Den Bosch", "'s-Hertogenbosch", True),
        ("Delft", "Leiden", False),
        ("", "Leiden", None),
    ],
)
def test_cities_have_several_names(one: str, other: str, *, same: bool | None) -> None:
    assert same_place(one, other) is same


@given(one=st.text(max_size=40), other=st.text(max_size=40))
def test_any_two_texts_can_be_compared_and_the_order_does_not_matter(one: str, other: str) -> None:
    left, right = Profile("a", (one, other)), Profile("b", (other,), website=f"https://{one}" if one.isalpha() else "")
    assert compare(left, right).verdict is compare(right, left).verdict
    assert 0 <= compare(left, right).score <= 100
    Index([left]).matches(right)
