"""Answers that resemble each other more than independent answers do, for a person to look at."""

import ast
import builtins
import io
import itertools
import keyword
import re
import tokenize

import numpy as np

from ganlab.grading.rebuilding import NO_PYTHON, parsed

PIECE = 5  # tokens in a row
LEAST_PIECES = 40  # in the shorter of two submissions; below it, anything is alike
LISTED_FROM = 0.6  # of the pieces of the shorter one
# Right answers that were written independently for the tests of this course, which count them anew: pairs to
# one task that are long enough, and those of them that would be listed ...
HONEST_PAIRS, HONEST_LISTED = 101, 4
# ... and pairs of made-up students with another such answer to each task, of which none was listed.
HONEST_STUDENTS = 22_000
SOLUTION = re.compile(r"### BEGIN SOLUTION.*?### END SOLUTION", re.DOTALL)
TOKENS = (tokenize.NAME, tokenize.OP, tokenize.NUMBER, tokenize.STRING)


def pieces(code: str) -> set[tuple[str, ...]]:
    """The runs of five tokens in some code, whatever its names, comments and layout.

    Parameters
    ----------
    code : str

    Returns
    -------
    set of tuple of str
        Empty if it is no Python.

    Examples
    --------
    >>> pieces("def f(x):\\n    '''Twice.'''\\n    return 2*x") == pieces("def g(y): return 2 * y  # fast")
    True
    """
    try:
        tree = parsed(code)
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node):
                node.body = node.body[1:] or [ast.Pass()]
        lines = io.StringIO(ast.unparse(tree)).readline
        tokens = [token.string for token in tokenize.generate_tokens(lines) if token.type in TOKENS]
    except NO_PYTHON:
        return set()
    before = ["", *tokens]
    tokens = [_unnamed(token) if last != "." else token for last, token in zip(before, tokens, strict=False)]
    return set(zip(*(tokens[start:] for start in range(PIECE)), strict=False))


def own_pieces(source: str, answer: str) -> set[tuple[str, ...]]:
    """The pieces of an answer that stand neither in its template nor in the solution.

    Parameters
    ----------
    source : str
        The cell in solutions/.
    answer : str

    Returns
    -------
    set of tuple of str
    """
    template = SOLUTION.sub("raise NotImplementedError()", source)
    return pieces(answer) - pieces(source) - pieces(template)


def resembling(answers: dict[str, list[set]]) -> list[tuple[float, str, str]]:
    """Pairs of students whose answers share most of their pieces, the most alike first.

    The share is the sum over tasks of the pieces that both have, by the sum of the smaller numbers of pieces;
    where that sum is below `LEAST_PIECES`, nothing is compared.

    Parameters
    ----------
    answers : dict {student: own pieces, task by task}
        Of every student as many sets, in the same order of tasks.

    Returns
    -------
    list of (share, student, student)
        Those with a share of `LISTED_FROM` or more.
    """
    from sklearn.feature_extraction import DictVectorizer

    students, shared, smaller = list(answers), 0, 0
    if len(students) < 2:
        return []
    for task in zip(*answers.values(), strict=True):
        if any(task):
            held = DictVectorizer(dtype=np.int32).fit_transform(
                [dict.fromkeys(map(str, own), 1) for own in task]
            )
            shared = shared + (held @ held.T).toarray()
            sizes = [len(own) for own in task]
            smaller = smaller + np.minimum.outer(sizes, sizes)
    shares = np.divide(shared, np.maximum(smaller, 1)) * (np.asarray(smaller) >= LEAST_PIECES)
    shares = np.broadcast_to(shares, (len(students), len(students)))
    pairs = (
        (float(shares[a, b]), students[a], students[b])
        for a, b in itertools.combinations(range(len(students)), 2)
    )
    return sorted((pair for pair in pairs if pair[0] >= LISTED_FROM), key=lambda pair: -pair[0])


def _unnamed(token):
    """A name that somebody chose, without what it says."""
    chosen = token.isidentifier() and not keyword.iskeyword(token) and not hasattr(builtins, token)
    return "name" if chosen else token
