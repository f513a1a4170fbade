"""How a sender's pages look: its accent colour, proven readable on every paper we print on (WCAG 2.2, 1.4.3)."""

import hashlib
import re
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.utils.translation import gettext as _

from preferences.errors import NotAllowed
from preferences.models import Sender

MIN_CONTRAST = 4.5
# What links and buttons stand on: see static/sayso.css.
LIGHT_BACKGROUNDS = ("#ffffff", "#f6f7f8")
DARK_BACKGROUNDS = ("#1b232b", "#12181e")
WHITE, BLACK = "#ffffff", "#000000"
STEPS = 255


@dataclass(frozen=True)
class Colours:
    """An accent and the ink on it, by day and in the dark."""

    accent: str
    ink: str
    dark_accent: str
    dark_ink: str


DEFAULT_COLOURS = Colours("#0b5c6b", WHITE, "#7fd0df", "#06262d")


def colours_of(sender: Sender | None) -> Colours:
    """The sender's colours for pages and letters; Sayso's own where none was chosen."""
    if sender is None or not sender.accent:
        return DEFAULT_COLOURS
    accent = darkened(sender.accent)
    dark = lightened(accent)
    return Colours(accent, ink_on(accent), dark, ink_on(dark))


def check_accent(accent: str) -> str:
    """The colour as it is kept. Raises NotAllowed with the nearest colour that can be read on our pages."""
    accent = accent.lower()
    if is_readable(accent, LIGHT_BACKGROUNDS):
        return accent
    contrast = min(contrast_of(accent, paper) for paper in LIGHT_BACKGROUNDS)
    words = {"accent": accent, "contrast": f"{contrast:.1f}", "least": MIN_CONTRAST, "darker": darkened(accent)}
    raise NotAllowed(
        _(
            "%(accent)s is too light to read on a page: its contrast is %(contrast)s to 1, and at least %(least)s to 1 "
            "is needed. The nearest darker colour that works is %(darker)s."
        )
        % words
    )


def darkened(accent: str) -> str:
    """The colour itself if it can be read on light paper, else the nearest darker one that can."""
    return _towards(BLACK, accent.lower(), LIGHT_BACKGROUNDS)


def lightened(accent: str) -> str:
    """The same for dark paper."""
    return _towards(WHITE, accent.lower(), DARK_BACKGROUNDS)


def ink_on(colour: str) -> str:
    """White or black, whichever is easier to read on it."""
    return max((WHITE, BLACK), key=lambda ink: contrast_of(ink, colour))


def is_readable(colour: str, papers: tuple[str, ...]) -> bool:
    return all(contrast_of(colour, paper) >= MIN_CONTRAST for paper in papers)


def contrast_of(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1 (the same) to 21 (black on white)."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance: how bright a colour is to the eye, from 0 to 1."""
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def stylesheet(sender: Sender | None = None) -> str:
    """The one file that a page loads: ours, then the colours of the sender whose page it is."""
    return _minified_stylesheet() + (_variables(colours_of(sender)) if sender else "")


def stylesheet_digest(sender: Sender | None = None) -> str:
    """Names one version of the stylesheet, so that browsers may keep it for good."""
    return hashlib.sha256(stylesheet(sender).encode()).hexdigest()[:12]


def _variables(of: Colours) -> str:
    day = f":root{{--accent:{of.accent};--accent-ink:{of.ink}}}"
    dark = f":root{{--accent:{of.dark_accent};--accent-ink:{of.dark_ink}}}"
    return f"\n{day}\n@media (prefers-color-scheme: dark){{{dark}}}\n"


@cache
def _minified_stylesheet() -> str:
    """The stylesheet without what only its authors read."""
    written = (settings.ROOT / "static" / "sayso.css").read_text()
    return re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/", "", written, flags=re.DOTALL)).strip()


def _towards(end: str, colour: str, papers: tuple[str, ...]) -> str:
    mixes = (_mixed(colour, end, step / STEPS) for step in range(STEPS + 1))
    return next(mix for mix in mixes if is_readable(mix, papers))


def _mixed(colour: str, end: str, share: float) -> str:
    pairs = zip(_channels(colour), _channels(end), strict=True)
    return "#" + "".join(f"{round(start + (stop - start) * share):02x}" for start, stop in pairs)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
