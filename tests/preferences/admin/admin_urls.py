"""Where the pages of the back office are, for tests."""

from django.urls import reverse


def page(model, name="changelist", *args):
    return reverse(f"admin:preferences_{model}_{name}", args=args)
