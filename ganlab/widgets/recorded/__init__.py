"""Training that takes longer than a lesson, recorded once, with the one command that records it again."""
