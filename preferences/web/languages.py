"""Which language a page speaks: what was chosen on a page, else the contact's, the link's, the browser's, English."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme

YEAR = 365 * 24 * 60 * 60
QUERY_PARAMETER = "language"
MAX_RETURN_PATH_LENGTH = 2000


@dataclass(frozen=True)
class LanguageChoice:
    """One language as the switch at the foot of a page offers it, named in itself."""

    code: str
    name: str
    is_current: bool


def language_choices() -> list[LanguageChoice]:
    current = translation.get_language()
    return [LanguageChoice(code, name, code == current) for code, name in settings.LANGUAGES]


def activate_language(request: HttpRequest, *, contact: str = "") -> None:
    """Speak to whoever looks at this page; `contact` is the language we know of them, if a link says who they are."""
    translation.activate(
        _chosen_language(request)
        or contact
        or _link_language(request)
        or translation.get_language_from_request(request)
    )


def remember_language(response: HttpResponse, name: str) -> None:
    """Remember what was chosen on a page, by its name. Whatever is no language of ours changes nothing."""
    chosen = [code for code, own_name in settings.LANGUAGES if own_name == name]
    if not chosen:
        return
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen[0],
        max_age=YEAR,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def carry_language(request: HttpRequest, response: HttpResponseBase) -> None:
    """A page that a link asked for in a language leads on in that language, and nothing is stored for it."""
    target = response.get("Location", "")
    if (language := _link_language(request)) and is_local_path(target):
        response["Location"] = _with_language(target, language)


def is_local_path(target: str) -> bool:
    """Is this a path on this site, and nothing that a browser could take for another one?"""
    return (
        len(target) <= MAX_RETURN_PATH_LENGTH
        and target.startswith("/")
        and target.isprintable()
        and url_has_allowed_host_and_scheme(target, allowed_hosts=None)
    )


def return_path(request: HttpRequest) -> str:
    """This page without the language that its link asked for: where choosing another one leads back to."""
    return _with_language(request.get_full_path(), "")


def _with_language(target: str, language: str) -> str:
    parts = urlsplit(target)
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != QUERY_PARAMETER]
    return urlunsplit(parts._replace(query=urlencode([*query, *([(QUERY_PARAMETER, language)] if language else [])])))


def _chosen_language(request: HttpRequest) -> str:
    return _supported_language(request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""))


def _link_language(request: HttpRequest) -> str:
    return _supported_language(request.GET.get(QUERY_PARAMETER, ""))


def _supported_language(language: str) -> str:
    return language if language in dict(settings.LANGUAGES) else ""
