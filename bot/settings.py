"""Settings: config.yaml for what all may read, ``ANDA_…`` environment for secrets.

Read once, then frozen; unknown keys are refused with the file and the key named.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    YamlConfigSettingsSource,
)

from bot.errors import ConfigurationError
from bot.telegram_settings import Telegram

CONFIG_FILE = "config.yaml"
# Commands run from another folder still find the branch's configuration.
_PLACES = (Path(CONFIG_FILE), Path(__file__).parents[1] / CONFIG_FILE)
Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[int, Field(ge=1)]


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
    tell_most: Positive = 2

    @field_validator("opens", "closes", mode="before")
    @classmethod
    def _quoted(cls, value: Any) -> Any:
        # YAML reads an unquoted 20:00 as the number 1200.
        if isinstance(value, int | float):
            raise ValueError('时间要加引号，例如 "20:00"')
        return value


class Deadlines(Section):
    """Promises and legal clocks, in the unit that their name says."""

    complaint_days: Positive = 15
    claim_first_contact_minutes: Positive = 30
    injury_contact_minutes: Positive = 5


class Sales(Section):
    """What this platform may do; a branch's platform may not quote (docs/configuration.md)."""

    quoting: bool = False


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


class Sms(Section):
    """Where short messages go: a file for trying out, or an HTTP gateway."""

    gateway: Literal["file", "http"] = "file"
    url: str = ""
    token: SecretStr = SecretStr("")


class Media(Section):
    """Limits of photos and other files that customers send."""

    max_bytes: Positive = 10_000_000


class Papers(Section):
    """Links to electronic policies: how long, how many wrong documents, how many downloads."""

    link_minutes: Annotated[int, Field(ge=1, le=4320)] = 15
    tries: Positive = 5
    downloads: Positive = 5


class Knowledge(Section):
    """How sure the knowledge base must be."""

    precision: Annotated[float, Field(ge=0.5, lt=1)] = 0.95


class Settings(BaseSettings):
    """Everything an operator may set."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        env_prefix="ANDA_",
        env_nested_delimiter="__",
        yaml_file=next((str(place) for place in _PLACES if place.exists()), CONFIG_FILE),
        yaml_file_encoding="utf-8",
    )

    data_dir: Path = Path("var")
    database_url: str = "sqlite:///var/anda.db"
    public_url: str = "http://127.0.0.1:8080"
    demo: bool = True
    secret_key: SecretStr = SecretStr("")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    dialogue: Dialogue = Dialogue()
    knowledge: Knowledge = Knowledge()
    identity: Identity = Identity()
    deadlines: Deadlines = Deadlines()
    desk: Desk = Desk()
    console: Console = Console()
    calendar: Calendar = Calendar()
    sales: Sales = Sales()
    media: Media = Media()
    papers: Papers = Papers()
    sms: Sms = Sms()
    wechat: WeChat | None = None
    telegram: Telegram | None = None
    webhooks: tuple[Webhook, ...] = ()
    branch: dict[str, str] = {}

    @field_validator("webhooks")
    @classmethod
    def _names_differ(cls, hooks: tuple[Webhook, ...]) -> tuple[Webhook, ...]:
        if len({hook.name for hook in hooks}) < len(hooks):
            raise ValueError("webhooks 的 name 不能重复")
        return hooks

    @model_validator(mode="after")
    def _demo_is_never_public(self) -> Self:
        if self.demo and self.public_url.startswith("https://"):
            raise ValueError("demo: true 不能用于 https 的 public_url：请改为 demo: false")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read the environment over the YAML file, and nothing else."""
        return init_settings, env_settings, YamlConfigSettingsSource(settings_cls)

    @property
    def media_dir(self) -> Path:
        """Return the folder of received media, outside every web root."""
        return self.data_dir / "media"

    @property
    def hotline(self) -> str:
        """Return the branch's telephone number."""
        return self.branch.get("hotline", "")


def load(**overrides: Any) -> Settings:
    """Read the settings; raise ConfigurationError with the key and the remedy."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, e['loc']))}：{_told(e)}" for e in error.errors()]
        raise ConfigurationError(f"{CONFIG_FILE} 或环境变量有误：" + "；".join(lines)) from error
    except ValueError as error:
        raise ConfigurationError(f"{CONFIG_FILE} 读取失败：{error}") from error


# What pydantic finds, said to the operator; what is not here names its own kind.
_MISTAKES = {
    "missing": "必须填写",
    "extra_forbidden": "没有这一项，请检查拼写",
    "int_parsing": "应是整数",
    "int_type": "应是整数",
    "float_parsing": "应是数字",
    "bool_parsing": "应是 true 或 false",
    "string_type": "应是文字",
    "list_type": "应是列表",
    "dict_type": "应是几项「名: 值」",
    "model_type": "应是几项「名: 值」",
    "literal_error": "只能是 {expected}",
    "greater_than_equal": "不能小于 {ge}",
    "greater_than": "要大于 {gt}",
    "less_than_equal": "不能大于 {le}",
    "less_than": "要小于 {lt}",
    "string_too_short": "至少 {min_length} 个字",
    "string_too_long": "最多 {max_length} 个字",
    "value_error": "{error}",
}


def _told(mistake: Mapping[str, Any]) -> str:
    """Return one mistake of the configuration in Chinese."""
    words = _MISTAKES.get(str(mistake["type"]), "写得不对（{type}）")
    facts = {"type": mistake["type"], **(mistake.get("ctx") or {})}
    return words.format(**facts)


def secret_key(settings: Settings) -> bytes:
    """Return the key of the encrypted columns; in demo mode create it once under ``data_dir``.

    Raise ConfigurationError outside demo mode when ``ANDA_SECRET_KEY`` is missing.
    """
    if key := settings.secret_key.get_secret_value():
        return key.encode()
    if not settings.demo:
        raise ConfigurationError("缺少密钥：请设置环境变量 ANDA_SECRET_KEY（至少 32 个随机字符）")
    path = settings.data_dir / "secret.key"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _write_once(path, secrets.token_urlsafe(48))
    return path.read_bytes().strip()


def _write_once(path: Path, text: str) -> None:
    """Create ``path`` complete or not at all; another process may do the same right now."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    temporary.write_text(text, encoding="ascii")
    temporary.chmod(0o600)
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
