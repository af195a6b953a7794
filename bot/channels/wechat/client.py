"""The API client: wechatpy's, with its base URL, token, time-outs and errors put right.

Section 5 of the platform notes says why each override is there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from wechatpy import WeChatClient

from bot.channels.base import TokenStore
from bot.channels.wechat.answers import code_of, decoded, read_all, utf8_json
from bot.channels.wechat.api_errors import TOKEN_CODES, error_for, status_error, transport_error
from bot.channels.wechat.brakes import Brakes
from bot.channels.wechat.tokens import AccessTokens
from bot.errors import DeliveryError, OutcomeUnknown, RetryLater
from bot.settings import WeChat

THREADS = 32
_WHO = "sns/oauth2/access_token"
# A code that is invalid, was used, or whose user took it back.
_NO_CODE = (40029, 40163, 41008, 42007)
_MAX_ANSWER = 4 << 20
_SOON = timedelta(seconds=5)
_LIFETIME_S = 7200
# A shorter pause is left to the outbox; the quota of a minute and all longer ones stop everybody.
_WORTH_STOPPING = timedelta(minutes=5)
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


# wechatpy carries no types: its class is Any to mypy, which may not be derived from; deriving is
# how wechatpy wants its requests and tokens replaced. Were its code read for types instead, every
# call into it would be an error of its own.
class WeChatApi(WeChatClient):  # type: ignore[misc]  # an untyped library
    """Synchronous, for threads; raises only errors of bot.errors, free of secrets."""

    def __init__(self, settings: WeChat, tokens: TokenStore, now: Callable[[], datetime]) -> None:
        super().__init__(
            settings.app_id,
            settings.app_secret.get_secret_value(),
            timeout=settings.api_timeout_s,
            auto_retry=False,
        )
        self._settings = settings
        self._now = now
        self._brakes = Brakes(now)
        self._http = _session(settings.api_base_url)
        self._tokens = AccessTokens(
            settings.app_id,
            tokens,
            fetch=self._new_token,
            now=lambda: now().timestamp(),
            patience_s=2 * settings.api_timeout_s + 1,
        )

    @property
    def access_token(self) -> str:
        """Return the shared token."""
        return self._tokens.current()

    def fetch_access_token(self) -> None:
        """Make sure that there is a token; wechatpy's own way would issue a rival one."""
        self._tokens.current()

    @property
    def base_url(self) -> str:
        """Return where API calls go: scheme, host and port."""
        return self._settings.api_base_url.rstrip("/")

    def full_url(self, url_or_endpoint: str, base: str = "") -> str:
        """Return the address of a call: every WeChat host is swapped for a configured one."""
        prefix = base or "https://api.weixin.qq.com/cgi-bin/"
        absolute = url_or_endpoint.startswith(("http://", "https://"))
        parts = urlsplit(url_or_endpoint if absolute else prefix + url_or_endpoint)
        bases = {
            "mp.weixin.qq.com": self._settings.mp_base_url,
            "open.weixin.qq.com": self._settings.open_base_url,
        }
        ours = bases.get(parts.hostname or "", self._settings.api_base_url)
        query = f"?{parts.query}" if parts.query else ""
        return f"{ours.rstrip('/')}{parts.path}{query}"

    def send(self, method: str, url: str, **kwargs: Any) -> requests.Response:
        """Make one HTTP call with the token; the caller reads and closes the response."""
        kwargs.setdefault("timeout", self.timeout)
        broken: DeliveryError
        try:
            response = self._http.request(method, url, stream=True, allow_redirects=False, **kwargs)
        except requests.RequestException as error:
            broken = transport_error(error)
        else:
            if response.status_code == 200:
                return response
            broken = status_error(response.status_code)
            response.close()
        # Outside the except clause: the original's text, with secrets, must not hang on.
        raise broken

    def _request(self, method: str, url_or_endpoint: str, **kwargs: Any) -> Any:
        """Call the API as wechatpy's endpoints expect; one renewed token, one retry."""
        url = self.full_url(url_or_endpoint, kwargs.pop("api_base_url", ""))
        processor = kwargs.pop("result_processor", None)
        result = self.with_token(
            urlsplit(url).path,
            kwargs.pop("params", None) or {},
            lambda params: self._called(method, url, params=params, **kwargs),
        )
        return processor(result) if processor else result

    def with_token(
        self,
        endpoint: str,
        params: Mapping[str, Any],
        call: Callable[[dict[str, Any]], dict[str, Any]],
    ) -> dict[str, Any]:
        """Run ``call`` under the brakes with a token; renew it once when it is refused."""
        self._brakes.check(endpoint)
        token = "" if "access_token" in params else self._tokens.current()
        result = self._noted(lambda: call(_with(params, token)))
        if token and code_of(result) in TOKEN_CODES:
            renewed = self._tokens.renew(refused=token)
            result = self._noted(lambda: call(_with(params, renewed)))
        return self._checked(result, endpoint)

    def openid(self, code: str) -> str:
        """Return who authorised a web page (snsapi_base); '' when the code is bad or used."""
        url = self.full_url(f"https://api.weixin.qq.com/{_WHO}")
        asked = {"appid": self.appid, "secret": self.secret, "code": code}
        params = {**asked, "grant_type": "authorization_code"}
        self._brakes.check(_WHO)
        result = self._noted(lambda: self._called("get", url, params=params))
        if code_of(result) in _NO_CODE:
            return ""
        return str(self._checked(result, _WHO).get("openid") or "")

    def _noted(self, call: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Run ``call`` and tell the brakes whether the platform could be reached."""
        try:
            result = call()
        except (OutcomeUnknown, RetryLater):
            self._brakes.failed()
            raise
        self._brakes.reached()
        return result

    def _checked(self, result: dict[str, Any], endpoint: str) -> dict[str, Any]:
        code = code_of(result)
        if code == 0:
            return result
        error = error_for(code, str(result.get("errmsg", "")), endpoint, self._now())
        if isinstance(error, RetryLater) and (code == 45011 or error.after >= _WORTH_STOPPING):
            self._brakes.stop(endpoint, error)
        raise error

    def _called(self, method: str, url: str, **kwargs: Any) -> dict[str, Any]:
        if isinstance(kwargs.get("data"), dict):
            kwargs["data"] = utf8_json(kwargs["data"])
            kwargs.setdefault("headers", {"Content-Type": "application/json; charset=utf-8"})
        with self.send(method, url, **kwargs) as response:
            return decoded(read_all(response, _MAX_ANSWER, 2 * self._settings.api_timeout_s))

    def _new_token(self) -> tuple[str, float]:
        """Ask for the stable token: its normal mode returns the same one while it is valid."""
        url = self.full_url("stable_token")
        self._brakes.check("stable_token")
        body = {"grant_type": "client_credential", "appid": self.appid, "secret": self.secret}
        try:
            result = self._noted(lambda: self._called("post", url, data=body))
            code = code_of(result)
        except OutcomeUnknown as error:
            broken = RetryLater(f"token: {error}", after=_SOON)
        else:
            token, lifetime = result.get("access_token"), result.get("expires_in")
            if code == 0 and isinstance(token, str) and token:
                return token, lifetime if isinstance(lifetime, int) else _LIFETIME_S
            broken = self._token_refused(code, str(result.get("errmsg", "")))
        raise broken

    def _token_refused(self, code: int, message: str) -> RetryLater:
        # From this endpoint 40001 means a wrong secret: the same as 40125.
        code = 40125 if code in TOKEN_CODES else code or -1
        error = error_for(code, message, "stable_token", self._now())
        later = error if isinstance(error, RetryLater) else RetryLater(str(error), after=_SOON)
        self._brakes.stop("stable_token", later)
        return later


def _with(params: Mapping[str, Any], token: str) -> dict[str, Any]:
    return {**params, "access_token": token} if token else dict(params)


def _session(base_url: str) -> requests.Session:
    session = requests.Session()
    adapter = HTTPAdapter(pool_maxsize=THREADS, max_retries=0)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    session.headers["Accept-Encoding"] = "identity"
    # A proxy of the environment serves the outside only, never a gateway on this machine.
    session.trust_env = urlsplit(base_url).hostname not in _LOOPBACK
    return session
