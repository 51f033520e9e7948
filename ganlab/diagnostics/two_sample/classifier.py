"""The classifier two-sample test: if nothing can tell the samples apart, they may be of one distribution."""

import numpy as np
from sklearn.base import BaseEstimator, is_classifier

from ganlab.diagnostics.intervals import mean_of_shares_interval
from ganlab.diagnostics.two_sample.comparison import Comparison, Null, memberships, sample_pair
from ganlab.seeding import whole_seed
from ganlab.shapes import Samples, Seed
from ganlab.validation import positive_integer


def classifier_two_sample(
    x: Samples,
    y: Samples,
    *,
    classifier: BaseEstimator | None = None,
    n_folds: int = 5,
    n_permutations: int = 99,
    seed: Seed = 0,
) -> Comparison:
    r"""How well a classifier tells real from fake samples that it was not trained on.

    .. math:: \text{balanced accuracy} = \tfrac12 \Pr(\text{says real} \mid x)
       + \tfrac12 \Pr(\text{says fake} \mid y)

    Every sample is classified once, by a classifier trained on the other folds. A perfect generator
    gets about 1/2, usually a little less: a fold that by chance holds more of one kind leaves fewer of it for
    training. Far *below* 1/2 is a finding as well, so the p-value is two-sided: if y are copies of x, a
    nearest neighbour has the other label, and the 1-nearest-neighbour classifier is right almost never.

    The reverse leak makes a good generator look bad. Rows that belong together (slices of one patient,
    a fake image and its near duplicates) land in several folds, and a classifier recognises
    the relative instead of the kind. Hand in one row per patient.

    The p-value repeats the whole cross-validation with shuffled labels, because the errors of one
    cross-validation are not independent and no binomial law holds for their number.

    Parameters
    ----------
    x : array, shape (n, ...)
        Real samples, at least two per fold, one per row. Anything after the first axis is flattened, images
        into pixels; one number per row is one feature.
    y : array, shape (m, ...)
        Fake samples, with the same features. If n and m differ much, choose a classifier that weighs
        the classes equally, or it will name the larger one always.
    classifier : scikit-learn classifier, optional
        A copy of it is fitted in every fold, so a scaler in a pipeline sees only the training part. Default:
        standardisation and logistic regression with balanced class weights, which sees differences of
        means and little else. A nearest-neighbour pipeline sees shapes.
    n_folds : int >= 2
    n_permutations : int >= 79
        Shuffles for the p-value and the perfect range; each trains n_folds classifiers.
    seed : int, torch.Generator or None
        Of the folds and the shuffles. A classifier with randomness of its own has its own seed.

    Returns
    -------
    Comparison
        Its value is in [0, 1]. The interval is for the expected accuracy, on new samples, of this classifier
        trained on as many samples as a fold leaves. That is **not** the accuracy of the best possible
        classifier, which is larger.

    References
    ----------
    .. [1] Lopez-Paz & Oquab (2017), Revisiting Classifier Two-Sample Tests, arXiv:1610.06545.
    .. [2] Ojala & Garriga (2010), Permutation Tests for Studying Classifier Performance, JMLR 11, 1833-1863.
    .. [3] Newcombe (1998), Interval estimation for the difference between independent proportions,
       doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I, method 10.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> real, fake = rng.normal(size=(60, 2)), rng.normal(2, 1, size=(60, 2))
    >>> told_apart = classifier_two_sample(real, fake, n_permutations=79)
    >>> bool(told_apart.value > 0.8), told_apart.as_perfect
    (True, False)
    """
    n_folds = positive_integer(n_folds, "n_folds")
    if n_folds < 2:
        raise ValueError("n_folds must be 2 or more: one fold trains the classifier, another one tests it.")
    x, y = sample_pair(x, y, at_least=2 * n_folds)
    classifier = _logistic_regression() if classifier is None else _checked(classifier)
    samples = np.vstack([x, y])
    seed = whole_seed(seed)
    members = memberships(len(x), len(y), n_permutations, seed)
    fold_seeds = np.random.default_rng(seed).integers(2**31, size=len(members))

    right = [
        _shares_right(classifier, samples, of_x, n_folds, int(fold_seed))
        for of_x, fold_seed in zip(members, fold_seeds, strict=True)
    ]
    values = np.mean(right, axis=1)
    null = Null(float(values[0]), values[1:], 1e-9)
    return Comparison(
        f"balanced accuracy of {_name(classifier)}", float(values[0]), _interval(right, (len(x), len(y))),
        float(values[1:].mean()), null.range_two_sided(), len(y), _caveat(x, y),
        f"{n_folds}-fold cross-validation; interval by Wilson and Newcombe, spread by the shuffled labels",
        p_value=null.p_two_sided(), n_permutations=len(members) - 1, n_real=len(x),
    )  # fmt: skip


def _shares_right(classifier, samples, of_x, n_folds, fold_seed):
    """Share of x and of y classified rightly in one cross-validation."""
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    folds = StratifiedKFold(n_folds, shuffle=True, random_state=fold_seed)
    right = cross_val_predict(classifier, samples, of_x, cv=folds) == of_x
    return right[of_x].mean(), right[~of_x].mean()


def _interval(right, sizes):
    """Newcombe's interval of the mean of the two shares, with fewer samples where the folds go together.

    The answers of one cross-validation depend on each other, as classifiers share training samples. The
    shuffled values show it: by as much as they vary more than independent answers would, fewer samples are
    counted.
    """
    sizes = np.array(sizes)
    independent = (0.25 / sizes).sum() / 4
    sizes = sizes / max(1.0, np.var(np.mean(right[1:], axis=1), ddof=1) / independent)
    return mean_of_shares_interval(right[0], sizes)


def _logistic_regression():
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced"))


def _checked(classifier):
    if isinstance(classifier, type) or not hasattr(classifier, "fit") or not is_classifier(classifier):
        raise ValueError(
            f"classifier must be a scikit-learn classifier or a pipeline ending in one; got {classifier!r}."
        )
    return classifier


def _name(classifier):
    last = classifier.steps[-1][1] if hasattr(classifier, "steps") else classifier
    return type(last).__name__


def _caveat(x, y):
    real = {row.tobytes() for row in x + 0.0}  # + 0 makes -0 a 0
    copies = sum(row.tobytes() in real for row in y + 0.0)
    if copies:
        return f"is lowered by {copies:,} exact copies of real samples among the fake ones"
    return "sees only what this classifier can learn from so few samples"
