"""The sections of the settings; `bot.settings` puts them together."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[int, Field(ge=1)]
Rate = Annotated[float, Field(gt=0, le=1000)]


class Section(BaseModel):
    """A part of the settings: frozen, and a misspelt key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Dialogue(Section):
    """How patient the bot is and how sure it must be."""

    intent_threshold: Share = 0.55
    misses_before_handoff: Positive = 3
    idle_hours_before_asking: Positive = 6


class Identity(Section):
    """Rules of the one-time code and of failed verifications (`domain.md` 5.7)."""

    code_minutes: Annotated[int, Field(ge=1, le=10)] = 5
    code_attempts: Positive = 5
    resend_seconds: Positive = 60
    codes_per_phone_per_day: Positive = 10
    codes_per_hour: Positive = 2_000
    failures_before_lock: Positive = 3
    lock_minutes: Positive = 30
    session_minutes: Positive = 120
    login_channels: tuple[str, ...] = ("wechat", "telegram")
    bound_days: Positive = 180
    grant_days: Positive = 365
    staff_check_minutes: Positive = 60
    adult_years: Positive = 18


class Console(Section):
    """How the staff's log-ins behave; ``totp_roles`` must have a second factor."""

    idle_minutes: Positive = 60
    longest_hours: Positive = 12
    failures_before_lock: Positive = 5
    lock_minutes: Positive = 15
    totp_roles: tuple[str, ...] = ()


class Desk(Section):
    """When the people of the branch answer, every day, and how fast they promise to."""

    opens: time = time(8)
    closes: time = time(20)
    answer_minutes: Positive = 5
    call_back_hours: Positive = 2
    offer_seconds: Positive = 20
    gone_seconds: Positive = 20
    alarm_seconds: Positive = 60
    tell_every_seconds: Positive = 60
    tell_most: Positive = 1

    @property
    def hours(self) -> str:
        """Return the hours in words, as customers are told them."""
        return f"每天 {_o_clock(self.opens)}–{_o_clock(self.closes)}"

    @field_validator("opens", "closes", mode="before")
    @classmethod
    def _quoted(cls, value: Any) -> Any:
        # YAML reads an unquoted 20:00 as the number 1200.
        if isinstance(value, int | float):
            raise ValueError('时间要加引号，例如 "20:00"')
        return value


def _o_clock(at: time) -> str:
    return f"{at.hour}:{at.minute:02}"


class Deadlines(Section):
    """Promises and legal clocks, in the unit that their name says."""

    complaint_days: Positive = 15
    claim_first_contact_minutes: Positive = 15
    injury_contact_minutes: Positive = 5

    @property
    def promises(self) -> dict[str, str]:
        """Return in words what customers are promised of these, by the name of the clock."""
        return {
            "first_contact": f"报案后 {self.claim_first_contact_minutes} 分钟内",
            "injury_contact": f"报案后 {self.injury_contact_minutes} 分钟内",
        }


class Sales(Section):
    """What this platform may do; a branch's platform may not quote (docs/configuration.md)."""

    quoting: bool = False


class Charter(Section):
    """The rule of the service charter that its original breaks off in; the branch completes it."""

    last_rule: str = ""
    last_rule_owner: str = ""


class Calendar(Section):
    """The week of the branch; holidays come with the program or by import."""

    weekend: str = "6,7"
    frames: str = "08:30-12:00,13:30-17:30"


class Webhook(Section):
    """Somebody who wants to hear of changes; ``events`` are names or beginnings like claim.*"""

    name: Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,32}$")]
    url: Annotated[str, Field(pattern=r"^https?://")]
    secret: SecretStr
    events: tuple[str, ...] = ("*",)

    @field_validator("secret")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        if len(value.get_secret_value()) < 16:
            raise ValueError("webhooks 的 secret 至少 16 个字符")
        return value

    def wants(self, event: str) -> bool:
        """Tell whether this event is to be sent."""
        return any(
            wanted in ("*", event) or (wanted.endswith("*") and event.startswith(wanted[:-1]))
            for wanted in self.events
        )


class WeChat(Section):
    """The official account; see docs/configuration.md."""

    app_id: str
    app_secret: SecretStr = SecretStr("")
    token: SecretStr
    aes_key: SecretStr = SecretStr("")
    aes_key_previous: SecretStr = SecretStr("")
    mode: Literal["safe", "compat", "plain"] = "safe"
    original_id: str = ""
    api_base_url: str = "https://api.weixin.qq.com"
    open_base_url: str = "https://open.weixin.qq.com"
    mp_base_url: str = "https://mp.weixin.qq.com"
    api_timeout_s: Annotated[float, Field(gt=0, le=60)] = 5.0
    passive_deadline_s: Annotated[float, Field(gt=0, lt=5)] = 3.5
    clock_skew_s: Positive = 600
    templates: dict[str, Any] = {}
    web_login: bool = False

    @model_validator(mode="before")
    @classmethod
    def _no_key_means_plain(cls, values: Any) -> Any:
        """An account without a key can only send plain text (the contract says so)."""
        if isinstance(values, dict) and not values.get("aes_key"):
            return {**values, "mode": "plain"}
        return values

    @model_validator(mode="after")
    def _key_has_its_length(self) -> Self:
        if self.mode != "plain" and len(self.aes_key.get_secret_value()) != 43:
            raise ValueError("wechat.aes_key 须为 43 个字符；明文模式请留空")
        return self


class TelegramDesk(Section):
    """A staff group with topics that is a second desk; ``chat`` is the id of the supergroup."""

    chat: Annotated[int, Field(lt=0)]
    per_minute: Annotated[int, Field(ge=4, le=60)] = 20
    idle_minutes: Positive = 10
    present_minutes: Positive = 30
    relay_media: bool = True


class Robot(Section):
    """A 企业微信 group robot; its address holds its key, so it is a secret."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,32}$")]
    url: SecretStr
    events: tuple[Literal["handoff", "alarm", "claim_p0", "complaint_late"], ...] = (
        *("handoff", "alarm", "claim_p0", "complaint_late"),
    )
    per_minute: Annotated[int, Field(ge=4, le=60)] = 20

    @field_validator("url")
    @classmethod
    def _an_address(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(("https://", "http://")):
            raise ValueError("robots 的 url 要以 https:// 开头，从企业微信的群机器人页面复制")
        return value


class Telegram(Section):
    """The Telegram bot."""

    bot_token: SecretStr
    webhook_secret: SecretStr = SecretStr("")
    api_base_url: str = "https://api.telegram.org"
    api_timeout_s: Annotated[float, Field(gt=0, le=60)] = 10.0
    messages_per_second: Rate = 25.0
    chat_messages_per_second: Rate = 1.0
    desk: TelegramDesk | None = None


class Sms(Section):
    """Where short messages go: a file for trying out, or an HTTP gateway."""

    gateway: Literal["file", "http"] = "file"
    url: str = ""
    token: SecretStr = SecretStr("")


class PolicySource(Section):
    """Where policies come from: our own tables, or the core system over HTTP."""

    kind: Literal["own", "http"] = "own"
    url: Annotated[str, Field(pattern="^(https?://.*)?$")] = ""
    token: SecretStr = SecretStr("")
    timeout_s: Annotated[float, Field(gt=0, le=30)] = 3.0
    fresh_minutes: Positive = 10
    stale_hours: Positive = 72
    breaker_failures: Positive = 5
    breaker_seconds: Positive = 60


class Media(Section):
    """Limits of photos and other files that customers send."""

    max_bytes: Positive = 10_000_000


class Papers(Section):
    """Links to electronic policies: how long, how many wrong documents, how many downloads."""

    link_minutes: Annotated[int, Field(ge=1, le=4320)] = 15
    push_hours: Annotated[int, Field(ge=1, le=72)] = 48
    tries: Positive = 5
    downloads: Positive = 5


class Knowledge(Section):
    """How sure the knowledge base must be."""

    precision: Annotated[float, Field(ge=0.5, lt=1)] = 0.95
