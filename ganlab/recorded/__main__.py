"""Make a stored result again: python -m ganlab.recorded NAME [parts...]; without a name, list them."""

import inspect
import sys

from ganlab import recorded


def main(arguments):
    """Make what is named; list what there is if nothing is."""
    results = {name: getattr(recorded, name) for name in recorded.__all__}
    results = {name: result for name, result in results.items() if inspect.ismodule(result)}
    if not arguments or arguments[0] in {"-h", "--help"}:
        for name, result in results.items():
            parts = f" Parts: {', '.join(map(repr, map(str, result.PARTS)))}." if result.PARTS else ""
            print(f"{name}: {result.__doc__.splitlines()[0]}{parts}")
        return
    name, *parts = arguments
    if name not in results:
        sys.exit(f"no stored result is called {name!r}; there are {', '.join(results)}.")
    if parts and not results[name].PARTS:
        sys.exit(f"{name} is made whole, it has no parts; got {', '.join(parts)}.")
    try:
        results[name].make(*([parts] if parts else []))
    except ValueError as refusal:
        sys.exit(str(refusal))


if __name__ == "__main__":
    main(sys.argv[1:])
