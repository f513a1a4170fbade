"""Links that open beside the demo inbox, in what we show of mails and texts."""

import re

from django.utils.html import urlize
from django.utils.safestring import SafeString, mark_safe

LINK = re.compile(r"<a(?=\s)", re.IGNORECASE)
NEW_TAB = '<a target="_blank" rel="noopener"'


def in_new_tab(html: str) -> str:
    """The same page with every link opening beside it; a browser keeps the first of two attributes."""
    return LINK.sub(NEW_TAB, html)


def with_links(text: str) -> SafeString:
    """Plain text, escaped, its addresses clickable."""
    return mark_safe(in_new_tab(urlize(text, autoescape=True)))  # noqa: S308 urlize has escaped it
