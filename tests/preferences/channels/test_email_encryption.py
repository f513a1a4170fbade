"""Mail on its way to the relay: encrypted when asked, to a server that proves its name, after logging in."""

import ssl

import pytest

from preferences.channels import connection as channels
from preferences.channels import email
from preferences.channels.outcomes import Result
from preferences.codes.send_details import SendDetail
from tests.sinks import MailSink, ScriptedMailServer, drop, hang

MAIL = email.Mail("news@clinic.example", "ana@example.org", b"Message-ID: <1@clinic.example>\r\n\r\nHello\r\n")
LARGE = email.Mail(MAIL.sender, MAIL.to, MAIL.content + b"0123456789abcdef\r\n" * 500_000)
LOGIN = {"EMAIL_HOST_USER": "clinic", "EMAIL_HOST_PASSWORD": "secret"}


@pytest.fixture(autouse=True)
def short_waits(settings):
    settings.SEND_FENCE_SECONDS = 0.5
    settings.EMAIL_TIMEOUT = 0.25


@pytest.fixture
def scripted(settings):
    with ScriptedMailServer() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.host, server.port
        yield lambda script: server.script.update(script) or server


@pytest.fixture
def server_tls(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    return context


def send(parcel=MAIL):
    with channels.connect("email") as connection:
        return connection.send(parcel)


def test_a_server_without_starttls_gets_nothing_when_encryption_is_asked(scripted, settings):
    settings.EMAIL_USE_TLS = True
    server = scripted({"EHLO": "250-sink\n250 SIZE 1000"})

    outcome = send()

    assert outcome.result == Result.TRY_LATER
    assert outcome.detail == SendDetail.NO_STARTTLS
    assert [line.split()[0] for line in server.said] == ["ehlo"]


@pytest.mark.parametrize("service_message", ["454 not now", "554 never", "220 go\n250 sneaked in", drop, hang])
def test_a_failing_starttls_gets_nothing(scripted, settings, service_message):
    settings.EMAIL_USE_TLS = True
    server = scripted({"EHLO": "250-sink\n250 STARTTLS", "STARTTLS": service_message})

    assert send().result == Result.TRY_LATER
    assert server.accepted == []


def test_mail_goes_out_encrypted_after_starttls(settings, server_tls, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
    with MailSink(options={"tls_context": server_tls, "require_starttls": True}) as sink:
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = sink.host, sink.port, True
        settings.SEND_FENCE_SECONDS, settings.EMAIL_TIMEOUT = 10, 5

        outcomes = [send(), send(LARGE)]

    assert [outcome.result for outcome in outcomes] == [Result.SENT, Result.SENT]


def test_mail_goes_out_over_a_connection_encrypted_from_the_start(settings, server_tls, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
    with MailSink(options={"ssl_context": server_tls}) as sink:
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_SSL = sink.host, sink.port, True
        settings.SEND_FENCE_SECONDS, settings.EMAIL_TIMEOUT = 10, 5

        outcome = send()

    assert outcome.result == Result.SENT


def test_a_server_that_cannot_prove_its_name_gets_nothing(settings, server_tls):
    with MailSink(options={"tls_context": server_tls}) as sink:
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = sink.host, sink.port, True

        outcome = send()

    assert (outcome.result, sink.messages) == (Result.TRY_LATER, [])
    assert "certificate" in outcome.detail


@pytest.mark.parametrize("service_message", ["535 wrong password", "454 later", drop])
def test_a_failing_login_is_about_us_and_not_about_the_recipient(scripted, settings, service_message):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = LOGIN.values()
    server = scripted({"EHLO": "250-sink\n250 AUTH PLAIN", "AUTH": service_message})

    assert send().result == Result.TRY_LATER
    assert server.accepted == []


def test_the_login_of_the_settings_is_used(scripted, settings):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = LOGIN.values()
    server = scripted({"EHLO": "250-sink\n250 AUTH PLAIN", "AUTH": "235 welcome"})

    assert send().result == Result.SENT
    assert "AUTH PLAIN AGNsaW5pYwBzZWNyZXQ=" in server.said
