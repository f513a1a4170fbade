"""How a sender's pages look, as staff choose it: only what everybody can read, and only real pictures."""

from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models.fields.files import FieldFile
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminFileFieldWidget

from preferences.errors import NotAllowed
from preferences.models import Sender
from preferences.presentation import logos, theme
from preferences.templatetags import branding


class StoredLogo:
    """A logo as the form shows it: its name, and where the picture is."""

    def __init__(self, logo: FieldFile) -> None:
        self.name, self.url = str(logo.name), branding.logo_url(cast(Sender, logo.instance))

    def __str__(self) -> str:
        return self.name


class LogoWidget(UnfoldAdminFileFieldWidget):
    """Files of ours have no address of their own: the link leads to the page that serves the logo."""

    def is_initial(self, value: Any) -> bool:
        return bool(value)

    def format_value(self, value: Any) -> StoredLogo | None:
        return StoredLogo(value) if isinstance(value, FieldFile) and value else None


class SenderForm(forms.ModelForm):
    class Meta:
        model = Sender
        fields = ["accent", "logo"]  # and whatever the page shows besides
        widgets = {"logo": LogoWidget({"accept": "image/*"})}

    def clean_accent(self) -> str:
        accent = self.cleaned_data["accent"]
        Sender._meta.get_field("accent").clean(accent, self.instance)
        try:
            return theme.check_accent(accent) if accent else ""
        except NotAllowed as refusal:
            raise forms.ValidationError(str(refusal)) from refusal

    def clean_logo(self) -> Any:
        """A new file is named after what it is; what it was called stays with whoever sent it."""
        logo = self.cleaned_data["logo"]
        if not isinstance(logo, UploadedFile):
            return logo
        try:
            picture = logos.parse_logo(logo.read(logos.MAX_BYTES + 1))
        except NotAllowed as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        logo.seek(0)
        logo.name = f"logo.{picture.ending}"
        return logo


def colour_swatches(sender: Sender) -> SafeString:
    """The colours of the sender's pages with the ink on them, by day and in the dark."""
    of = theme.colours_of(sender)
    return format_html(
        '<span style="display:inline-block;margin:.2rem 0;background:{};color:{};padding:.4rem .8rem">{} {}</span> '
        '<span style="display:inline-block;margin:.2rem 0;background:{};color:{};padding:.4rem .8rem">{} {}</span>',
        *(of.accent, of.ink, _("Light mode:"), of.accent),
        *(of.dark_accent, of.dark_ink, _("Dark mode:"), of.dark_accent),
    )
