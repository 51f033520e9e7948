"""Are two samples of one distribution? Distances, kernels, a classifier, and their permutation tests."""
