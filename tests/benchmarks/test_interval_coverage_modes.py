"""The table of interval coverage, in short: intervals are neither wishful nor useless."""

import pytest
from interval_coverage_modes import HEADER, line, rows

DRAWS = 60


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        "ring, unequal, 90 % good",
        "10-d, 200 + 200, perfect",
        "two classes, 300 + 300, perfect",
        "Gaussian, n = 200, perfect",
        "200 images, n = 100",
    ],
)
def test_intervals_contain_the_truth_and_perfect_generators_are_seldom_accused(name):
    print(f"\n{HEADER}")
    for row in rows(name, DRAWS):
        print(line(row))
        # 95 % covered: 51 or fewer of 60 happen once in 500; 5 % accused: 9 or more once in 500, too.
        assert row["covered"][0] * DRAWS > 51, row
        if row["accused"]:
            assert row["accused"][0] * DRAWS < 9, row
