"""The eight ways to lay a square image down: turned by quarters, mirrored or not."""

import numpy as np

# Name, and whether rows stay rows and columns stay columns.
SYMMETRIES = {
    "none": True,
    "turned 90": False,
    "turned 180": True,
    "turned 270": False,
    "mirrored": True,
    "mirrored, turned 90": False,
    "mirrored, turned 180": True,
    "mirrored, turned 270": False,
}


def transformed(cohort, names):
    """The cohort with each image, its mask and its regions moved as its name in SYMMETRIES says."""

    def move(stack):
        return np.stack([_moved(image, name) for image, name in zip(stack, names, strict=True)])

    return cohort.replace(
        images=move(cohort.images),
        masks=move(cohort.masks),
        regions={name: move(region) for name, region in cohort.regions.items()},
    )


def _moved(image, name):
    if name.startswith("mirrored"):
        image = image[:, ::-1]
    return np.rot90(image, k=int(name.split()[-1]) // 90 if "turned" in name else 0)
