"""What services raise: small exceptions with a sentence fit to show."""


class SaysoError(Exception):
    """Something could not be done; the message says what to do next."""


class NotAllowed(SaysoError):
    """Somebody asked for a thing that a rule forbids."""


class Unreadable(SaysoError):
    """A value typed or sent by somebody cannot be understood, and is not guessed."""
