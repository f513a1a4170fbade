"""Publishing the words around the notices: sign-up pages, call scripts, paper forms.

Staff compose a ConsentForm in the admin; what stands on it in one language is published as a version and never
edited. A version names the very notices it shows, so "what did she agree to?" has one answer.

Writes: ConsentForm, ConsentFormVersion.
"""

import hashlib
import json
import re
import unicodedata

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Case, Max, Value, When
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from preferences import audit
from preferences.errors import NotAllowed
from preferences.models import ConsentForm, ConsentFormVersion, Notice, Topic
from preferences.text import lexicons

TEXT_FIELDS = ["title", "intro", "thank_you"]
BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
LOOKS_LIKE_HTML = re.compile(r"<\s*[a-zA-Z/!?]")


@transaction.atomic
def publish(
    form: ConsentForm, *, language: str, title: str, intro: str, thank_you: str, by: User | None = None
) -> ConsentFormVersion:
    """Publish the next version of what this form says. Raises NotAllowed with what is missing."""
    form = ConsentForm.objects.select_for_update(of=["self"]).select_related("sender").get(pk=form.pk)
    version = draft(form, language=language, title=title, intro=intro, thank_you=thank_you)
    latest = form.versions.filter(language=language).aggregate(latest=Max("version"))["latest"]
    version.version, version.published_by = (latest or 0) + 1, by
    version.save()
    return version


def draft(form: ConsentForm, *, language: str, title: str, intro: str, thank_you: str) -> ConsentFormVersion:
    """What would be published, checked and not saved. Raises NotAllowed with what is missing."""
    if form.retired_at:
        raise NotAllowed(_("This form is retired. Make a new one."))
    version = ConsentFormVersion(form=form, language=language, title=_plain_text(title))
    version.intro, version.thank_you = _plain_text(intro), _plain_text(thank_you)
    _refuse_gaps(version)
    _refuse_offers(version)
    notices = _notices(form, language)
    version.notices = [notice.pk for notice in notices]
    version.digest = hashlib.sha256(_full_text(version, notices).encode()).hexdigest()
    return version


@transaction.atomic
def retire(form: ConsentForm, *, by: User | None = None) -> ConsentForm:
    """Nobody is asked on this form any more; what was said on it stands. Harmless twice."""
    form = ConsentForm.objects.select_for_update(of=["self"]).get(pk=form.pk)
    if form.retired_at is None:
        form.retired_at = timezone.now()
        audit.save_with_history(form, by=by)
    return form


def current(form: ConsentForm, language: str) -> ConsentFormVersion | None:
    """What the form says today: in this language, else in English, else in any."""
    preferred = Case(
        When(language=language, then=Value(0)), When(language=settings.LANGUAGE_CODE, then=Value(1)), default=Value(2)
    )
    rows = form.versions.select_related("form__sender")
    return rows.order_by(preferred, "language", "-version").first()


def newest_versions(form: ConsentForm) -> list[ConsentFormVersion]:
    """The version of today in each language there is."""
    rows = sorted(form.versions.all(), key=lambda version: (version.language, version.version))
    return list({version.language: version for version in rows}.values())


def offered_topics(version: ConsentFormVersion) -> list[tuple[Topic, Notice]]:
    """What a stranger may still ask for on it, in its order: topics that were closed since are left out."""
    rows = Notice.objects.filter(pk__in=version.notices, topic__in=Topic.objects.offered()).select_related(
        "topic__sender"
    )
    by_id = {notice.pk: notice for notice in rows}
    return [(by_id[pk].topic, by_id[pk]) for pk in version.notices if pk in by_id]


def is_behind(version: ConsentFormVersion) -> bool:
    """Was a newer notice published since, for any of its topics, or were its topics changed?"""
    spoken = Notice.objects.filter(topic__in=version.form.topics.all(), language=version.language)
    today = {notice.topic_id: notice.pk for notice in spoken.order_by("version").only("topic_id")}
    return set(today.values()) != set(version.notices)


def suggest_texts(form: ConsentForm, language: str) -> dict[str, str]:
    """A first draft of every slot: the words of today in this language, else words of ours."""
    version = form.versions.filter(language=language).order_by("-version").first()
    if version:
        return {"language": language} | {slot: getattr(version, slot) for slot in TEXT_FIELDS}
    with translation.override(language):
        return {
            "language": language,
            "title": _("Messages from %(name)s") % {"name": form.sender.name},
            "intro": _("Choose what you would like to hear about, and how. You can unsubscribe at any time."),
            "thank_you": _("Thank you. One more step: please confirm in the message we have just sent you."),
        }


def _plain_text(words: str) -> str:
    """Plain text with paragraphs. Raises NotAllowed for what would show or hide something else."""
    words = words.replace("\r\n", "\n").replace("\r", "\n").strip()
    if LOOKS_LIKE_HTML.search(words):
        raise NotAllowed(
            _("Use plain text: recipients would see HTML code as it is. A blank line starts a new paragraph.")
        )
    if any(_is_hidden(character) for character in words):
        raise NotAllowed(_("The text contains invisible control characters. Type it again instead of pasting it."))
    return words


def _is_hidden(character: str) -> bool:
    return character in BIDI_CONTROLS or (unicodedata.category(character) == "Cc" and character not in "\n\t")


def _refuse_gaps(version: ConsentFormVersion) -> None:
    fields = {field.name: field for field in version._meta.fields if field.name in TEXT_FIELDS}
    if empty := [str(fields[slot].verbose_name) for slot in TEXT_FIELDS if not getattr(version, slot)]:
        raise NotAllowed(_("This cannot be published: fill in %(slots)s.") % {"slots": ", ".join(empty)})
    if "\n" in version.title:
        raise NotAllowed(_("Write the title on one line."))
    for slot, field in fields.items():
        if len(getattr(version, slot)) > (field.max_length or 0):
            words = {"slot": field.verbose_name, "most": field.max_length}
            raise NotAllowed(_("Too long: %(slot)s can have up to %(most)s characters.") % words)


def _refuse_offers(version: ConsentFormVersion) -> None:
    """What confirms must not sell: with an offer in it, it would be advertising (CTIA 5.1)."""
    if sold := lexicons.offer_phrases(version.thank_you):
        words = {"words": ", ".join(sold)}
        raise NotAllowed(
            _("The thank-you message must only confirm; it must not promote anything. Remove: %(words)s.") % words
        )


def _notices(form: ConsentForm, language: str) -> list[Notice]:
    topics = list(form.topics.order_by("name", "pk"))
    if not topics:
        raise NotAllowed(_("This cannot be published: choose at least one topic."))
    return [_notice_or_refuse(form, topic, language) for topic in topics]


def _notice_or_refuse(form: ConsentForm, topic: Topic, language: str) -> Notice:
    """The notice to ask with. Raises NotAllowed while nobody may be asked about this topic here."""
    words = {"topic": topic.name, "sender": form.sender.name}
    if topic.sender_id != form.sender_id:
        raise NotAllowed(_("%(topic)s is not a topic of %(sender)s. Remove it, then publish.") % words)
    if topic.retired_at:
        raise NotAllowed(_("%(topic)s is retired. Remove it, then publish.") % words)
    if form.kind == ConsentForm.Kind.PAGE and not topic.is_public:
        raise NotAllowed(_("%(topic)s is not public, so no page may offer it. Remove it, then publish.") % words)
    if notice := _notice(topic, language):
        return notice
    raise NotAllowed(
        _("%(topic)s has no consent wording in this language yet. Publish its consent wording first, then this form.")
        % words
    )


def _notice(topic: Topic, language: str) -> Notice | None:
    return Notice.objects.filter(topic=topic, language=language).order_by("-version").first()


def _full_text(version: ConsentFormVersion, notices: list[Notice]) -> str:
    """The whole text, with each notice by its own digest, so that no two texts are written alike."""
    about = [version.form.slug, version.language, version.title, version.intro, version.thank_you]
    return json.dumps([*about, *(notice.digest for notice in notices)], ensure_ascii=False)
