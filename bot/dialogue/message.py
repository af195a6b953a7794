"""What goes in and out of a dialogue, whatever the channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

from bot.dialogue import phrases

Kind = Literal["text", "image", "voice", "video", "location", "link", "file", "event", "other"]


@dataclass(frozen=True)
class Location:
    """A point the customer shared: degrees (GCJ-02 on WeChat) and the words that came with it."""

    lat: float
    lon: float
    label: str = ""

    @property
    def words(self) -> str:
        """Return the label, or where it is when the phone did not name the place."""
        return self.label.strip() or phrases.POINT.format(lat=self.lat, lon=self.lon)


@dataclass(frozen=True)
class Attachment:
    """A photo, voice note or file: where its bytes are, or how to fetch them.

    ``ref`` is a path below the media folder (``stored``) or the channel's media id.
    """

    kind: Kind
    ref: str
    stored: bool = False
    name: str = ""


@dataclass(frozen=True)
class InboundMessage:
    """One message of a customer. ``key`` is unique per channel, account and peer.

    ``ref`` is the platform's own number of the message, where a later edit names it.
    """

    channel: str
    account: str
    peer: str
    key: str
    sent_at: datetime
    text: str = ""
    kind: Kind = "text"
    attachment: Attachment | None = None
    location: Location | None = None
    event: str = ""
    ref: str = ""

    @property
    def spoken(self) -> str | None:
        """Return what the understanding reads, None where there is nothing to read."""
        if self.kind == "event":
            return self.event.partition("click:")[2] or phrases.FOLLOWED
        if self.kind in ("text", "voice", "link") and (self.text or self.kind == "text"):
            return self.text
        return None

    def stored_body(self) -> dict[str, Any]:
        """Return the message as the conversation keeps it."""
        body: dict[str, Any] = {"type": self.kind, "text": self.text}
        if self.location:
            body["location"] = asdict(self.location)
        if self.attachment:
            body |= {"media": self.attachment.ref, "stored": self.attachment.stored}
        marks = {"event": self.event, "ref": self.ref}
        return body | {name: mark for name, mark in marks.items() if mark}


def clean(text: str, limit: int) -> str:
    """Return ``text`` as every database takes it: no NUL, no lone surrogates, not endless."""
    return text[:limit].replace("\0", "").encode("utf-8", "replace").decode("utf-8")


@dataclass(frozen=True)
class Card:
    """A picture with words that leads to a page: what channels that know such a thing show too.

    Whatever it leads to stands in the text of its reply as well; a card alone says nothing new.
    """

    title: str
    text: str
    url: str
    picture: str


@dataclass(frozen=True)
class Reply:
    """One bubble said back in the same turn; ``buttons`` are texts the customer may tap.

    ``wants`` is "phone" where the customer's number is asked for: some channels can share it.
    ``note`` is for the staff: which entry answered, how surely, and its match trace. It is stored
    with the message and never sent, so two replies that say the same are equal.
    """

    text: str
    buttons: tuple[str, ...] = ()
    note: Mapping[str, Any] = field(default_factory=dict, compare=False)
    wants: str = ""
    cards: tuple[Card, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the shape of the contract: type, text and, where there are any, buttons, wants."""
        shape: dict[str, Any] = {"type": "text", "text": self.text}
        shape |= {"buttons": list(self.buttons)} if self.buttons else {}
        shape |= {"wants": self.wants} if self.wants else {}
        return shape | ({"cards": [asdict(card) for card in self.cards]} if self.cards else {})

    def stored(self) -> dict[str, Any]:
        """Return what is kept of it: what was said, and the note."""
        return self.to_json() | dict(self.note)

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> Reply:
        """Rebuild what was said from what is stored; the note stays where it is."""
        return cls(
            str(raw["text"]),
            tuple(raw.get("buttons", ())),
            wants=str(raw.get("wants") or ""),
            cards=tuple(Card(**card) for card in raw.get("cards", ())),
        )
