"""The same game from many seeds, side by side in one vectorized program."""
