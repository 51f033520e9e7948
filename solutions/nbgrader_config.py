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
c.SplitGrading.assignments = [
    "00-scarcity-and-imbalance",
    "01-minimax-game",
    "02-vanishing-gradients",
    "03-mode-collapse",
    "04-memorization",
    "05-conditional-gan",
    "06-wasserstein-gan",
    "07-cyclegan",
    "08-label-invariance",
    "09-radiomic-validation",
    "10-augmentation-dossier",
]

# Of a task: what the library has that would be the answer. `ganlab grade` refuses the answer's calls of it.
c.SplitGrading.withheld = {
    "00-scarcity-and-imbalance": {"duplicate-to-balance": ["ganlab.augmentation.duplicate_to_balance"]},
    "01-minimax-game": {
        "value-function": ["ganlab.theory.value_function"],
        "optimal-discriminator": ["ganlab.theory.optimal_discriminator"],
        "jensen-shannon": ["ganlab.theory.jensen_shannon"],
        "minimax-losses": [
            "ganlab.objectives.Minimax.discriminator_loss",
            "ganlab.objectives.Minimax.generator_loss",
            "ganlab.objectives.NonSaturating.generator_loss",
        ],
    },
    "02-vanishing-gradients": {
        "generator-losses": [
            "ganlab.objectives.Minimax.generator_loss",
            "ganlab.objectives.NonSaturating.generator_loss",
        ],
    },
    "03-mode-collapse": {
        "modes-found": ["ganlab.diagnostics.mode_coverage"],
        "precision-recall": ["ganlab.diagnostics.prdc"],
    },
    "05-conditional-gan": {"balanced-labels": ["ganlab.training.balanced_labels"]},
    "06-wasserstein-gan": {
        "wasserstein-1d": ["ganlab.theory.wasserstein1"],
        "critic-losses": [
            "ganlab.objectives.Wasserstein.discriminator_loss",
            "ganlab.objectives.Wasserstein.generator_loss",
        ],
        "gradient-penalty": ["ganlab.objectives.GradientPenalty.penalty"],
        "steepest-slope": ["ganlab.theory.lipschitz_estimate"],
    },
    "07-cyclegan": {
        "cycle-loss": ["ganlab.objectives.cycle_consistency"],
        "identity-loss": ["ganlab.objectives.identity_loss"],
    },
    "08-label-invariance": {
        "necrotic-fraction": ["ganlab.radiomics.necrotic_fraction"],
        "icc": ["ganlab.radiomics.intraclass_correlation"],
    },
    "09-radiomic-validation": {
        "corrections": ["ganlab.diagnostics.holm_adjusted"],
        "correlation-gap": [
            "ganlab.radiomics.correlation_distance",
            "ganlab.radiomics.compare_correlations",
        ],
    },
    "10-augmentation-dossier": {"leaks": ["ganlab.audit.split_check"]},
}
