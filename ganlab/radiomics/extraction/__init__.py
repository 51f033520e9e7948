"""Image and mask to a table of named features, by whichever engine is installed: begin with `extract`."""
