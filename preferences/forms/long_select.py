"""A list of hundreds to choose from, written as tersely as HTML allows: half of a page would be closing tags."""

import re
from typing import Any

from django import forms
from django.utils.safestring import SafeString


class LongSelect(forms.Select):
    def render(self, *args: Any, **kwargs: Any) -> SafeString:
        """An option ends where the next begins; labels are escaped, so no other closing tag can be meant."""
        written = super().render(*args, **kwargs)
        return SafeString(re.sub(r"\s*\n\s*", "\n", written).replace("</option>", ""))
