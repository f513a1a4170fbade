"""Parts of a form's layout. Names that staff typed reach a page only as context of a template of ours."""

from collections.abc import Iterable
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Hidden, Layout
from django.forms import Form
from django.template import Context
from django.template.loader import render_to_string
from django.utils.crypto import salted_hmac

from preferences.models import Notice
from preferences.web.link_holder import LinkHolder


class TemplatePart:
    """A template of ours between the fields."""

    def __init__(self, template: str, **words: Any) -> None:
        self.template, self.words = template, words

    def render(self, form: Form, context: Context, template_pack: str = "", **kwargs: Any) -> str:
        return render_to_string(self.template, {"form": form, **self.words})


class FieldGroup(Div):
    """Fields within a template of ours, which finds them as {{ fields }} and the words as div.words."""

    def __init__(self, template: str, *fields: Any, **words: Any) -> None:
        super().__init__(*fields, template=template)
        self.words = words


def form_helper(*parts: Any, action: str = "", visitor: LinkHolder | None = None) -> FormHelper:
    """The layout of one form; on a personal page it says whom the page was made for."""
    form = FormHelper()
    form.form_action = action
    form.attrs = {"novalidate": ""}
    page_binding = [Hidden("for", visitor.page_binding)] if visitor else []
    form.layout = Layout(*page_binding, *parts)
    return form


def notices_fingerprint(notices: Iterable[Notice]) -> str:
    """Which words a page showed. If they are others by now, the person has to see them first."""
    shown = ",".join(f"{notice.topic_id}:{notice.pk}" for notice in sorted(notices, key=lambda notice: notice.topic_id))
    return salted_hmac("sayso.words", shown, algorithm="sha256").hexdigest()[:32]
