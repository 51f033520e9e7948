"""nbgrader's configuration for the whole course, found by the plain tools through JUPYTER_CONFIG_PATH.

From the course root: ``JUPYTER_CONFIG_PATH=solutions nbgrader autograde 01-minimax-game``.
`ganlab grade`, `ganlab release` and `ganlab lab` read this same file.
"""

c = get_config()  # noqa: F821 - nbgrader provides it

c.CourseDirectory.course_id = "ganlab"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"

# Folds the tests of a released assignment, lets each say how it ended, and adds how to hand in.
c.GenerateAssignment.preprocessors.prepend(["ganlab.grading.learners_copy.LearnersCopy"])

c.Execute.timeout = 60  # seconds a cell

# nbgrader gives 0 to a test cell with any output on stderr; a warning must not cost a right answer its
# points. IgnorePattern takes that output away before grades are read, in `nbgrader autograde` alone ...
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = "(?s).*"
# ... and this keeps warnings (not what is printed to stderr) from `nbgrader validate` too.
c.Execute.extra_arguments = [
    "--IPKernelApp.exec_lines=__import__('warnings').simplefilter('ignore')",
    "--IPKernelApp.log_level=40",
]

# Of these, `ganlab grade` runs the tests outside the sandbox of the answers: no answer can change a test.
c.SplitGrading.assignments = ["00-scarcity-and-imbalance", "01-minimax-game"]
