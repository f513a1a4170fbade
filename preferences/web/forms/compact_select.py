"""A list of hundreds to choose from, written as tersely as HTML allows: half of a page would be closing tags."""

import re
from typing import Any

from django import forms
from django.utils.safestring import SafeString

# An option whose value is its label; one without a value means its label (HTML, 4.10.10).
REDUNDANT_MARKUP = re.compile(r'<option value="([^"]+)"( selected)?>\1\n')


class CompactSelect(forms.Select):
    """A select whose options say nothing twice and are closed by the next one."""

    def render(self, *args: Any, **kwargs: Any) -> SafeString:
        """An option ends where the next begins; labels are escaped, so no other closing tag can be meant."""
        written = super().render(*args, **kwargs)
        terse = re.sub(r"\s*\n\s*", "\n", written).replace("</option>", "")
        return SafeString(REDUNDANT_MARKUP.sub(r"<option\2>\1\n", terse))
