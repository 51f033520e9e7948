"""Running other people's answers in a sandbox, and telling them why they got what they got."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "check": ["check_notebook"],
        "class_page": ["write_class_pages"],
        "course": ["Course", "CourseError", "find_course", "put_own_tools_on_path"],
        "grade": ["grade_folder"],
        "lms": ["read_roster"],
        "release": ["release"],
    },
)
