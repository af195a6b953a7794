"""The settings of the Telegram bot."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr

Rate = Annotated[float, Field(gt=0, le=1000)]


class Telegram(BaseModel):
    """The Telegram bot; see docs/configuration.md."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bot_token: SecretStr
    webhook_secret: SecretStr = SecretStr("")
    api_base_url: str = "https://api.telegram.org"
    api_timeout_s: Annotated[float, Field(gt=0, le=60)] = 10.0
    messages_per_second: Rate = 25.0
    chat_messages_per_second: Rate = 1.0
