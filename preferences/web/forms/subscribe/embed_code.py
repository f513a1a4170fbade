"""A sign-up form for any website: plain HTML, no script. It leads to our own page, where it is checked and sent."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from preferences.models import Channel, ConsentFormVersion
from preferences.web.forms.subscribe.sign_up import SignUpForm


def embed_html(version: ConsentFormVersion) -> str:
    """The form in the language of this version, to be pasted as it is."""
    path = reverse("preferences:consent-form-from-site", args=[version.form.slug], query={"language": version.language})
    with translation.override(version.language):
        form = SignUpForm(sender=version.form.sender, version=version)
        channels = {channel for _topic, _notice, channel in form.boxes.values()}
        words = {
            "version": version,
            "action": settings.BASE_URL + path,
            "offers": [(topic, notice, _boxes(form, topic.pk)) for topic, notice in form.offers],
            "by_email": Channel.EMAIL in channels,
            "by_sms": Channel.SMS in channels,
        }
        return render_to_string("preferences/subscribe/embed_code.html", words).strip() + "\n"


def _boxes(form: SignUpForm, topic_id: int) -> list[tuple[str, object]]:
    boxes = form.boxes.items()
    return [(name, form.fields[name].label) for name, (topic, _notice, _channel) in boxes if topic.pk == topic_id]
