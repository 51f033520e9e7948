"""The arms of a utility trial: functions (train, seed) -> the rows that a classifier is trained on."""

from ganlab.augmentation.feature_gan import FeatureGAN
from ganlab.augmentation.rebalance import classical_augment, duplicate_to_balance, synthesize_to_balance
from ganlab.augmentation.smote import smote_to_balance
from ganlab.seeding import seeded_rng
from ganlab.validation import positive_integer


def no_augmentation(train, seed=None):
    """The arm that leaves the cohort as it is, rare diagnosis and all.

    Parameters
    ----------
    train : Cohort or DataFrame
    seed : int or None
        Not used.

    Returns
    -------
    Cohort or DataFrame
        `train` itself.

    Raises
    ------
    ValueError
        Never: whatever is wrong with `train` is found by those who use it.

    Examples
    --------
    >>> no_augmentation("a cohort")
    'a cohort'
    """
    return train


def gan_arm(*, steps=FeatureGAN.STEPS):
    """The arm that trains a FeatureGAN on the training part alone and fills up with its samples.

    Parameters
    ----------
    steps : int >= 1
        Generator updates.

    Returns
    -------
    function (train, seed) -> DataFrame

    Raises
    ------
    ValueError
        If `steps` is not a whole number of 1 or more.

    Examples
    --------
    >>> from ganlab.data import load_wdbc
    >>> few = load_wdbc().iloc[:60]
    >>> gan_arm(steps=5)(few, seed=0).groupby("diagnosis").size().nunique()
    1
    """
    positive_integer(steps, "steps")

    def conditional_gan(train, seed=None):
        rng = seeded_rng(seed)
        gan = FeatureGAN(train, steps=steps, seed=rng, progress=False)
        return synthesize_to_balance(train, gan.sample, seed=rng)

    return conditional_gan


def feature_arms(*, steps=FeatureGAN.STEPS):
    """The usual arms for a table of features, all but the first filled up to the same numbers.

    Parameters
    ----------
    steps : int >= 1
        Of the GAN.

    Returns
    -------
    dict of name -> function (train, seed) -> DataFrame
        none, duplicates, SMOTE, GAN.

    Raises
    ------
    ValueError
        If `steps` is not a whole number of 1 or more.

    Examples
    --------
    >>> list(feature_arms())
    ['none', 'duplicates', 'SMOTE', 'GAN']
    """
    return {
        "none": no_augmentation,
        "duplicates": _duplicates,
        "SMOTE": _smote,
        "GAN": gan_arm(steps=steps),
    }


def image_arms(make_sampler=None):
    """The usual arms for a cohort of images.

    Parameters
    ----------
    make_sampler : function (train, seed) -> sampler, or None
        Trains whatever makes images on the training part, and returns the function (diagnosis, n, seed)
        -> images that :func:`~ganlab.augmentation.synthesize_to_balance` takes; for instance
        :func:`~ganlab.augmentation.game_sampler` of a game trained on it. None: no such arm.

    Returns
    -------
    dict of name -> function (train, seed) -> Cohort
        none, duplicates, classical and, with a sampler, GAN.

    Raises
    ------
    ValueError
        If `make_sampler` cannot be called.

    Examples
    --------
    >>> list(image_arms())
    ['none', 'duplicates', 'classical']
    """
    if make_sampler is not None and not callable(make_sampler):
        raise ValueError(f"make_sampler must be a function (train, seed) -> sampler; got {make_sampler!r}.")

    def generated(train, seed=None):
        rng = seeded_rng(seed)
        return synthesize_to_balance(train, make_sampler(train, rng), seed=rng)

    arms = {"none": no_augmentation, "duplicates": _duplicates, "classical": _classical}
    return arms if make_sampler is None else {**arms, "GAN": generated}


def game_sampler(game, cohort):
    """A conditional game's generator as a sampler of images in the cohort's intensity unit.

    Parameters
    ----------
    game : Game
        Conditional, and trained on `cohort`.
    cohort : Cohort
        Its diagnoses name the classes, its scaling turns [-1, 1] back into intensities.

    Returns
    -------
    function (diagnosis, n, seed) -> array, shape (n, height, width)

    Raises
    ------
    ValueError
        If the game does not know as many classes as the cohort has diagnoses; the sampler, if it is asked
        for a diagnosis that the cohort does not have.

    Examples
    --------
    >>> from ganlab.data import simulate_lesions
    >>> from ganlab.models import image_discriminator, image_generator
    >>> from ganlab.objectives import NonSaturating
    >>> from ganlab.training import Game
    >>> lesions = simulate_lesions(8, seed=0)
    >>> networks = [make(width=4, n_classes=2, seed=0) for make in (image_generator, image_discriminator)]
    >>> game_sampler(Game(*networks, NonSaturating()), lesions)("malignant", 3, seed=1).shape
    (3, 32, 32)
    """
    if game.n_classes != len(cohort.diagnoses):
        raise ValueError(
            f"the game knows {game.n_classes} classes and the cohort {len(cohort.diagnoses)} diagnoses; "
            "train a conditional game on this cohort."
        )

    def sample(diagnosis, n, seed=None):
        if diagnosis not in cohort.diagnoses:
            raise ValueError(f"diagnosis must be one of {', '.join(cohort.diagnoses)}; got {diagnosis!r}.")
        images = game.sample(n, seed, labels=cohort.diagnoses.index(diagnosis))
        return cohort.scaling.to_intensity(images.squeeze(1).cpu().numpy())

    return sample


def _duplicates(train, seed=None):
    return duplicate_to_balance(train, seed=seed)


def _smote(train, seed=None):
    return smote_to_balance(train, seed=seed)


def _classical(train, seed=None):
    return classical_augment(train, seed=seed)
