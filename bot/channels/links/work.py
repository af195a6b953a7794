"""What the pages behind links write: a rating, or photos for a claim; as if said in the chat."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.attachments import keep_media
from bot.dialogue.message import Attachment, InboundMessage
from bot.settings import Settings
from storage.back_office import TransactionBackOffice
from storage.crypto import Cipher
from storage.models.case import Claim, Survey
from storage.models.conversation import Conversation
from storage.rules.claim_states import machine
from storage.unit_of_work import UnitOfWork
from storage.web_links import WebLink

End = Literal["thanks", "again", "over"]


@dataclass(frozen=True)
class LinkDesk:
    """The work of one link in one transaction."""

    uow: UnitOfWork
    cipher: Cipher
    settings: Settings
    now: datetime
    link: WebLink

    def there(self) -> bool:
        """Tell whether there is still something to do behind the link."""
        if self.link.kind == "survey":
            survey = self._survey()
            return survey is not None and survey.status == "sent"
        claim = self.uow.cases.claim(self.link.subject)
        return claim is not None and self._is_theirs(claim)

    def _survey(self) -> Survey | None:
        survey = self.uow.session.get(Survey, int(self.link.subject))
        theirs = survey is not None and survey.conversation_id == self.link.conversation_id
        return survey if theirs else None

    def _is_theirs(self, claim: Claim) -> bool:
        here = claim.conversation_id == self.link.conversation_id
        return here and claim.status not in machine().over

    def rate(self, score: int, words: str) -> End:
        """Record the answer of a survey, exactly as in the chat; the second one changes nothing."""
        office = self._office(self._message("rated", words))
        survey = self._survey()
        waiting = self.uow.cases.waiting_survey(self.link.conversation_id, self.now)
        if survey is None or survey.status != "sent":
            return "again" if survey is not None else "over"
        if waiting is None or waiting.id != survey.id:
            return "over"
        office.rate(score, "")
        if words.strip():
            self.uow.session.flush()
            office.comment(words.strip())
        return "thanks"

    def photo(self, ref: str, data: bytes) -> End:
        """Hang a photo on the claim; the same bytes again are the same photo."""
        claim = self.uow.cases.claim(self.link.subject)
        if claim is None or not self._is_theirs(claim):
            return "over"
        message = self._message(hashlib.sha256(data).hexdigest()[:32], "", ref)
        opened = self.uow.conversations.open(message, self.now)
        if opened.repeat_of is not None:
            return "again"
        keep_media(self.uow, opened, message, self.now)
        self.uow.session.flush()
        said = {"author": "customer", "key": message.key, "body": message.stored_body()}
        self.uow.conversations.record(opened, [said], self.now)
        self._office(message).attach_photos(claim.number)
        return "thanks"

    def _message(self, key: str, words: str, ref: str = "") -> InboundMessage:
        here = self.uow.session.get(Conversation, self.link.conversation_id)
        assert here is not None, "a signed link names a conversation that is there"
        return InboundMessage(
            here.channel, here.account, here.peer, f"link:{key}", self.now, words,
            kind="image" if ref else "text",
            attachment=Attachment("image", ref, stored=True) if ref else None,
        )  # fmt: skip

    def _office(self, message: InboundMessage) -> TransactionBackOffice:
        return TransactionBackOffice(
            uow=self.uow,
            conversation=self.uow.conversations.open(message, self.now),
            channel=message.channel,
            settings=self.settings,
            cipher=self.cipher,
            at=self.now,
        )
