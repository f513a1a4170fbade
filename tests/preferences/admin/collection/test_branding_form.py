"""How a sender's pages look: what staff see while they choose."""

from tests import factories
from tests.preferences.admin.admin_urls import page
from tests.preferences.presentation import pictures
from tests.preferences.presentation.test_logos import change, upload


def test_staff_see_the_logo_and_the_colours(administrator, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    sender = factories.SenderFactory()
    change(sender, logo=upload(pictures.png())).save()

    shown = administrator.get(page("sender", "change", sender.pk)).content.decode()

    assert f"/logo/{sender.slug}/?v=" in shown
    assert "Light mode: #0b5c6b" in shown
