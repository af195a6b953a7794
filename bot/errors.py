"""The error tree. Expected outcomes are return values; these are not.

AndaError
├── ConfigurationError     config.yaml, environment or a data file is wrong: file, place, remedy
│   └── CalendarMissing    no holidays are known for a year: never guessed
├── BadRequest             a channel sent something malformed: answer 4xx
│   └── Forbidden          a signature or token does not fit: answer 403
├── Refused                a rule of the branch forbids it: which one, and what to do instead
├── DeliveryError          an outbox item could not be handed over
│   ├── RetryLater         try again after ``after``
│   ├── Unreachable        never try again: the customer cannot be reached this way
│   └── OutcomeUnknown     the connection broke after sending: do not resend blindly
└── Overloaded             too many turns are waiting: acknowledge and ask to try again
    └── Closing            this process is ending: whoever comes next takes it up
"""

from __future__ import annotations

from datetime import timedelta


class AndaError(Exception):
    """Base of all errors that we raise on purpose."""


class ConfigurationError(AndaError):
    """A setting or data file is wrong; the message names file, place and remedy."""


class CalendarMissing(ConfigurationError):
    """The working calendar does not reach a year; the message says how to import it."""


class BadRequest(AndaError):
    """A request is malformed."""


class Forbidden(BadRequest):
    """A request is not from whom it says."""


class NotAllowed(AndaError):
    """A member of staff asked for what their role may not do; the message says so."""


class Refused(AndaError):
    """A rule of the branch forbids what was asked; the message says which and what to do."""


class Overloaded(AndaError):
    """More turns are waiting than we can answer in time."""


class Closing(Overloaded):
    """This process is ending and writes nothing more."""


class DeliveryError(AndaError):
    """An outbox item was not handed over."""


class RetryLater(DeliveryError):
    """The item may be tried again after ``after``; ``called`` is False when no call was made."""

    def __init__(self, reason: str, after: timedelta, *, called: bool = True) -> None:
        super().__init__(reason)
        self.after = after
        self.called = called


class Unreachable(DeliveryError):
    """The item will never arrive; a person has to take care."""


class OutcomeUnknown(DeliveryError):
    """The request left us and no answer came: it may or may not have arrived."""
