"""Mails that come back, as other people's programs write them."""

from email.message import EmailMessage

UUID_OF_NOBODY = "5b1f0a0e-3c1f-4b62-9d57-4f3a1b0c2d3e"


def mail(body="", *, sender="Ana <ana@example.org>", to="care@harbour.example", subject="", **headers) -> bytes:
    """A person's mail; further headers by name, with _ for -."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(body)
    return message.as_bytes()


def bounce(returned: bytes, *, status="5.1.1", action="failed", code="smtp; 550 5.1.1 unknown", to="ana@example.org"):
    """A delivery report as Postfix writes it (RFC 3464), with the head of what it returns."""
    return _report(
        "delivery-status",
        b"This is the mail system. Your message could not be delivered.",
        f"""Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
Arrival-Date: Tue, 3 Nov 2026 10:00:00 +0000

Final-Recipient: rfc822; {to}
Action: {action}
Status: {status}
Remote-MTA: dns; mail.example.org
Diagnostic-Code: {code}
""".encode(),
        returned,
    )


def complaint(returned: bytes, *, kind="abuse", recipient="ana@example.org"):
    """A feedback report (RFC 5965), with the head of what it is about."""
    return _report(
        "feedback-report",
        b"This is an email abuse report.",
        f"""Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: <news@harbour.example>
Original-Rcpt-To: <{recipient}>
""".encode(),
        returned,
    )


def _report(kind: str, words: bytes, machine: bytes, returned: bytes) -> bytes:
    head = (
        "From: Mail system <report@mx.example.org>\nTo: news@harbour.example\nSubject: Report\n"
        f'MIME-Version: 1.0\nContent-Type: multipart/report; report-type={kind}; boundary="=_b"\n'
    )
    parts = [
        b"Content-Type: text/plain\n\n" + words,
        machine,
        b"Content-Type: text/rfc822-headers\n\n" + returned.partition(b"\r\n\r\n")[0].replace(b"\r\n", b"\n"),
    ]
    return head.encode() + b"\n" + b"".join(b"--=_b\n" + part + b"\n" for part in parts) + b"--=_b--\n"
