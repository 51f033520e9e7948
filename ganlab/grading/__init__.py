"""Running other people's answers in a sandbox, and telling them why they got what they got."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "check": ["check_notebook"],
        "class_page": ["write_class_pages"],
        "course": ["Course", "CourseError", "enter_lab", "find_course", "lab_command"],
        "grade": ["grade_folder"],
        "lms": ["read_roster"],
        "own_copy": ["copy_course"],
        "release": ["release"],
    },
)
