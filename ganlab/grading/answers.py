"""Read a student's answer as plain values, and say in a sentence what is wrong with it.

Test cells call these on whatever a student's function returned. A list, a numpy array, a torch tensor
with or without a gradient, a pandas column: what counts is the values. Each failure is an AssertionError
whose message is written for the student, never a stack trace from inside the test.
"""

import numpy as np

from ganlab.grading.split.proxy import Proxy

# Answers may be computed in single precision.
RELATIVE, ABSOLUTE = 1e-4, 1e-6
# Where split grading runs the tests: a number made from the submission (`seeds`).
of_the_submission = None


def assert_close(answer, expected, question, mistakes=()):
    """Assert that an answer has the expected values; name the mistake when it is a known one.

    Parameters
    ----------
    answer : object
        What the student's function returned.
    expected : number or array
        The right values; the answer must have this shape.
    question : str
        The call that was made, as the student would write it.
    mistakes : sequence of (values, hint)
        Wrong values that are often met, each with the sentence that helps. NaN matches NaN.

    Raises
    ------
    AssertionError
        With the hint of the mistake, or with the answer and what was expected.

    Examples
    --------
    >>> assert_close([0.5, 0.25], [0.5, 0.25], "halves(2)")
    >>> assert_close(-0.3, 0.3, "distance(a, b)", mistakes=[(-0.3, "A distance is never negative.")])
    Traceback (most recent call last):
    AssertionError: distance(a, b) gave -0.3. A distance is never negative.
    """
    __tracebackhide__ = True
    expected = np.asarray(expected, dtype=float)
    values = as_numbers(answer, expected.shape, question)
    if _same(values, expected):
        return
    for wrong, hint in mistakes:
        wrong = np.asarray(wrong, dtype=float)
        if wrong.shape == values.shape and _same(values, wrong):
            _fail(f"{question} gave {_in_words(values)}. {hint}")
    if np.isnan(values).any():
        _fail(
            f"{question} gave {_in_words(values)}. NaN means that something undefined was computed on the "
            "way, such as 0/0, infinity minus infinity or the logarithm of a negative number."
        )
    _fail(f"{question} gave {_difference(values, expected)}.")


def as_numbers(answer, shape, question):
    """The answer as a float array of this shape, or an AssertionError that says what came instead."""
    __tracebackhide__ = True
    if answer is None:
        _fail(f"{question} returned nothing (None). Is there a `return` at the end?")
    if callable(getattr(answer, "detach", None)):
        answer = answer.detach().cpu()
    if isinstance(answer, tuple | list):
        answer = [part.detach().cpu() if callable(getattr(part, "detach", None)) else part for part in answer]
    try:
        values = None if _holds_text(answer) else np.asarray(answer, dtype=float)
    except (TypeError, ValueError):
        values = None
    if values is None:
        _fail(f"{question} returned {_kind(answer)}; expected {_shape_in_words(shape)}.")
    # A single number in brackets is still that number.
    if values.shape != tuple(shape) and values.size == 1 and np.prod(shape, dtype=int) == 1:
        values = values.reshape(shape)
    if values.shape != tuple(shape):
        _fail(f"{question} returned {_shape_in_words(values.shape)}; expected {_shape_in_words(shape)}.")
    return values


def as_number(answer, question):
    """The answer as one finite float, or an AssertionError that says what came instead."""
    __tracebackhide__ = True
    value = float(as_numbers(answer, (), question))
    if not np.isfinite(value):
        _fail(f"{question} gave {value}; expected a finite number.")
    return value


def as_choice(answer, choices, question):
    """The answer as one of a few words, or an AssertionError that lists them."""
    __tracebackhide__ = True
    if answer is None:
        _fail(f"{question} returned nothing (None). Is there a `return` on every path?")
    if not isinstance(answer, str) or answer not in choices:
        _fail(f"{question} returned {answer!r}; expected one of {', '.join(map(repr, choices))}.")
    return str(answer)


def seeds(*written):
    """Seeds for the random inputs of a test: those written there and, in split grading, one more.

    That one is made from the whole submission. Graded again, the same submission meets the same inputs; with
    any other answer in it, it meets new ones, so what the feedback told of the last ones is of no use.

    Parameters
    ----------
    *written : int

    Returns
    -------
    tuple of int
        The last from 0 to 2^28 - 1, where split grading runs the test.

    Examples
    --------
    >>> seeds(2, 5)
    (2, 5)
    """
    return written if of_the_submission is None else (*written, of_the_submission)


def _fail(sentence):
    """Stop with a sentence, and without the way through this module."""
    __tracebackhide__ = True  # IPython leaves such frames out of what a teacher sees in solutions/
    raise AssertionError(sentence) from None


def _same(values, expected):
    return bool(np.allclose(values, expected, rtol=RELATIVE, atol=ABSOLUTE, equal_nan=True))


def _kind(answer):
    return answer._kind if isinstance(answer, Proxy) else type(answer).__name__


def _holds_text(answer):
    """Whether numbers came as text: numpy reads '-4.6' as a number, but a student cannot compute with it."""
    if isinstance(answer, tuple | list):
        return any(map(_holds_text, answer))
    dtype = getattr(answer, "dtype", None)
    return isinstance(answer, str | bytes) or getattr(dtype, "kind", "") in ("U", "S")


def _in_words(values, digits=5):
    if values.ndim == 0:
        return f"{float(values):.{digits}g}"
    return np.array2string(values, precision=digits - 1, separator=", ", threshold=12).replace("\n", "")


def _told_apart(value, expected):
    """Both in words, with as many digits as it takes to see that they differ."""
    for digits in range(5, 17):
        words = _in_words(value, digits), _in_words(expected, digits)
        if words[0] != words[1]:
            break
    return words


def _difference(values, expected):
    """Both arrays if they are short, else the first place where they differ."""
    if values.size <= 6:
        gave, wanted = _told_apart(values, expected)
        return f"{gave}; expected {wanted}"
    differs = ~np.isclose(values, expected, rtol=RELATIVE, atol=ABSOLUTE, equal_nan=True)
    place = tuple(np.argwhere(differs)[0])
    where = ", ".join(map(str, place))
    gave, wanted = _told_apart(values[place], expected[place])
    return (
        f"{gave} at index [{where}]; expected {wanted} there ({differs.sum()} of {values.size} values differ)"
    )


def _shape_in_words(shape):
    if tuple(shape) == ():
        return "one number"
    return f"{shape[0]} numbers" if len(shape) == 1 else f"an array of shape {tuple(shape)}"
