"""What axe-core finds on a page that keeps somebody from using it."""

from pathlib import Path

import axe_playwright_python

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")


def barriers(page, part=None):
    """One line of text for each finding that axe-core calls serious or critical.

    On the whole page, or in `part` of it, a locator.
    """
    page.evaluate(AXE)
    part = part or page.locator("html")
    found = part.evaluate("element => axe.run(element, {resultTypes: ['violations']})")["violations"]
    return [
        f"{finding['impact']}: {finding['help']}: {node['html'][:200]}"
        for finding in found
        if finding["impact"] in ("serious", "critical")
        for node in finding["nodes"]
    ]
