"""Library functions that a task asks for: while its tests call the answer, the library alone may use them.

A hurdle against handing in `from ganlab.theory import jensen_shannon`, and no wall: the library can be read.
"""

import contextlib
import functools
import pkgutil
import sys


@contextlib.contextmanager
def withheld(paths, namespace):
    """Refuse calls of these functions that do not come from their own library.

    Parameters
    ----------
    paths : sequence of str
        Such as ``"ganlab.theory.jensen_shannon"``, or with a class before the last dot.
    namespace : dict
        Of the notebook, where they may have been imported already.
    """
    with contextlib.ExitStack() as undo:
        for path in paths:
            function, name, places = _found(path)
            guard = _guard(path, function)
            for place in places:
                setattr(place, name, guard)
                undo.callback(setattr, place, name, function)
            for own in [own for own, value in namespace.items() if value is function]:
                namespace[own] = guard
                undo.callback(_put_back, namespace, own, guard, function)
        yield


def refuse_unknown(path):
    """Raise ValueError, with a sentence, unless the path names a function that can be withheld."""
    problem = ""
    try:
        function, _, places = _found(path)
        known = callable(function) and places
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        known, problem = False, f" ({error})"
    if not known:
        raise ValueError(
            f"{path!r} names no function{problem}; expected one of a library, such as "
            "'ganlab.theory.jensen_shannon', or one of a class where this class defines it, such as "
            "'ganlab.objectives.Minimax.generator_loss'."
        )


def _found(path):
    """The function with this path, its name, and the modules or the class that hold it under this name."""
    owner, _, name = path.rpartition(".")
    holder = pkgutil.resolve_name(owner)
    function = getattr(holder, name)
    places = {holder, sys.modules.get(getattr(function, "__module__", None), holder)}
    return function, name, [place for place in places if vars(place).get(name) is function]


def _guard(path, function):
    library = path.split(".")[0]

    @functools.wraps(function)
    def refused(*args, **kwargs):
        caller = sys._getframe(1).f_globals.get("__name__", "")
        if caller.startswith(f"{library}.") and not caller.startswith("ganlab.grading"):
            return function(*args, **kwargs)
        raise RuntimeError(
            f"{path} is what this task asks you to write, so its answer cannot call it when it is graded. "
            "Write the computation yourself. In other tasks and in your own notebook you may call it."
        )

    return refused


def _put_back(namespace, name, guard, function):
    if namespace.get(name) is guard:  # the answer may have bound the name to something else
        namespace[name] = function
