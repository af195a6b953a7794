"""The access token: shared, renewed once, and never a storm."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from bot.errors import RetryLater
from tests.bot.channels.wechat.api_world import SEND, TOKEN, World
from tests.bot.channels.wechat.fake_api import Fault


def test_two_processes_make_one_token_call(world: World) -> None:
    """Threads and clients that share a store fetch one token between them."""
    world.api.token_delay = 0.2
    clients = [world.client(), world.client()]
    with ThreadPoolExecutor(8) as pool:
        tokens = list(pool.map(lambda n: clients[n % 2].access_token, range(8)))
    assert set(tokens) == {world.api.token}
    assert world.api.calls == {TOKEN: 1}


def test_revoked_token_is_renewed_once(world: World) -> None:
    """After a revocation many callers on two clients cause one refresh and lose nothing."""
    clients = [world.client(), world.client()]
    for client in clients:
        client.access_token  # noqa: B018
    world.api.revoke()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: world.send(client=clients[n % 2]), range(8)))
    assert len(world.api.sent) == 8
    assert world.api.calls[TOKEN] == 2


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_lasting_token_error(world: World, code: int) -> None:
    """A token that is refused again gets one refresh, one retry, then patience."""
    world.api.fail(SEND, *[Fault(code)] * 2)
    with pytest.raises(RetryLater):
        world.send()
    assert world.api.calls == {TOKEN: 2, SEND: 2}


def test_no_token_storm(world: World) -> None:
    """Endless refusals do not burn the day's token quota."""
    client = world.client()
    world.api.fail(SEND, *[Fault(40001)] * 100)
    for _ in range(20):
        with pytest.raises(RetryLater):
            world.send(client=client)
    assert world.api.calls[TOKEN] <= 6


def test_token_is_renewed_before_its_end(world: World) -> None:
    """Five minutes before the end a new token is asked for; until then none."""
    client = world.client()
    world.send(client=client)
    world.now += timedelta(seconds=6800)
    world.send(client=client)
    assert world.api.calls[TOKEN] == 1
    world.now += timedelta(seconds=150)
    world.send(client=client)
    assert world.api.calls[TOKEN] == 2


def test_short_lived_token_serves(world: World) -> None:
    """A token that lives less than the margin is still used for half its life."""
    world.api.expires_in = 200
    client = world.client()
    world.send(client=client)
    world.send(client=client)
    assert world.api.calls[TOKEN] == 1


def test_old_token_serves_while_another_renews(world: World) -> None:
    """A process that finds the lease taken uses the old token as long as it lives."""
    world.send()
    world.now += timedelta(seconds=7000)
    assert world.store.refresh_lease("wx0123456789abcdef", 60)
    world.send()
    assert world.api.calls[TOKEN] == 1


def test_waiting_for_a_lease_ends(world: World) -> None:
    """A refresher that died does not hold the others for ever."""
    assert world.store.refresh_lease("wx0123456789abcdef", 60)
    started = time.perf_counter()
    with pytest.raises(RetryLater):
        world.send()
    assert time.perf_counter() - started < 6
    assert not world.api.calls


def test_failed_refresh_gives_the_lease_back(world: World) -> None:
    """After a failed fetch the next process may try at once."""
    world.api.fail(TOKEN, Fault(-1))
    with pytest.raises(RetryLater):
        world.send()
    world.send()
    assert world.api.calls[TOKEN] == 2


@pytest.mark.parametrize(
    "fault",
    [
        Fault(40125),
        Fault(40001),
        Fault(40164),
        Fault(-1),
        Fault(99999),
        Fault(reset=True),
        Fault(slow=1.4),
        Fault(status=502),
        Fault(raw=b"<html>"),
        Fault(raw=b"{}"),
        Fault(raw=b'{"errcode":"x"}'),
    ],
)
def test_token_endpoint_failures(world: World, fault: Fault) -> None:
    """Without a token nothing was sent: always RetryLater, and no hammering."""
    world.api.fail(TOKEN, fault)
    with pytest.raises(RetryLater) as caught:
        world.send()
    assert caught.value.after >= timedelta(seconds=1)
    assert world.api.calls == {TOKEN: 1}


def test_wrong_secret_is_not_tried_again_and_again(world: World) -> None:
    """A wrong secret stops the token calls of this process for minutes."""
    client = world.client(app_secret="wrong")
    for _ in range(5):
        with pytest.raises(RetryLater):
            world.send(client=client)
    assert world.api.calls == {TOKEN: 1}
