"""The bar of a slow loop inside a call: only where somebody can see it, and only once it is slow."""

from collections.abc import Collection, Iterable


def with_progress(steps: Collection, words: str, after: float = 2) -> Iterable:
    """The steps, with a bar and the time left on stderr once they have taken some seconds.

    A notebook gets none: there each bar is eight widgets, made even if it is never shown, and a cell that
    measures distances hundreds of times keeps the browser busy with them for minutes.

    Parameters
    ----------
    steps : collection
    words : str
        What the bar says: "permuting correlations".
    after : float, seconds
        0 shows the bar at once, for a loop whose first step is slow.

    Returns
    -------
    iterable
        The same steps.

    Examples
    --------
    >>> list(with_progress(range(3), "counting"))
    [0, 1, 2]
    """
    from tqdm import tqdm

    # disable=None: off where stderr is no terminal.
    return tqdm(steps, desc=words, delay=after, leave=False, disable=None)
