"""The texture oracle: right often enough to count modes with, and honest about what it has never seen."""

import os
import subprocess
import sys

import numpy as np
import pytest
import torch
from scipy.stats import binomtest

from ganlab.data import simulate_ct, simulate_lesions, texture_oracle
from ganlab.data.simulated.texture_oracle import PATTERNS


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def oracle(cache):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GANLAB_CACHE", str(cache))
        texture_oracle.cache_clear()
        yield texture_oracle()
        texture_oracle.cache_clear()


@pytest.fixture(scope="module")
def fresh():
    return simulate_lesions(2000, (1, 1, 1), seed=31)


@pytest.mark.parametrize("size", [32, 64])
@pytest.mark.parametrize("weights", [None, (1, 1, 1)])
def test_at_least_99_percent_of_fresh_lesions(oracle, size, weights):
    # Five seeds together; the lower end of Wilson's 95 % interval, not the lucky point, must pass.
    right = total = 0
    for seed in range(41, 46):
        cohort = simulate_lesions(800, weights, size=size, seed=seed)
        right += int((oracle.predict(cohort) == cohort.truth["pattern"]).sum())
        total += len(cohort)
    assert binomtest(right, total).proportion_ci(method="wilson").low > 0.99


@pytest.mark.parametrize("pattern", PATTERNS)
def test_no_texture_is_slighted(oracle, fresh, pattern):
    mine = (fresh.truth["pattern"] == pattern).to_numpy()
    assert (oracle.predict(fresh)[mine] == pattern).mean() > 0.98


def test_it_is_as_sure_as_it_is_right(oracle, fresh):
    proba = oracle.predict_proba(fresh)
    assert proba.shape == (2000, 3)
    np.testing.assert_allclose(proba.sum(axis=1), 1, atol=1e-5)
    right = oracle.predict(fresh) == fresh.truth["pattern"].to_numpy()
    assert abs(proba.max(axis=1).mean() - right.mean()) < 0.02
    assert np.median(proba.max(axis=1)) > 0.98


@pytest.mark.parametrize(
    "changed",
    [
        lambda x: 0.8 * x,
        lambda x: 1.25 * x,
        lambda x: x + 0.05,
        lambda x: np.maximum(x - 0.05, 0),
        lambda x: x**1.15,
        lambda x: x + 0.015 * np.random.default_rng(0).standard_normal(x.shape),
    ],
    ids=["darker", "brighter", "offset up", "offset down", "gamma", "noise"],
)
def test_small_changes_of_intensity_do_not_confuse_it(oracle, fresh, changed):
    assert (oracle.predict(changed(fresh.images)) == fresh.truth["pattern"].to_numpy()).mean() > 0.985


def test_mirror_images_are_read_alike(oracle, fresh):
    assert (oracle.predict(fresh.images[:, ::-1, ::-1]) == oracle.predict(fresh)).mean() > 0.99


def test_typicality_of_fresh_lesions_is_uniform(oracle):
    typical = oracle.typicality(simulate_lesions(4000, seed=32))
    assert typical.min() > 0
    assert typical.max() <= 1
    for level in (0.05, 0.25, 0.5, 0.9):
        # The reference has some 570 lesions a pattern, so the level itself is known to about 0.02.
        assert (typical < level).mean() == pytest.approx(level, abs=0.05)


def test_what_is_no_lesion_is_not_typical(oracle, fresh):
    rng = np.random.default_rng(0)
    shuffled = rng.permuted(fresh.images.reshape(2000, -1), axis=1).reshape(fresh.images.shape)
    noise = rng.uniform(0.2, 0.8, (300, 32, 32))
    empty_liver = 0.5 + 0.02 * rng.standard_normal((300, 32, 32))
    for strange in (shuffled, noise, empty_liver):
        assert (oracle.typicality(strange) < 0.05).mean() > 0.9


def test_every_form_of_the_images_gives_the_same_answer(oracle, fresh):
    some = fresh.images[:20]
    expected = oracle.predict_proba(some)
    forms = [
        fresh.subset(slice(0, 20)),
        torch.from_numpy(some.copy()),
        torch.from_numpy(some.copy())[:, None].requires_grad_(),
        some.astype(np.float64)[:, None],
        some.tolist(),
    ]
    for form in forms:
        np.testing.assert_allclose(oracle.predict_proba(form), expected, atol=1e-6)


def test_generated_values_come_back_to_intensities_first(oracle, fresh):
    tensor = fresh.to_tensor()
    with pytest.raises(ValueError, match=r"scaling\.to_intensity"):
        oracle.predict(tensor)
    assert (oracle.predict(fresh.scaling.to_intensity(tensor)) == oracle.predict(fresh)).all()


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (np.ones((3, 48, 48)), r"\(n, 32, 32\) or \(n, 64, 64\)"),
        (np.ones((32, 32)), r"\(n, 32, 32\)"),
        (np.ones((3, 3, 32, 32)), r"\(n, 32, 32\)"),
        (np.full((3, 32, 32), np.nan), "finite"),
        (np.ones((0, 32, 32)), "empty"),
    ],
)
def test_refusals(oracle, images, message):
    with pytest.raises(ValueError, match=message):
        oracle.predict(images)


def test_ct_is_refused(oracle):
    with pytest.raises(ValueError, match="HU"):
        oracle.predict(simulate_ct(2, seed=0))


def test_it_is_read_from_the_cache_and_a_damaged_cache_is_replaced(oracle, cache, fresh, monkeypatch):
    from ganlab.data.simulated import texture_oracle as module

    monkeypatch.setenv("GANLAB_CACHE", str(cache))
    expected = oracle.predict_proba(fresh)
    (path,) = cache.glob("texture-oracle-*.pt")

    def not_again():
        raise AssertionError("trained although the cache was whole")

    with monkeypatch.context() as patch:
        patch.setattr(module, "_trained", not_again)
        texture_oracle.cache_clear()
        assert np.array_equal(texture_oracle().predict_proba(fresh), expected)

    whole = path.read_bytes()
    path.write_bytes(whole[:1000])
    network = oracle.network
    parts = {"centres": oracle.centres, "whitening": oracle.whitening, "distances": oracle.distances}
    monkeypatch.setattr(module, "_trained", lambda: (network, parts))  # the real training takes seconds
    texture_oracle.cache_clear()
    assert np.array_equal(texture_oracle().predict_proba(fresh), expected)
    assert len(path.read_bytes()) == len(whole)


def test_a_cache_that_cannot_be_written_is_a_warning(oracle, tmp_path, monkeypatch):
    from ganlab.data.simulated import texture_oracle as module

    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("GANLAB_CACHE", str(tmp_path / "file"))
    parts = {"centres": oracle.centres, "whitening": oracle.whitening, "distances": oracle.distances}
    monkeypatch.setattr(module, "_trained", lambda: (oracle.network, parts))
    texture_oracle.cache_clear()
    with pytest.warns(UserWarning, match="could not be kept"):
        texture_oracle()
    texture_oracle.cache_clear()


@pytest.mark.slow
def test_training_anew_gives_the_same_oracle_whatever_the_threads(tmp_path):
    script = (
        "import hashlib, sys, torch; torch.set_num_threads(int(sys.argv[1]));"
        "from ganlab.data import simulate_lesions, texture_oracle;"
        "state = torch.get_rng_state(); oracle = texture_oracle();"
        "assert torch.equal(state, torch.get_rng_state()) and torch.get_num_threads() == int(sys.argv[1]);"
        "print(hashlib.sha256(oracle.predict_proba(simulate_lesions(500, seed=1)).tobytes()).hexdigest())"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", script, threads],
            env={**os.environ, "GANLAB_CACHE": str(tmp_path / threads)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for threads in ("1", "2")
    }
    assert len(answers) == 1
