"""How a notebook shows a Cohort: some of its images with their masks outlined, as HTML."""

import base64
import html
import io

import numpy as np
from scipy.ndimage import binary_dilation

TILES = 16
TILE_PIXELS = 96
OUTLINE = (230, 159, 0)  # orange; its luminance stands out from the greys around most lesions


def contact_sheet(cohort):
    """An HTML figure of up to 16 images, evenly spaced through the cohort, with each mask outlined.

    The grey scale is one for all tiles and is written in the caption: the 1st to 99th percentile inside
    the masks, widened by that width on both sides, so that soft tissue keeps its contrast beside air.
    """
    rows = np.unique(np.linspace(0, len(cohort) - 1, min(TILES, len(cohort))).round().astype(int))
    images, masks = cohort.images[rows], cohort.masks[rows]
    low, high = _window(images, masks)
    tiles = [_tile(image, mask, low, high) for image, mask in zip(images, masks, strict=True)]
    across = min(8, len(tiles))
    tiles += [np.full_like(tiles[0], 255)] * (-len(tiles) % across)
    sheet = np.block([[[tile] for tile in tiles[i : i + across]] for i in range(0, len(tiles), across)])

    counts = cohort.truth["diagnosis"].value_counts().sort_index()
    diagnoses = ", ".join(f"{count} {diagnosis}" for diagnosis, count in counts.items())
    height, width = cohort.images.shape[1:]
    unit = cohort.intensity_unit
    what = (
        f"{len(cohort)} images of {len(set(cohort.truth['patient_id']))} patients ({diagnoses}), "
        f"{height} x {width} pixels of {cohort.spacing_mm[0]:.3g} x {cohort.spacing_mm[1]:.3g} mm."
    )
    shown = (
        f"Shown: {len(rows)} of them, grey from {low:.4g} to {high:.4g} {unit}, "
        "each region of interest outlined in orange."
    )
    name, what, shown = (html.escape(text) for text in (cohort.name, what, shown))
    source = html.escape(cohort.provenance)
    return (
        f'<figure style="margin:0"><figcaption><strong>{name}</strong>: {what}<br><small>{source}</small>'
        f'</figcaption><img alt="Contact sheet of {name}. {what} {shown}" '
        f'src="data:image/png;base64,{_png(sheet)}" style="max-width:100%">'
        f"<figcaption><small>{shown}</small></figcaption></figure>"
    )


def _window(images, masks):
    inside_low, inside_high = np.percentile(images[masks], [1, 99])
    width = inside_high - inside_low
    low = max(float(images.min()), float(inside_low - width))
    high = min(float(images.max()), float(inside_high + width))
    return (low, high) if high > low else (float(images.min()), float(images.max()))


def _tile(image, mask, low, high):
    grey = np.clip((image.astype(float) - low) / (high - low), 0, 1) * 255
    zoom = max(1, round(TILE_PIXELS / max(image.shape)))
    step = max(1, round(max(image.shape) / TILE_PIXELS))  # large images are thinned to about a tile
    grey, mask = (np.kron(part[::step, ::step], np.ones((zoom, zoom))) for part in (grey, mask))
    tile = np.repeat(grey[..., None], 3, axis=2).round().astype(np.uint8)
    mask = mask.astype(bool)
    tile[binary_dilation(mask) & ~mask] = OUTLINE
    return np.pad(tile, ((2, 2), (2, 2), (0, 0)), constant_values=255)


def _png(pixels):
    from PIL import Image

    with io.BytesIO() as file:
        Image.fromarray(pixels).save(file, format="PNG", optimize=True)
        return base64.b64encode(file.getvalue()).decode("ascii")
