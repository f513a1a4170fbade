"""Catch all mail and texts of this machine for the demo inbox."""

import signal
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand

from config.demo import smtp_sink


class Command(BaseCommand):
    help = "Runs the demo's SMTP and SMS servers; what they receive is shown in the demo inbox."

    def handle(self, *args: Any, **options: Any) -> None:
        mail = smtp_sink.smtp_sink_server(settings.EMAIL_PORT)
        texts = smtp_sink.sms_sink_server(urlsplit(settings.SMS_PROVIDER_URL).port or 80)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        mail.start()
        try:
            texts.serve_forever()
        except KeyboardInterrupt:
            texts.server_close()
        finally:
            mail.stop()
