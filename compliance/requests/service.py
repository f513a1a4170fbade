"""What people ask about their own data, and what became of it.

A restriction, an objection and a copy are answered on the spot. A deletion waits for a colleague, with a clock;
until then nothing is done with the data, and the person may take it back.

Writes: SubjectRequest.
"""

from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from compliance.models import SubjectRequest
from preferences import audit
from preferences.consent import service as consent
from preferences.consent.evidence import NO_PROOF, Proof
from preferences.contacts import erasure
from preferences.contacts import service as contacts
from preferences.errors import NotAllowed
from preferences.models import Address, Contact, Sender, Source
from preferences.outbox import send_fence
from preferences.outbox import service as outbox
from preferences.rulebook import request_deadlines

RequestKind = SubjectRequest.Kind
RequestStatus = SubjectRequest.Status
ERASED = "–"  # what stands for a reason that may have spoken of the person
COPIES = (RequestKind.ACCESS, RequestKind.PORTABILITY)
ONE_COPY = timedelta(days=1)  # fetched in several pieces within a day, it is one request


@transaction.atomic
def submit(address: Address, kind: str, *, words: str = "", proof: Proof = NO_PROOF) -> SubjectRequest:
    """The owner of this address asks something about their data. One that is open already is the same one."""
    contact = _hold(address)
    if standing := _standing_request(contact, kind):
        return standing
    request = SubjectRequest(contact=contact, address=address, kind=kind, words=words.strip(), due_at=_due(contact))
    audit.save_with_history(request, by=None)
    if kind == RequestKind.DELETION:
        contacts.restrict(contact)
        return request
    if kind == RequestKind.RESTRICTION:
        contacts.restrict(contact)
    elif kind == RequestKind.OBJECTION:
        _opt_out_of_all(contact, proof)
    elif kind not in COPIES:
        raise NotAllowed(_("You can correct your details yourself, on the page that shows them."))
    return _answer(request, RequestStatus.DONE)


@transaction.atomic
def withdraw(request: SubjectRequest, *, address: Address) -> SubjectRequest:
    """The person changed their mind. Harmless twice. Raises NotAllowed for what cannot be taken back any more."""
    contact = _hold(address)
    request = _fresh(request)
    if request.contact_id != contact.pk:
        raise NotAllowed(_("This request belongs to another person."))
    if request.status == RequestStatus.TAKEN_BACK:
        return request
    if not can_be_withdrawn(request):
        raise NotAllowed(_("This request has already been answered. Nothing was changed."))
    if request.kind == RequestKind.RESTRICTION and _open(contact, RequestKind.DELETION).exists():
        raise NotAllowed(_("You asked us to delete your data. Withdraw that request first."))
    _answer(request, RequestStatus.TAKEN_BACK)
    _lift_restriction(request)
    return request


@transaction.atomic
def carry_out(request: SubjectRequest, *, by: User) -> SubjectRequest:
    """A colleague does what was asked. Raises NotAllowed for what is no longer open."""
    contact = _lock(request.contact_id)
    request = _opened(request)
    if request.kind != RequestKind.DELETION:
        raise NotAllowed(
            _("Only deletion requests are carried out by staff. Refuse this one with a reason, or keep it open.")
        )
    _answer(request, RequestStatus.DONE, by=by)
    erasure.erase(contact, by=by)
    clear_request_texts(contact)
    return SubjectRequest.objects.get(pk=request.pk)


@transaction.atomic
def refuse(request: SubjectRequest, *, by: User, because: str) -> SubjectRequest:
    """A colleague says no, with a reason that the person reads. Raises NotAllowed without one."""
    Contact.objects.select_for_update(no_key=True).get(pk=request.contact_id)
    request = _opened(request)
    if not because.strip():
        raise NotAllowed(_("Enter a reason. The person can read it, and may complain about it."))
    _answer(request, RequestStatus.REFUSED, by=by, answer=because.strip())
    _lift_restriction(request)
    return request


@transaction.atomic
def close_for_erased() -> int:
    """People forgotten by another door: what they had asked is answered with it, and their words go too."""
    forgotten = SubjectRequest.objects.filter(contact__erased_at__isnull=False)
    waiting = list(forgotten.filter(status=RequestStatus.OPEN))
    for request in waiting:
        _answer(request, RequestStatus.DONE)
    telling = forgotten.exclude(words="", answer__in=["", ERASED])
    for contact in Contact.objects.filter(pk__in=telling.values("contact")):
        clear_request_texts(contact)
    return len(waiting)


def clear_request_texts(contact: Contact) -> None:
    """The personal part of every request of a person who was forgotten; that they asked, and when, stays."""
    for request in SubjectRequest.objects.filter(contact=contact).exclude(words="", answer__in=["", ERASED]):
        request.words = ""
        request.answer = ERASED if request.answer else ""
        audit.save_with_history(request, by=None)


def can_be_withdrawn(request: SubjectRequest) -> bool:
    """A deletion that nobody carried out yet, and a restriction that stands."""
    if request.kind == RequestKind.RESTRICTION:
        return request.status == RequestStatus.DONE
    return request.kind == RequestKind.DELETION and request.status == RequestStatus.OPEN


def requests_of(contact: Contact) -> QuerySet[SubjectRequest]:
    """Everything this person asked, newest first."""
    return SubjectRequest.objects.filter(contact=contact).order_by("-received_at", "-pk")


def open_requests() -> QuerySet[SubjectRequest]:
    """What waits for a colleague, the most urgent first."""
    return SubjectRequest.objects.filter(status=RequestStatus.OPEN).order_by("due_at")


def _lock(contact_id: int) -> Contact:
    """Their addresses in the order in which senders lock them, then the person."""
    send_fence.lock_addresses(Address.objects.filter(contact=contact_id).values_list("pk", flat=True))
    return Contact.objects.select_for_update(no_key=True).get(pk=contact_id)


def _hold(address: Address) -> Contact:
    contact = _lock(address.contact_id)
    if contact.erased_at:
        raise NotAllowed(_("This person's data was deleted at their request. There is nothing left to request."))
    return contact


def _standing_request(contact: Contact, kind: str) -> SubjectRequest | None:
    """The same request, if it still holds: open, or a restriction in force, or a copy of today."""
    same = requests_of(contact).filter(kind=kind)
    if kind in COPIES:
        return same.filter(received_at__gte=timezone.now() - ONE_COPY).first()
    holds = [RequestStatus.OPEN, RequestStatus.DONE] if kind == RequestKind.RESTRICTION else [RequestStatus.OPEN]
    return same.filter(status__in=holds).first()


def _open(contact: Contact, kind: str) -> QuerySet[SubjectRequest]:
    return requests_of(contact).filter(kind=kind, status=RequestStatus.OPEN)


def _due(contact: Contact):
    return timezone.now() + timedelta(days=request_deadlines.response_days_for(contact))


def _fresh(request: SubjectRequest) -> SubjectRequest:
    return SubjectRequest.objects.select_for_update().get(pk=request.pk)


def _opened(request: SubjectRequest) -> SubjectRequest:
    request = _fresh(request)
    if request.status != RequestStatus.OPEN:
        raise NotAllowed(_("This request is closed: %(status)s.") % {"status": request.get_status_display()})
    return request


def _answer(request: SubjectRequest, status: str, *, by: User | None = None, answer: str = "") -> SubjectRequest:
    request.status, request.answered_at, request.answered_by = status, timezone.now(), by
    request.answer = answer
    audit.save_with_history(request, by=by)
    return request


def _lift_restriction(request: SubjectRequest) -> None:
    """Nothing asks for the restriction any more: go on as before. One that stood before the request stays."""
    contact = Contact.objects.get(pk=request.contact_id)
    wanted = requests_of(contact).filter(kind=RequestKind.RESTRICTION, status=RequestStatus.DONE).exists()
    before = contact.restricted_at and contact.restricted_at < request.received_at
    if not wanted and not (before and request.kind == RequestKind.DELETION):
        contacts.lift_restriction(contact)


def _opt_out_of_all(contact: Contact, proof: Proof) -> None:
    for address in contact.addresses.live().order_by("pk"):
        if sender := outbox.latest_sender(address) or Sender.objects.order_by("pk").first():
            consent.withdraw_all(address, sender=sender, source=Source.PREFERENCES, proof=proof)
