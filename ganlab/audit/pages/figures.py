"""The figures on the page of an audit, as PNG inside the page, each with a text that says what it shows."""

import base64
import io

import numpy as np

from ganlab.views.palette import FAKE, REAL

WIDTH = 380  # CSS pixels: legible without scaling on a page of 400
FEATURES_SHOWN = 30
NAMED, LONGEST_ON_AXES = 12, 14  # features whose names stand at a matrix of correlations, and their letters
MARKERS = {"close": ("o", "white"), "undecided": ("s", "#999999"), "different": ("D", "black")}


def marginals_figure(table):
    """Standardized mean differences with their intervals, the furthest features first."""
    shown = table.iloc[:FEATURES_SHOWN][::-1]
    margin = " or ".join(f"{margin:g}" for margin in sorted(set(table["margin"])))
    figure = _figure(4.2, 0.6 + 0.19 * len(shown))
    axes = figure.add_subplot()
    places = np.arange(len(shown))
    finite = np.isfinite(shown[["smd", "smd_low", "smd_high"]]).all(axis=1).to_numpy()
    axes.barh(places, 2 * shown["margin"], 1, -shown["margin"], color="#dddddd", zorder=0)
    axes.axvline(0, color="black", linewidth=0.8)
    for conclusion, (marker, face) in MARKERS.items():
        rows = finite & (shown["conclusion"] == conclusion).to_numpy()
        if not rows.any():
            continue
        some = shown[rows]
        error = [some["smd"] - some["smd_low"], some["smd_high"] - some["smd"]]
        axes.errorbar(
            some["smd"], places[rows], xerr=error, fmt=marker, mfc=face, mec="black", ecolor="black", ms=4,
            elinewidth=0.8, label=conclusion,
        )  # fmt: skip
    axes.set_yticks(places, [_short(name) for name in shown.index], fontsize=6)
    axes.set_ylim(-0.8, len(shown) - 0.2)
    axes.set_xlabel("mean difference, real standard deviations", fontsize=7)
    axes.tick_params(axis="x", labelsize=7)
    if axes.get_legend_handles_labels()[0]:
        figure.legend(fontsize=6, loc="outside upper right", ncols=3)
    counts = ", ".join(f"{count} {word}" for word, count in table["conclusion"].value_counts().items())
    alt = (
        f"Differences of means with 95 % intervals for the {len(shown)} furthest of {len(table)} features, "
        f"against a margin of {margin} real standard deviations. All features: {counts}."
    )
    return _picture(figure, alt, f"Grey: within the margin of {margin}. {alt}", WIDTH)


def distances_figure(ranking):
    """Each candidate's distance from the real cohort with its interval, the first in the ranking on top."""
    figure = _figure(4.2, 0.7 + 0.25 * len(ranking))
    axes = figure.add_subplot()
    places = np.arange(len(ranking))[::-1]
    markers = dict(zip(("accept", "undecided", "reject"), MARKERS.values(), strict=True))
    axes.axvline(0, color="black", linewidth=0.8)
    for verdict, (marker, face) in markers.items():
        rows = (ranking["verdict"] == verdict).to_numpy()
        if rows.any():
            some = ranking[rows]
            error = [some["distance"] - some["low"], some["high"] - some["distance"]]
            axes.errorbar(
                some["distance"], places[rows], xerr=error, fmt=marker, mfc=face, mec="black", ecolor="black",
                ms=5, elinewidth=0.8, label=verdict,
            )  # fmt: skip
    axes.set_yticks(places, [_short(name) for name in ranking.index], fontsize=7)
    axes.set_ylim(-0.6, len(ranking) - 0.4)
    axes.set_xlabel("distance from the real cohort", fontsize=7)
    axes.tick_params(axis="x", labelsize=7)
    figure.legend(fontsize=6, loc="outside upper right", ncols=3)
    said = "; ".join(
        f"{name} {row.distance:.2g} ({row.low:.2g} to {row.high:.2g}), {row.verdict}"
        for name, row in ranking.iterrows()
    )
    caption = "The line at 0: a perfect generator on average."
    return _picture(figure, f"Distances with 95 % intervals: {said}.", caption, WIDTH)


def correlation_figures(report):
    """The matrices of both cohorts and the size of their difference; sequential colours, safe in grey."""
    difference = (report.synthetic - report.real).abs()
    largest, worst = float(difference.to_numpy().max()), report.pairs.iloc[0]
    panels = (
        ("real", report.real, (-1, 1), "Spearman correlations of the real cohort."),
        ("synthetic", report.synthetic, (-1, 1), "Spearman correlations of the synthetic cohort."),
        (
            "difference",
            difference,
            (0, max(0.5, largest)),
            f"Absolute difference of the two, at most {largest:.2g}; the least alike pair is "
            f"{_short(worst['first'])} with {_short(worst['second'])}, {worst['real']:.2f} among the reals "
            f"and {worst['synthetic']:.2f} among the synthetic.",
        ),
    )
    names = [_short(name) for name in difference.index] if len(difference) <= NAMED else []
    if max(map(len, names), default=0) > LONGEST_ON_AXES:  # they would leave no room for the matrix
        key = ", ".join(f"{number} {name}" for number, name in enumerate(names, 1))
        (*first, words), *others = panels
        panels = ((*first, f"{words} Features: {key}."), *others)
        names = list(map(str, range(1, len(names) + 1)))
    pictures = []
    for title, matrix, (low, high), words in panels:
        figure = _figure(3, 2.6)
        axes = figure.add_subplot()
        image = axes.imshow(matrix, vmin=low, vmax=high, cmap="cividis", interpolation="nearest")
        axes.set_title(title, fontsize=8)
        axes.set_xticks(range(len(names)), names, rotation=90)
        axes.set_yticks(range(len(names)), names)
        axes.tick_params(labelsize=5)
        figure.colorbar(image).ax.tick_params(labelsize=6)
        pictures.append(_picture(figure, f"Heat map, {len(matrix)} by {len(matrix)}. {words}", words, 290))
    return pictures


def pair_figure(synthetic, real, masks, words):
    """A synthetic image beside the real one it resembles, with the regions outlined; one grey scale."""
    figure = _figure(2.6, 1.5)
    low, high = np.percentile(np.stack([synthetic, real]), (0.5, 99.5))
    sides = (("synthetic", synthetic, FAKE), ("real", real, REAL))
    for axes, mask, (title, image, colour) in zip(figure.subplots(1, 2), masks, sides, strict=True):
        axes.imshow(
            image, cmap="gray", vmin=low, vmax=high if high > low else low + 1, interpolation="nearest"
        )
        if mask.any() and not mask.all():
            axes.contour(mask, [0.5], colors=[colour], linewidths=0.8)
        axes.set_title(title, fontsize=7)
        axes.set_axis_off()
    return _picture(figure, f"Two images side by side. {words}", words, 250)


def _figure(width, height):
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), dpi=190, layout="constrained")


def _picture(figure, alt, caption, width):
    with io.BytesIO() as file:
        figure.savefig(file, format="png", metadata={"Software": None})
        png = base64.b64encode(file.getvalue()).decode("ascii")
    return {"png": png, "alt": alt, "caption": caption, "width": width}


def _short(name):
    """A feature's name as it fits on an axis; a dollar sign must not start a formula."""
    name = str(name).removeprefix("original_").replace("$", r"\$")
    return name if len(name) <= 42 else f"{name[:41]}…"
