"""What the frame of every page asks for: the stylesheet, the logo, the languages."""

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.safestring import SafeString

from preferences.models import Sender
from preferences.presentation import logos, theme
from preferences.web import languages

register = template.Library()


@register.simple_tag
def stylesheet_url(sender: Sender | None = None) -> str:
    """The sender's own stylesheet, or the plain one: a page loads exactly one."""
    name = f"{sender.slug}-{theme.stylesheet_digest(sender)}" if sender and sender.accent else theme.stylesheet_digest()
    return reverse("preferences:style", args=[name])


@register.simple_tag
def logo_url(sender: Sender) -> str:
    return f"{reverse('preferences:logo', args=[sender.slug])}?v={logos.logo_version(sender)}"


@register.inclusion_tag("preferences/layout/_languages.html", takes_context=True)
def language_menu(context: Context) -> dict[str, object]:
    """The languages to choose from. A page that stands for a broken server asks nothing of it."""
    request = context.get("request")
    if request is None:
        return {}
    return {"choices": languages.language_choices(), "back": languages.return_path(request)}


@register.filter
def with_main_landmark(page: SafeString) -> SafeString:
    """The theme of the admin names no main part of its pages, which screen readers jump to."""
    return SafeString(page.replace('<div id="main"', '<div id="main" role="main"', 1))
