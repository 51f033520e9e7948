"""Tests outside the sandbox of the answers they test: two kernels, and plain data alone between them."""
