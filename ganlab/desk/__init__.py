"""A learner's own copy of the course, its start page, JupyterLab on it, and the demonstrations."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "copies": ["copy_course"],
        "demos": ["show_demos"],
        "lab": ["become_lab", "lab_command"],
        "start_page": ["write_start_page"],
    },
)
