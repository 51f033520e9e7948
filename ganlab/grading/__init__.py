"""Running other people's answers through nbgrader, and telling them why they got what they got.

Grading runs the code of every submission on this machine, with the rights of whoever grades: no
sandbox stands in between yet. Grade only what comes from people you would let use your account.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "course": ["Course", "CourseError", "enter_lab", "find_course", "lab_command"],
        "grade": ["grade_folder"],
        "release": ["release"],
    },
)
