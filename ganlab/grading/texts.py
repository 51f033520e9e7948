"""Markdown as HTML that needs no network: formulas as MathML, and nothing of the writer's own HTML."""

from html import escape, unescape
from xml.etree import ElementTree

LONGEST_FORMULA = 1000  # characters
# Signs of a formula that a narrow window holds; a longer one may scroll, and then Tab has to reach it.
NARROW = 20
# What latex2mathml writes into elements, less links, styles and classes.
HARMLESS = {
    "display", "displaystyle", "scriptlevel", "mathvariant", "accent", "largeop", "movablelimits", "stretchy",
    "symmetric", "fence", "form", "separator", "lspace", "rspace", "width", "height", "depth", "minsize",
    "maxsize", "linethickness", "columnalign", "columnspacing", "rowspacing",
}  # fmt: skip


def as_html(text: str) -> str:
    """Markdown as HTML, safe to put into a page.

    HTML in the text is shown as it was typed. A picture becomes its description: what is attached is shown
    elsewhere, and nothing is fetched.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> print(as_html("*Less* <b>than</b> ![a plot](http://a.b/c.png)").strip())
    <p><em>Less</em> &lt;b&gt;than&lt;/b&gt; [picture: a plot]</p>
    """
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    class Renderer(IPythonRenderer):
        def inline_math(self, body):
            return formula(body)

        def block_math(self, body):
            return formula(body, "block")

        def latex_environment(self, name, body):
            return formula(f"\\begin{{{name}}}{body}\\end{{{name}}}", "block")

        def image(self, text, *_, **__):
            return f"[picture: {escape(text)}]"

        def heading(self, text, *_, **__):
            return f"<p><strong>{text}</strong></p>\n"

        def block_code(self, code, *_, **__):
            return f"<pre>{escape(code)}</pre>\n"

    return MarkdownWithMath(renderer=Renderer(escape=True, allow_harmful_protocols=False)).render(text)


def formula(latex: str, display: str = "inline") -> str:
    """A formula as MathML, or as it was typed where it cannot be read.

    Parameters
    ----------
    latex : str
    display : {"inline", "block"}

    Returns
    -------
    str

    Examples
    --------
    >>> formula("x < 1").count("<mi>x</mi>"), formula("\\\\frac")
    (1, '<code>\\\\frac</code>')
    """
    from latex2mathml.converter import convert_to_element

    try:
        if len(latex) > LONGEST_FORMULA:
            raise ValueError(latex)
        element = convert_to_element(latex.strip(), display=display)
        for part in element.iter():
            # latex2mathml marks its own signs by entities, and lets text and attributes of the writer pass.
            part.text = None if part.text is None else unescape(part.text)
            part.attrib = {name: value for name, value in part.attrib.items() if name in HARMLESS}
        if _may_be_wide(element):
            element.set("tabindex", "0")
        return ElementTree.tostring(element, encoding="unicode")
    except Exception:
        return f"<code>{escape(latex)}</code>"


def _may_be_wide(element):
    spaced = any("width" in part.attrib for part in element.iter())
    return spaced or len("".join(element.itertext())) > NARROW
