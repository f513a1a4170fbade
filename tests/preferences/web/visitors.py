"""What recipients do in a browser, for tests."""

import re

from django.conf import settings

from preferences.links import tokens

SELECTS = r"(<select[^>]*>)(.*?)</select>"


def path(url):
    """A link as the test client opens it."""
    return url.removeprefix(settings.BASE_URL)


def open_link(client, url):
    """Open a link from a message and follow it to its page."""
    return client.get(path(url), follow=True)


def filled(response, **answers):
    """The form on a page as the browser would send it back: every input as it stands, then the answers."""
    page = response.content.decode()
    inputs = re.findall(r"<input[^>]*>", page)
    values = {}
    for tag in inputs:
        name, kind = _attribute(tag, "name"), _attribute(tag, "type")
        if kind in ("checkbox", "radio") and " checked" not in tag:
            continue
        if kind not in ("submit", "button"):
            values[name] = _attribute(tag, "value") or ("on" if kind == "checkbox" else "")
    values |= {_attribute(select, "name"): _chosen(options) for select, options in re.findall(SELECTS, page, re.DOTALL)}
    return {name: value for name, value in (values | answers).items() if value is not None}


def _chosen(options):
    """The value of the option that is marked, or else of the first."""
    tags = re.findall(r"<option[^>]*>", options)
    return _attribute(next((tag for tag in tags if " selected" in tag), tags[0]), "value")


def _attribute(tag, name):
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return found[1] if found else ""


def fresh(client, address):
    return open_link(client, tokens.secure_url(address))


def managed(client, address):
    return open_link(client, tokens.preferences_url(address))
