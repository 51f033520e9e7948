"""One colour per player, told apart in greyscale and by colour-blind readers too.

Okabe and Ito's palette; the real is dark, the generated light, and line styles and markers differ as well.
"""

REAL = "#0072B2"
FAKE = "#E69F00"
DISCRIMINATOR = "#000000"
TRAINED = "#CC79A7"
QUIET = "#767676"
