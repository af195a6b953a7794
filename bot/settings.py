"""Settings: config.yaml for what all may read, ``ANDA_…`` environment for secrets.

Read once, then frozen; unknown keys are refused with the file and the key named.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, Self

from pydantic import (
    SecretStr,
    ValidationError,
    ValidationInfo,
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
from bot.settings_sections import (
    Calendar,
    Charter,
    Console,
    Deadlines,
    Desk,
    Dialogue,
    Identity,
    Knowledge,
    Media,
    Papers,
    PolicySource,
    Robot,
    Sales,
    Section,
    Sms,
    Telegram,
    TelegramDesk,
    Webhook,
    WeChat,
)

__all__ = [
    "CONFIG_FILE",
    "Calendar",
    "Charter",
    "Console",
    "Deadlines",
    "Desk",
    "Dialogue",
    "Identity",
    "Knowledge",
    "Media",
    "Papers",
    "PolicySource",
    "Robot",
    "Sales",
    "Section",
    "Settings",
    "Sms",
    "Telegram",
    "TelegramDesk",
    "WeChat",
    "Webhook",
    "load",
    "secret_key",
]

CONFIG_FILE = "config.yaml"
# Commands run from another folder still find the branch's configuration.
_PLACES = (Path(CONFIG_FILE), Path(__file__).parents[1] / CONFIG_FILE)


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
    charter: Charter = Charter()
    console: Console = Console()
    calendar: Calendar = Calendar()
    sales: Sales = Sales()
    media: Media = Media()
    policy_source: PolicySource = PolicySource()
    papers: Papers = Papers()
    sms: Sms = Sms()
    wechat: WeChat | None = None
    telegram: Telegram | None = None
    webhooks: tuple[Webhook, ...] = ()
    robots: tuple[Robot, ...] = ()
    branch: dict[str, str] = {}

    @field_validator("webhooks", "robots")
    @classmethod
    def _names_differ(
        cls, named: tuple[Webhook | Robot, ...], info: ValidationInfo
    ) -> tuple[Webhook | Robot, ...]:
        if len({one.name for one in named}) < len(named):
            raise ValueError(f"{info.field_name} 的 name 不能重复")
        return named

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

    @cached_property
    def facts(self) -> Mapping[str, str]:
        """Return what may be told of the branch; what has a rule is told as the rule has it."""
        ruled = {"chat_hours": self.desk.hours, **self.deadlines.promises}
        return MappingProxyType(self.branch | ruled)

    @property
    def hotline(self) -> str:
        """Return the branch's telephone number."""
        return self.branch.get("hotline", "")


def load(**overrides: Any) -> Settings:
    """Read the settings; raise ConfigurationError with the key and the remedy."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        lines = ["：".join(filter(None, (_where(e), _told(e)))) for e in error.errors()]
        raise ConfigurationError(f"{CONFIG_FILE} 或环境变量有误：" + "；".join(lines)) from error
    except ValueError as error:
        raise ConfigurationError(f"{CONFIG_FILE} 读取失败：{error}") from error


def _where(mistake: Mapping[str, Any]) -> str:
    """Return the key of a mistake; what is wrong with several keys together has none."""
    return ".".join(map(str, mistake["loc"]))


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
    "time_parsing": '应是时间，例如 "20:00"',
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
