"""The augmentation bench, moved from code, and the recording behind it."""

import pytest

from ganlab.recorded import utility
from ganlab.widgets import AugmentationBench, augmentation_bench


@pytest.mark.parametrize(
    ("control", "value"), [("n_rare", 40), ("metric", "sensitivity"), ("against", "none")]
)
def test_every_control_changes_the_reading_the_picture_and_the_sentence(control, value):
    bench = AugmentationBench(10)
    before = bench.reading, bench._png, bench.sentence
    getattr(bench, control).value = value
    assert all(a != b for a, b in zip(before, (bench.reading, bench._png, bench.sentence), strict=True))


@pytest.mark.parametrize("n_rare", utility.RARE)
@pytest.mark.parametrize("control", utility.REFERENCES)
def test_the_gain_is_the_mean_of_the_paired_differences_on_record(n_rare, control):
    bench = AugmentationBench(n_rare, "AUC", control)
    draws = utility.load().query("n_rare == @n_rare and metric == 'AUC' and draw >= 0")
    by_arm = draws.pivot_table(index="draw", columns="arm", values="value")
    assert len(by_arm) == utility.DRAWS
    for arm, (mean, low, high) in bench.reading["gains"].items():
        assert mean == pytest.approx((by_arm[arm] - by_arm[control]).mean(), abs=2e-5)
        assert low <= mean <= high
        assert f"{arm} {mean:+.3f}" in bench.sentence


def test_an_error_while_drawing_reaches_whoever_moved_the_control(monkeypatch):
    bench = AugmentationBench(10)

    def broken(*arguments, **settings):
        raise LookupError("the view is broken")

    monkeypatch.setattr(augmentation_bench, "plot_trial", broken)
    with pytest.raises(LookupError, match="the view is broken"):
        bench.n_rare.value = 40


@pytest.mark.parametrize("score", ["balanced accuracy", "AUC"])
@pytest.mark.parametrize("n_rare", utility.RARE)
def test_what_the_lesson_says_no_gain_of_the_gan_over_duplicates_is_shown(n_rare, score):
    _, low, high = AugmentationBench(n_rare, score).reading["gains"]["GAN"]
    assert low < 0 < high
