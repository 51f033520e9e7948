"""The colours and line styles of all figures: real blue, fake and synthetic orange, the discriminator black.

Okabe and Ito's palette, told apart in greyscale and by colour-blind readers too: the real is dark, the fake
light, and line styles and markers differ as well.
"""

REAL = "#0072B2"
FAKE = "#E69F00"
DISCRIMINATOR = "#000000"
TRAINED = "#CC79A7"
QUIET = "#767676"
FRAME = "#D0D0D0"

# Up to three losses in one figure, and up to three critics, whose colours are not those of samples.
LOSSES = (
    {"color": REAL, "linestyle": "-", "marker": "o"},
    {"color": FAKE, "linestyle": "--", "marker": "^"},
    {"color": DISCRIMINATOR, "linestyle": ":", "marker": "s"},
)
CRITICS = (
    {"color": QUIET, "linestyle": ":", "marker": "s"},
    {"color": DISCRIMINATOR, "linestyle": "-", "marker": "o"},
    {"color": TRAINED, "linestyle": "--", "marker": "D"},
)


def colour_bar(picture, axes, unit):
    """Draw beside an image what its greys stand for, with the unit on top, where it needs no width."""
    bar = axes.figure.colorbar(picture, ax=axes, fraction=0.046, pad=0.03)
    bar.ax.set_title(unit, fontsize=7)
    bar.ax.tick_params(labelsize=7)
