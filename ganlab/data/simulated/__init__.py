"""Patients whose truth is known because it was drawn: lesions, CT, brains, and faults planted on purpose."""
