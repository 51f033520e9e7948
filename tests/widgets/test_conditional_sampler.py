"""The conditional sampler, moved from code."""

import numpy as np
import pytest
import torch

from ganlab.data import simulate_lesions, texture_oracle
from ganlab.recorded import lesion_gan
from ganlab.widgets import ConditionalSampler, conditional_sampler


@pytest.fixture(scope="module")
def sampler():
    return ConditionalSampler()


def shown(sampler):
    return sampler.reading, sampler._png, sampler.sentence


def move(sampler, asked="benign", point=0, first=0.0, second=0.0, fraction=0.5):
    for name, value in locals().items():
        if name != "sampler":
            getattr(sampler, name).value = value


@pytest.mark.parametrize(
    ("control", "value"),
    [("asked", "malignant"), ("point", 7), ("first", 2.0), ("second", -3.0), ("fraction", 0.9)],
)
def test_every_control_changes_reading_picture_and_sentence(sampler, control, value):
    move(sampler)
    before = shown(sampler)
    getattr(sampler, control).value = value
    assert all(a != b for a, b in zip(shown(sampler), before, strict=True))
    move(sampler)
    assert shown(sampler) == before


def test_the_opinion_is_the_oracles_on_the_image_of_the_class_asked_for(sampler):
    gan, oracle = lesion_gan.load(), texture_oracle()
    move(sampler, asked="malignant", point=3, first=1.5)
    latent = sampler._points[3] + 1.5 * sampler._directions[0]
    image = gan.images(latent.unsqueeze(0), "malignant")
    assert sampler.reading["texture"] == oracle.predict(image)[0]
    assert sampler.reading["sure"] == pytest.approx(oracle.predict_proba(image).max(), abs=1e-4)
    assert sampler.reading["typicality"] == pytest.approx(oracle.typicality(image)[0], abs=0.01)
    assert torch.linalg.vector_norm(sampler._directions, dim=1).tolist() == pytest.approx([1, 1])


def test_a_cohort_of_one_diagnosis_holds_the_textures_of_its_samples_and_a_mixture_lies_between(sampler):
    gan, oracle, ends = lesion_gan.load(), texture_oracle(), {}
    for fraction, diagnosis in ((0.0, "benign"), (1.0, "malignant")):
        move(sampler, fraction=fraction)
        seen = oracle.predict(gan.sample(diagnosis, 400, seed=1))
        ends[fraction] = np.array([np.mean(seen == texture) for texture in oracle.patterns])
        np.testing.assert_allclose(sampler.reading["synthetic"], ends[fraction])
    move(sampler, fraction=0.25)
    np.testing.assert_allclose(sampler.reading["synthetic"], 0.75 * ends[0.0] + 0.25 * ends[1.0])


def test_real_shares_are_those_of_simulated_patients(sampler):
    """Bayes' rule on the simulator's formula against counting: 4,000 patients, within 4 standard errors."""
    truth = simulate_lesions(4000, malignant_fraction=0.5, seed=2).truth
    for fraction, diagnosis in ((0.0, "benign"), (1.0, "malignant")):
        move(sampler, fraction=fraction)
        counted = truth[truth["diagnosis"] == diagnosis]["pattern"].value_counts(normalize=True)
        expected = np.array(sampler.reading["real"])
        assert expected.sum() == pytest.approx(1)
        error = np.sqrt(expected * (1 - expected) / 2000)
        assert (np.abs(counted[list(conditional_sampler.TEXTURES)] - expected) < 4 * error).all()


def test_the_lesson_reads_off_what_its_task_accepts(sampler):
    """Task `homogeneous-quarter` of 05-conditional-gan takes 0.51 to 0.60, and knows 0.82 as the real one."""
    move(sampler, fraction=0.55)
    assert sampler.reading["synthetic"][0] == pytest.approx(0.25, abs=0.01)
    move(sampler, fraction=0.82)
    assert sampler.reading["real"][0] == pytest.approx(0.25, abs=0.01)
    assert f"(real {100 * sampler.reading['real'][0]:.0f} %)" in sampler.sentence


def test_the_sentence_holds_the_numbers(sampler):
    move(sampler, asked="malignant", fraction=0.3)
    reading = sampler.reading
    assert sampler.sentence.startswith(
        "Asked for a malignant lesion, the generator made one that the oracle "
    )
    assert f"{reading['texture']} ({100 * reading['sure']:.0f} % sure)" in sampler.sentence
    assert "with a malignant share of 30 %" in sampler.sentence
    for share in reading["synthetic"]:
        assert f"{100 * share:.0f} %" in sampler.sentence


def test_an_error_while_drawing_reaches_whoever_moved_the_slider(sampler, monkeypatch):
    def broken(*arguments, **settings):
        raise LookupError("the view is broken")

    move(sampler)
    monkeypatch.setattr(conditional_sampler, "plot_composition", broken)
    with pytest.raises(LookupError, match="the view is broken"):
        sampler.fraction.value = 0.1


def test_without_a_front_end_it_is_a_picture_and_a_sentence(sampler, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    bundle = sampler._repr_mimebundle_()
    assert set(bundle) == {"image/png", "text/plain"}
    assert bundle["text/plain"] == sampler.sentence
