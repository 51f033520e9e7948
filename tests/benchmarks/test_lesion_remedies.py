"""The remedies that the ablation measures do what they are called, and the table holds what the text says."""

import itertools
import json
from pathlib import Path

import lesion_remedies as remedies
import pandas as pd
import pytest
import torch

ROOT = Path(__file__).parents[2]
RECIPES = ["full", "plain", *(f"full - {part}" for part in sorted(remedies.FULL))]
ALONE = [f"plain + {part}" for part in sorted(remedies.FULL)]
EVERY = [*RECIPES, *ALONE]
IMAGES = torch.rand(8, 1, 32, 32, generator=torch.Generator().manual_seed(0)) * 2 - 1


def test_only_in_training_does_the_discriminator_see_them_augmented():
    discriminator = remedies.discriminator_of(remedies.FULL)
    assert (discriminator(IMAGES) != discriminator(IMAGES)).any()
    discriminator.eval()
    assert (discriminator(IMAGES) == discriminator(IMAGES)).all()
    unchanged = remedies.discriminator_of(remedies.FULL - {"flips"})
    assert (unchanged(IMAGES) == unchanged(IMAGES)).all()


def test_each_game_of_the_queue_has_a_name_of_its_own():
    games = list(remedies.queue())
    assert len({(remedies.named(recipe), seed) for recipe, seed in games}) == len(games)


def test_the_same_game_twice_makes_the_same_images():
    one, other = (remedies.played(remedies.FULL, 0, steps=2)[0] for _ in range(2))
    for weights, same in zip(one.parameters(), other.parameters(), strict=True):
        assert torch.equal(weights, same)


def test_a_moving_average_is_another_generator_than_the_last_one():
    average, last = (
        remedies.played(recipe, 0, steps=2)[0] for recipe in (remedies.FULL, remedies.FULL - {"averaged"})
    )
    assert not torch.equal(average.start.weight, last.start.weight)


def test_intervals_over_seeds_by_hand():
    """Of 1, 2, 3: t is 4.303 with two degrees of freedom. The third seed has no pair."""
    rows = pd.DataFrame(
        {
            "recipe": ["full"] * 2 + ["plain"] * 3,
            "seed": [0, 1, 0, 1, 2],
            "typical": [0.0, 3.0, 1.0, 2.0, 3.0],
        }
    )
    told = remedies.over_seeds(rows, "plain", "typical")
    assert told.seeds == 3
    assert told[1:4] == pytest.approx((2.0, 2 - 4.3027 / 3**0.5, 2 + 4.3027 / 3**0.5), abs=1e-3)
    assert told[4:] == pytest.approx((0.0, -12.706, 12.706), abs=1e-3)  # of 1 and -1


def test_the_page_shows_the_table():
    rows = pd.read_csv(remedies.TABLE)
    assert remedies.PAGE.read_text(encoding="utf-8") == remedies.page(rows)
    assert not rows.duplicated(["recipe", "seed"]).any()


def in_numbers(mean, low, high):
    """As the lecture writes a number with its interval."""
    return f"{mean:.2f} ({low:.2f} to {high:.2f})".replace("-", "−")


def lecture_rows(rows):
    """The rows of the table in lecture 09: typical and recall, and how they differ from the whole recipe."""
    names = {"full": "all eight", "plain": "none of them"}
    parts = {
        "averaged": "averaged weights",
        "betas": "Adam's (0, 0.99)",
        "bilinear": "bilinear doubling",
        "deviation": "deviation of groups",
        "flips": "flips of what D sees",
        "grain": "noise in each layer",
        "pixel norm": "pixel norm",
        "R1": "R1",
    }
    names |= {f"full - {part}": f"without {name}" for part, name in parts.items()}
    lines = []
    for recipe in RECIPES:
        cells = [names[recipe]]
        for measure in ("typical", "recall"):
            told = remedies.over_seeds(rows, recipe, measure)
            cells += [in_numbers(*told[1:4]), "" if recipe == "full" else in_numbers(*told[4:])]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def test_lecture_09_shows_the_numbers_of_the_table_and_names_what_is_shown():
    rows = pd.read_csv(remedies.TABLE)
    cells = json.loads((ROOT / "course" / "09-radiomic-validation.ipynb").read_text(encoding="utf-8"))[
        "cells"
    ]
    (told,) = ("".join(cell["source"]) for cell in cells if cell["id"] == "remedies-table")
    for line in lecture_rows(rows):
        assert line in told
    for part in ("betas", "bilinear"):
        alone = remedies.over_seeds(rows, f"plain + {part}", "recall", "plain")
        assert f"raise{'s the recall' if part == 'bilinear' else ' it'} by {in_numbers(*alone[4:])}" in told
    for recipe in EVERY:
        assert sorted(rows.loc[rows["recipe"] == recipe, "seed"]) == list(remedies.SEEDS)


def test_nothing_is_shown_of_the_parts_of_which_lecture_09_says_so():
    rows = pd.read_csv(remedies.TABLE)
    shown = set()
    for recipe, measure in itertools.product(EVERY[1:], ("typical", "recall")):
        base = "plain" if recipe in ALONE else "full"
        told = remedies.over_seeds(rows, recipe, measure, base)
        if told.difference_low * told.difference_high > 0:
            shown.add((recipe, measure))
    assert len(EVERY[1:]) * 2 == 34
    assert shown == {
        ("full - betas", "recall"),
        ("full - pixel norm", "recall"),
        ("full - pixel norm", "typical"),
        ("plain + betas", "recall"),
        ("plain + bilinear", "recall"),
    }
