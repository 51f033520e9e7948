"""ganlab: build, break, diagnose and validate GANs for medical-image augmentation.

The rooms, from left to right; a room imports only from rooms to its left:

``data`` samples that come with the truth → ``models`` networks → ``objectives`` what each player
wants → ``training`` the game → ``theory`` what the game is worth → ``diagnostics`` numbers about a
generator, with their uncertainty → ``radiomics`` image and mask to named features to evidence →
``augmentation`` synthetic patients put to use → ``views`` arrays to pictures → ``audit`` a synthetic cohort
against a real one → ``recorded`` results of training too long for a lesson → ``widgets`` controls wired to
views.  ``grading``, ``desk``, ``cli`` and ``doctor`` stand apart.

``import ganlab`` loads none of them; each loads when it is first used.
"""

import os

import lazy_loader

# Two threads that wait for each other by spinning take ten times as long as one, as soon as a browser or
# another program wants a core too. Asleep they lose next to nothing. Read when torch is first imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=[
        "audit",
        "augmentation",
        "data",
        "diagnostics",
        "grading",
        "models",
        "objectives",
        "radiomics",
        "recorded",
        "theory",
        "training",
        "views",
        "widgets",
    ],
)
