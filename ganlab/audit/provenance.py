"""What somebody needs to repeat an audit: inputs by their hashes, settings, seeds and versions."""

import importlib.metadata
import platform

PACKAGES = (
    "ganlab",
    "numpy",
    "scipy",
    "pandas",
    "scikit-learn",
    "statsmodels",
    "pyradiomics",
    "flash-radiomics",
)


def provenance(inputs, settings, **options):
    """Everything that the numbers depend on, as plain values.

    Parameters
    ----------
    inputs : dict of AuditInput
    settings : dict
        As asked for; what was used instead of None is taken from the tables.
    **options
        Seed, permutations, margin.

    Returns
    -------
    dict
        "inputs", "settings" and "versions", each a dict.
    """
    used = inputs["real"].table.attrs.get("settings")
    if used is None:
        used = {"features": "measured elsewhere; the tables do not say how"}
    return {
        "inputs": {
            name: {
                "name": one.label,
                "rows given": one.n_given,
                "rows compared": len(one),
                "SHA-256": one.sha256,
            }
            for name, one in inputs.items()
        },
        "settings": {
            **{key: value for key, value in {**settings, **used}.items() if value is not None},
            **options,
        },
        "versions": {**_versions(), "python": platform.python_version()},
    }


def _versions():
    found = {}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue  # one of the two that measure features is enough
    return found
