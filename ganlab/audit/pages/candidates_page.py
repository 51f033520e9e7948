"""The page of several candidates: their ranking first, then the audit of each in full."""

from ganlab.audit.pages import figures
from ganlab.audit.pages.audit_page import page
from ganlab.audit.pages.page import render


def candidates_page(candidates):
    """The page of several audits as text.

    Parameters
    ----------
    candidates : Candidates

    Returns
    -------
    str
    """
    from markupsafe import Markup

    return render(
        "candidates",
        candidates=candidates,
        rows=[
            (number, name, candidates.ranking.loc[name]) for number, name in enumerate(candidates.audits, 1)
        ],
        distances_figure=figures.distances_figure(candidates.ranking),
        sections={
            name: Markup(page(audit, layout="section.html.j2")) for name, audit in candidates.audits.items()
        },
    )
