"""Where a consent event came from: one row for each source, with everything that is said or decided by it."""

from dataclasses import dataclass
from enum import StrEnum, auto

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

THE_PERSON = _("The person")
YOU = _("you")
UNKNOWN_ACTOR = _("you, or someone who opened a link in a message to you")
PII_PRINCIPAL = "pii-principal"


class SourceKind(StrEnum):
    """How a source reaches us, which decides how far its word goes."""

    PUBLIC_PAGE = auto()
    PERSONAL_LINK = auto()
    UNSUBSCRIBE_LINK = auto()
    REPLY = auto()
    STAFF = auto()
    FILE = auto()
    PROVIDER = auto()
    SYSTEM = auto()


@dataclass(frozen=True)
class SourceTraits:
    """The part of a source's row that is not its code or its label in the admin.

    `place`, `actor`, `change_actor` and `agreement` are told to the person: where it was said, who said it, who made a
    change (as far as we can tell), and how they agreed ("" has the general sentence). `staff_actor` is told to staff.
    `receipt_entity` is the entity_id of ISO/IEC TS 27560. `proves_holder`: only whoever holds the address can use it,
    so it may undo the person's own opt-out.
    """

    kind: SourceKind
    place: str | Promise
    change_actor: str | Promise
    actor: str | Promise = YOU
    staff_actor: str | Promise = THE_PERSON
    receipt_entity: str = PII_PRINCIPAL
    agreement: str | Promise = ""
    proves_holder: bool = False


class Source(models.TextChoices):
    """Where a consent event came from: its code as stored, its traits, its label for staff."""

    traits: SourceTraits

    def __new__(cls, code: str, *row: SourceTraits) -> "Source":
        member = str.__new__(cls, code)
        member._value_ = code
        (member.traits,) = row
        return member

    SIGN_UP = (
        "sign_up",
        SourceTraits(
            SourceKind.PUBLIC_PAGE,
            place=_("on the sign-up page"),
            actor=_("someone who entered this address; only the confirmation shows that it was you"),
            change_actor=_("someone who entered this address on our sign-up page"),
            agreement=_("You agreed on %(day)s, by ticking a box on the sign-up page."),
        ),
        _("Sign-up page"),
    )
    CONFIRM = (
        "confirm",
        SourceTraits(
            SourceKind.PERSONAL_LINK,
            place=_("in a message that asked you to confirm"),
            change_actor=UNKNOWN_ACTOR,
            agreement=_("You agreed on %(day)s, by ticking a box on the sign-up page and confirming it."),
            proves_holder=True,
        ),
        _("Confirmation link"),
    )
    PREFERENCES = (
        "preferences",
        SourceTraits(
            SourceKind.PERSONAL_LINK,
            place=_("on your preferences page"),
            change_actor=UNKNOWN_ACTOR,
            agreement=_("You agreed on %(day)s, by ticking a box on this page."),
            proves_holder=True,
        ),
        _("Preferences page"),
    )
    UNSUBSCRIBE_PAGE = (
        "leave",
        SourceTraits(SourceKind.UNSUBSCRIBE_LINK, place=_("on the unsubscribe page"), change_actor=UNKNOWN_ACTOR),
        _("Unsubscribe page"),
    )
    ONE_CLICK = (
        "one_click",
        SourceTraits(
            SourceKind.UNSUBSCRIBE_LINK,
            place=_("with the unsubscribe button in an email program"),
            change_actor=UNKNOWN_ACTOR,
        ),
        _("One-click unsubscribe"),
    )
    SMS = (
        "text",
        SourceTraits(
            SourceKind.REPLY,
            place=_("in a text message"),
            change_actor=_("you, by a text message"),
            agreement=_("You agreed on %(day)s, by text message."),
            proves_holder=True,
        ),
        _("Text message"),
    )
    EMAIL = (
        "mail",
        SourceTraits(
            SourceKind.REPLY,
            place=_("in an email to us"),
            change_actor=_("you, by email"),
            agreement=_("You agreed on %(day)s, by email."),
        ),
        _("Email"),
    )
    UNDO = (
        "undo",
        SourceTraits(
            SourceKind.PERSONAL_LINK,
            place=_("with an undo link"),
            change_actor=UNKNOWN_ACTOR,
            agreement=_("You subscribed again on %(day)s, by undoing a change."),
            proves_holder=True,
        ),
        _("Undo link"),
    )
    STAFF = (
        "staff",
        SourceTraits(
            SourceKind.STAFF,
            place=_("given verbally or in writing, and recorded by our staff"),
            actor=_("one of our staff, for you"),
            change_actor=_("our staff"),
            receipt_entity="pii-controller-staff",
        ),
        _("Staff"),
    )
    IMPORT = (
        "import",
        SourceTraits(
            SourceKind.FILE,
            place=_("in an imported list of people who had agreed"),
            actor=_("one of our staff, from an imported file"),
            change_actor=_("our staff, from a list of people who agreed"),
            staff_actor=_("Import"),
            receipt_entity="pii-controller-file",
        ),
        _("Import"),
    )
    PROVIDER = (
        "provider",
        SourceTraits(
            SourceKind.PROVIDER,
            place=_("reported by your email or phone provider"),
            actor=_("your provider, because you reported a message as spam"),
            change_actor=_("your email or phone provider"),
            staff_actor=_("Provider"),
            receipt_entity="pii-processor",
        ),
        _("Provider report"),
    )
    SYSTEM = (
        "system",
        SourceTraits(
            SourceKind.SYSTEM,
            place=_("automatically, on the due date"),
            actor=_("our system, on the due date"),
            change_actor=_("our system"),
            staff_actor="Sayso",
            receipt_entity="pii-controller-system",
        ),
        _("Sayso (automatic)"),
    )

    @classmethod
    def of_kind(cls, *kinds: SourceKind) -> frozenset["Source"]:
        """All sources that reach us in one of these ways."""
        return frozenset(source for source in cls if source.traits.kind in kinds)


OWN_ACTS = frozenset(source for source in Source if source.traits.proves_holder)
RECORDED_BY_STAFF = Source.of_kind(SourceKind.STAFF, SourceKind.FILE)
# Nobody said it to us: it came from a file or a provider, or the system did it on the due date.
NOT_SAID_TO_US = Source.of_kind(SourceKind.FILE, SourceKind.PROVIDER, SourceKind.SYSTEM)
