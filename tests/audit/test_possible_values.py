"""Laws that real patients obey: learnt where they show, broken by what no patient can have, silent else."""

from math import comb

import numpy as np
import pandas as pd
import pytest

from ganlab.audit import audit
from ganlab.audit.checks import possible
from ganlab.audit.possible_values import chance_of_all, learn_laws, possible_values

LEVEL = 0.025


def clinic(n, seed):
    """Patients as a clinic lists them: each feature has a law of its own."""
    rng = np.random.default_rng(seed)
    lobes = rng.poisson([3, 5], (n, 2))
    return pd.DataFrame(
        {
            "age": rng.normal(60, 12, n).round(),
            "stage": rng.integers(1, 5, n),
            "nodes": rng.poisson(2, n),
            "size": rng.exponential(2, n),
            "left": lobes[:, 0],
            "right": lobes[:, 1],
            "both": lobes.sum(axis=1),
        },
        index=[f"p{i}" for i in range(n)],
    ).astype(float)


def found(change, n=300):
    made = clinic(n, 1)
    change(made)
    return possible_values(clinic(n, 0), made, LEVEL)


def words(values):
    return " ".join(values.in_words())


def test_the_chance_that_all_breakers_are_synthetic_by_counting():
    for k, n, m in ((0, 5, 5), (1, 300, 100), (3, 7, 4), (5, 4, 4)):
        expected = comb(m, k) / comb(n + m, k)
        assert chance_of_all(k, n, m) == pytest.approx(expected, abs=1e-12)


def test_the_laws_of_a_table_are_learnt_and_fresh_patients_break_none():
    laws = {(law.feature, law.words) for law in learn_laws(clinic(300, 0)) if law.strict}
    assert {
        ("age", "have a whole number"),
        ("stage", "have one of 1, 2, 3, 4"),
        ("nodes", "have 0 or more"),
        ("size", "have 0 or more"),
        ("both", "obey both = left + right"),
    } <= laws
    nothing = found(lambda made: None)
    assert (nothing.n_impossible, nothing.p_value, nothing.broken) == (0, 1.0, ())


@pytest.mark.parametrize(
    ("feature", "rows", "value", "said"),
    [
        (
            "age",
            300,
            61.5,
            "'age' is 61.5 in p0, p1, p2 and 297 more, and all 300 real patients have a",
        ),
        ("age", 20, 130, "'age' is 130 in p0, p1, p2 and 17 more, and all 300 real patients have 9"),
        (
            "nodes",
            20,
            -1,
            "'nodes' is -1 in p0, p1, p2 and 17 more, and all 300 real patients have 0 or more",
        ),
        ("size", 20, -0.01, "'size' is -0.01"),
        (
            "stage",
            20,
            7,
            "'stage' is 7 in p0, p1, p2 and 17 more, and all 300 real patients have one of",
        ),
        ("both", 300, 3, "all 300 real patients obey both = left + right"),
    ],
)
def test_what_no_patient_can_have_fails_the_check_and_is_named(feature, rows, value, said):
    def change(made):
        made.iloc[:rows, made.columns.get_loc(feature)] = value

    values = found(change)
    assert values.p_value <= LEVEL / 8
    assert said in words(values)


def test_the_p_value_by_hand():
    """20 of 300 against 300, times the number of laws; one row alone has 1/2 before that."""
    values = found(lambda made: made.__setitem__("nodes", made["nodes"].where(np.arange(300) >= 20, -1)))
    assert values.p_value == pytest.approx(len(values.laws) * comb(300, 20) / comb(600, 20))
    assert values.n_impossible == 20


def test_a_single_impossible_row_is_named_and_stands_in_the_way_of_acceptance_but_rejects_nobody():
    def change(made):
        made.loc["p7", "age"] = 130

    (check,) = possible(found(change))
    assert (check.outcome, check.p_value) == ("undecided", 1.0)
    assert "'age' is 130 in p7" in check.finding


def test_sums_are_found_where_parts_are_rounded_subtracted_or_add_up_to_a_hundred():
    rng = np.random.default_rng(3)
    a, b, c = rng.normal(20, 5, (3, 200))
    table = pd.DataFrame({"a": a, "b": b, "total": (a + b).round(1), "c": c})
    table[["a", "b", "c"]] = table[["a", "b", "c"]].round(1)
    table["rest"] = (100 - table["a"] - table["c"]).round(1)
    laws = {law.words for law in learn_laws(table)}
    assert "obey total = a + b" in laws
    assert any(set(words.split()[1:]) >= {"=", "100"} and words.count("+") == 2 for words in laws)


def test_nearly_collinear_features_are_no_sum():
    rng = np.random.default_rng(4)
    a, b = rng.normal(size=(2, 300))
    table = pd.DataFrame({"a": a, "b": b, "c": a + b + 0.01 * rng.normal(size=300), "d": 2 * a + b})
    assert not [law for law in learn_laws(table) if law.words.startswith("obey")]


def test_few_reals_continuous_features_and_rare_categories_show_no_strict_law():
    rng = np.random.default_rng(5)
    assert learn_laws(clinic(49, 0)) == []
    continuous = pd.DataFrame(rng.normal(size=(300, 4)), columns=list("abcd"))
    assert not [law for law in learn_laws(continuous) if law.strict]
    values = possible_values(continuous, continuous + 0.1, LEVEL)
    assert list(possible(values)) == [], (
        "Where nothing was learnt the check costs no place in Holm's correction."
    )
    rare = pd.DataFrame({"kind": rng.choice(4, 300, p=[0.5, 0.4, 0.08, 0.02]) * 1.0})
    assert learn_laws(rare)[0].words == "have a whole number"


def test_held_out_reals_count_among_those_who_show_what_is_possible():
    table = clinic(80, 0).assign(age=lambda t: t["age"].clip(40, 75))
    holdout = clinic(60, 2)
    holdout.loc["p0", "age"] = 130
    made = clinic(60, 1)
    made.loc["p3", "age"] = 130
    with_holdout = audit(table, made, holdout, n_permutations=319).evidence.possible
    assert "130" in words(audit(table, made, n_permutations=319).evidence.possible)
    assert "130" not in words(with_holdout)
    assert with_holdout.n_real == 140


DRAWN = {
    "normal": lambda rng, n: rng.normal(size=(n, 5)),
    "skewed": lambda rng, n: rng.lognormal(size=(n, 5)),
    "heavy-tailed": lambda rng, n: rng.standard_t(2, (n, 5)),
    "counts": lambda rng, n: rng.poisson(2, (n, 5)),
    "tied": lambda rng, n: rng.normal(size=(n, 5)).round(1),
    "zero-inflated": lambda rng, n: np.where(rng.random((n, 5)) < 0.9, 0, rng.exponential(1, (n, 5))),
    "clustered": lambda rng, n: rng.normal(size=(n, 5)) + 30 * rng.choice(3, (n, 1), p=[0.7, 0.28, 0.02]),
    "whole but for 2 %": lambda rng, n: rng.poisson(9, (n, 5)) + 0.5 * (rng.random((n, 5)) < 0.02),
}


@pytest.mark.parametrize("kind", DRAWN)
def test_fresh_patients_of_any_shape_are_not_accused(kind):
    """40 draws at the level of one check of eight, 0.3 %: two accusations happen by chance once in 150."""
    accused = 0
    for seed in range(40):
        rng = np.random.default_rng([seed, 17])
        real, fresh = (pd.DataFrame(DRAWN[kind](rng, n).astype(float)) for n in (150, 120))
        accused += possible_values(real, fresh, LEVEL).p_value <= LEVEL / 8
    assert accused <= 1


def test_a_volume_far_below_0_counts_alone_and_one_that_the_tail_allows_does_not():
    rng = np.random.default_rng(6)
    real, made = (
        pd.DataFrame({"volume": rng.lognormal(1, 0.6, 300), "contrast": rng.normal(2.6, 1, 300).clip(0.01)})
        for _ in range(2)
    )
    made.loc[4, "contrast"] = -0.2
    assert list(possible(possible_values(real, made, LEVEL))) == []
    made.loc[7, "volume"] = -3
    (check,) = possible(possible_values(real, made, LEVEL))
    assert (check.outcome, check.p_value) == ("undecided", 1.0)
    assert "'volume' is -3 in 7, and all 300 real patients have 0 or more" in check.finding
    made.loc[:29, "volume"] *= -1
    assert possible_values(real, made, LEVEL).p_value < LEVEL / 8
