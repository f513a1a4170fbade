"""A logo is taken for what it is, whatever it is called, and served as nothing else."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms.models import model_to_dict

from preferences.admin.collection.branding_form import SenderForm
from preferences.errors import NotAllowed
from preferences.presentation import logos
from tests import factories
from tests.preferences.presentation import pictures

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture
def sender(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return factories.SenderFactory()


def change(sender, **fields):
    """The part of the sender's page that is about looks, filled in."""
    files = {name: value for name, value in fields.items() if isinstance(value, SimpleUploadedFile)}
    return SenderForm(model_to_dict(sender, exclude=["logo"]) | fields, files, instance=sender)


def upload(data, name="logo.png", media_type="image/png"):
    return SimpleUploadedFile(name, data, content_type=media_type)


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (pictures.png(120, 40), "image/png"),
        (pictures.jpeg(120, 40), "image/jpeg"),
        (pictures.webp(120, 40), "image/webp"),
        (pictures.webp_lossy(120, 40), "image/webp"),
        (pictures.webp_extended(120, 40), "image/webp"),
    ],
)
def test_three_formats_are_taken_by_their_content(data, media_type):
    picture = logos.parse_logo(data)

    assert (picture.media_type, picture.width, picture.height) == (media_type, 120, 40)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a" + b"\0" * 50,
        SVG,
        b"<html><script>alert(1)</script>",
        pictures.png()[:-20],
        pictures.png() + SVG,
        pictures.png().replace(b"IDAT", b"IDOT"),
        pictures.png()[:8],
        pictures.jpeg() + SVG,
        pictures.jpeg()[:4],
        b"\xff\xd8\xff\xe0\0\0" + b"\0" * 20 + b"\xff\xd9",
        pictures.webp() + SVG,
        pictures.webp()[:16],
        b"\x89PNG\r\n\x1a\n" + b"\xff" * 30,
    ],
)
def test_anything_else_is_refused_with_a_sentence(data):
    with pytest.raises(NotAllowed, match="PNG, JPEG or WebP"):
        logos.parse_logo(data)


@pytest.mark.parametrize("size", [(1, 1), (15, 48), (48, 2001)])
def test_a_logo_has_a_sensible_size(size):
    with pytest.raises(NotAllowed, match="between 16 and 2000"):
        logos.parse_logo(pictures.png(*size))


def test_a_heavy_file_is_refused(sender):
    form = change(sender, logo=upload(pictures.png() + b"\0" * 20_001))

    assert "larger than 20 kB" in str(form.errors["logo"])


def test_a_file_is_named_after_what_it_is(sender):
    form = change(sender, logo=upload(pictures.webp(), "../../evil.html", "text/html"))

    assert form.is_valid(), form.errors
    assert form.save().logo.name == "logos/logo.webp"


def test_a_picture_by_name_alone_is_refused(sender):
    form = change(sender, logo=upload(SVG, "logo.png"))

    assert "PNG, JPEG or WebP" in str(form.errors["logo"])


def test_the_logo_is_served_as_what_it_is_and_kept_by_browsers(client, sender):
    change(sender, logo=upload(pictures.webp(), "logo.html")).save()

    answer = client.get(f"/logo/{sender.slug}/?v={logos.logo_version(sender)}")

    assert answer.content == pictures.webp()
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/webp", "nosniff")
    assert "immutable" in answer["Cache-Control"]


def test_another_logo_has_another_address(sender):
    change(sender, logo=upload(pictures.png())).save()
    before = logos.logo_version(sender)

    change(sender, logo=upload(pictures.png(64, 64))).save()

    assert logos.logo_version(sender) != before


def test_a_file_that_is_no_picture_is_not_served_even_if_it_lies_there(client, sender):
    sender.logo.save("logo.png", SimpleUploadedFile("logo.png", SVG))

    assert client.get(f"/logo/{sender.slug}/").status_code == 404


def test_a_lost_file_and_no_file_are_not_found(client, sender):
    assert client.get(f"/logo/{sender.slug}/").status_code == 404

    sender.logo = "logos/gone.png"
    sender.save()

    assert client.get(f"/logo/{sender.slug}/").status_code == 404


def test_the_page_shows_the_logo_with_the_name_as_its_text(client, sender):
    topic = factories.TopicFactory(sender=sender)
    change(sender, logo=upload(pictures.png())).save()

    page = client.get(f"/sign-up/{topic.sender.slug}/").content.decode()

    assert f'<img src="/logo/{sender.slug}/?v={logos.logo_version(sender)}" alt="{sender.name}">' in page


def test_staff_may_take_the_logo_away(sender):
    change(sender, logo=upload(pictures.png())).save()
    form = change(sender, **{"logo-clear": "on"})

    assert form.is_valid(), form.errors
    assert not form.save().logo
