"""Views of many games: the data as given, frames where a mode is lost, nothing drawn of what cannot be."""

import io

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from ganlab.views import (
    plot_games,
    plot_mode_shares,
    plot_precision_and_recall,
    plot_rates,
)
from ganlab.views.palette import DISCRIMINATOR

POINTS = np.array([[[0.0, 1.0], [1.0, -1.0]], [[0.5, 0.5], [9.0, 0.0]]])  # two games; one point is far out
IMAGES = np.linspace(0, 1, 5 * 2 * 4 * 4).reshape(5, 2, 4, 4)
SHARES = np.array([[0.5, 0.5, 0.0], [1.0, 0.0, 0.0]])
STEPS, PRECISION, RECALL = [10, 20], np.array([[0.5, 0.9], [0.7, 0.7]]), np.array([[0.1, 0.2], [0.3, 0.6]])
VIEWS = {
    "games": lambda axes: plot_games(POINTS, axes, reach=2, lost=[False, True]),
    "images": lambda axes: plot_games(IMAGES, axes, lost=[True] + [False] * 4),
    "shares": lambda axes: plot_mode_shares(SHARES, axes),
    "over training": lambda axes: plot_precision_and_recall(STEPS, PRECISION, RECALL, axes, here=20),
    "rates": lambda axes: plot_rates(
        ["a", "b"], [0.5, 1.0], [[0.3, 0.7], [0.8, 1.0]], axes, here=1, quantity="pack"
    ),
}


@pytest.fixture
def axes():
    return Figure().subplots()


@pytest.mark.parametrize("draw", VIEWS.values(), ids=VIEWS)
def test_a_view_returns_the_axes_it_was_given_labelled_and_drawn_on(draw, axes):
    assert isinstance(axes, Axes)
    assert draw(axes) is axes
    assert axes.get_xlabel()
    assert axes.get_ylabel()
    assert axes.lines or axes.images
    axes.figure.savefig(io.BytesIO(), format="png")


def frames(axes):
    return [patch for patch in axes.patches if to_hex(patch.get_edgecolor()) == DISCRIMINATOR]


@pytest.mark.parametrize(("name", "corner"), [("games", (4, 0)), ("images", (0, 6))])
def test_only_the_tile_of_a_game_that_lost_a_mode_has_a_black_frame(name, corner, axes):
    """Tiles are filled row by row from the top left; the first of five sits above the fifth."""
    VIEWS[name](axes)
    (frame,) = frames(axes)
    np.testing.assert_allclose(frame.get_xy(), corner, atol=0.2)


def test_every_game_is_drawn_in_its_own_tile_and_points_outside_it_are_left_out(axes):
    VIEWS["games"](axes)
    (drawn,) = axes.lines
    # Tiles are 4 wide, their middles at (2, 2) and (6, 2).
    np.testing.assert_allclose(drawn.get_xydata(), [[2, 3], [3, 1], [6.5, 2.5]])
    assert (axes.get_xlim(), axes.get_ylim()) == ((0, 8), (0, 4))


def test_centres_are_drawn_in_every_tile(axes):
    plot_games(POINTS, axes, reach=2, lost=[False, True], centres=[[0.0, 0.0], [1.0, 0.0]])
    np.testing.assert_allclose(axes.lines[0].get_xydata(), [[2, 2], [3, 2], [6, 2], [7, 2]])


def test_the_images_of_a_game_stand_side_by_side(axes):
    VIEWS["images"](axes)
    assert len(axes.images) == 5
    np.testing.assert_allclose(axes.images[2].get_array(), np.hstack(IMAGES[2]))
    assert axes.images[0].get_extent() == [1, 9, 7, 11]  # above the fifth


def test_a_mode_is_as_dark_as_it_is_frequent_beside_what_is_expected(axes):
    VIEWS["shares"](axes)
    np.testing.assert_allclose(axes.images[0].get_array(), 3 * SHARES)
    axes.clear()
    plot_mode_shares(SHARES, axes, names=["x", "y", "z"], expected=[0.5, 0.25, 0.25])
    np.testing.assert_allclose(axes.images[0].get_array(), [[1, 2, 0], [2, 0, 0]])
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["x", "y", "z"]


def test_both_shares_are_drawn_game_by_game_and_their_means_on_top(axes):
    VIEWS["over training"](axes)
    thick = {line.get_label(): line.get_ydata() for line in axes.lines if line.get_linewidth() > 2}
    np.testing.assert_allclose(thick["precision"], [0.6, 0.8])
    np.testing.assert_allclose(thick["recall"], [0.2, 0.4])
    thin = [line.get_ydata() for line in axes.lines if line.get_linewidth() < 0.9]
    np.testing.assert_allclose(thin, [*PRECISION, *RECALL])
    assert axes.lines[-1].get_xdata()[0] == 20


def test_rates_are_drawn_in_percent_with_their_intervals_and_the_present_one_marked(axes):
    VIEWS["rates"](axes)
    np.testing.assert_allclose(axes.lines[0].get_ydata(), [50, 100])
    bars = [path.vertices[:, 1] for path in axes.collections[0].get_paths()]
    np.testing.assert_allclose(bars, [[30, 70], [80, 100]])
    marked = [line for line in axes.lines if line.get_marker() == "D"]
    np.testing.assert_allclose(marked[0].get_xydata(), [[1, 100]])
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["a", "b"]


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (
            lambda a: plot_games(POINTS[0], a, reach=2, lost=[False]),
            r"points, shape \(games, n, 2\), or images.* got \(2, 2\)",
        ),
        (lambda a: plot_games(POINTS, a, reach=0, lost=[False, True]), "reach must be a finite number"),
        (
            lambda a: plot_games(POINTS, a, reach=2, lost=[False]),
            "lost and the games must have the same shape",
        ),
        (lambda a: plot_games(POINTS * np.nan, a, reach=2, lost=[0, 1]), "samples must be finite"),
        (
            lambda a: plot_games(IMAGES[0], a, lost=[0, 1]),
            r"images, shape .*height, .* got \(2, 4, 4\)",
        ),
        (lambda a: plot_games(2 * IMAGES, a, lost=[0] * 5), "samples must hold"),
        (lambda a: plot_mode_shares(SHARES[0], a), r"shares must have shape \(games, modes\)"),
        (lambda a: plot_mode_shares(SHARES, a, expected=[0.5, 0.5]), r"expected must have shape \(3,\)"),
        (lambda a: plot_precision_and_recall([1], PRECISION, RECALL, a), r"precision must have shape"),
        (lambda a: plot_precision_and_recall(STEPS, PRECISION, 2 * RECALL, a), "recall must hold"),
        (
            lambda a: plot_rates(["a"], [0.5, 0.5], [[0, 1]], a, here=0, quantity="pack"),
            "labels, rates and intervals must have",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused_and_nothing_is_drawn(draw, message, axes):
    with pytest.raises(ValueError, match=message):
        draw(axes)
    assert not axes.lines
    assert not axes.images
