"""What every public page knows, beside what its view tells it."""

from django.http import HttpRequest

from preferences.web import gpc


def privacy_control(request: HttpRequest) -> dict[str, bool]:
    """Whether the browser asks for privacy, and whether that is kept for its owner."""
    return {"gpc": gpc.has_signal(request), "gpc_on_record": gpc.is_on_record(request)}
