"""Web authorisations under way: who is being asked, for which link, and whether that is used up."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Name, Short


class OAuthState(Base):
    """A ``state`` given to a browser; good once, for one link, in the browser that asked.

    Only hashes are kept: whoever reads the table can finish nobody's authorisation.
    """

    __tablename__ = "oauth_state"

    state_hash: Mapped[Short] = mapped_column(primary_key=True)
    link: Mapped[Name]
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), index=True)
    browser_hash: Mapped[Short]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
