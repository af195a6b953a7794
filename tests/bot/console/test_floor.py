"""The supervisor's figures and the access log: right, reachable, and for supervisors alone."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from PIL import Image

from bot.media import MediaStore
from storage.models.outbox import Media
from storage.unit_of_work import UnitOfWork
from tests.bot.console.conftest import House
from tests.bot.console.test_claims import opened
from tests.bot.console.test_complaints import filed


def figure(page: str, title: str) -> str:
    """Return the figure of a tile."""
    found = re.search(rf"<span>{title}</span><b>([^<]*)</b>", page)
    assert found is not None, title
    return found[1]


def test_the_figures_are_those_of_the_rows(house: House) -> None:
    """Waiting, longest wait, bot share, what runs out of time."""
    house.customer("你好", "p2")
    number = house.customer("转人工", "p1")
    opened(house)
    filed(house)
    house.later(minutes=3)
    lead = house.log_in("刘洋")
    page = lead.get("/console/floor").text
    assert figure(page, "排队") == "1"
    assert figure(page, "最久等待") == "3 分钟"
    assert figure(page, "机器人办完") == "50%"
    assert figure(page, "案件要超时") == "1"
    assert f"c={number}" in page
    house.later(days=14)
    lead = house.log_in("刘洋")
    assert figure(lead.get("/console/floor/now").text, "投诉要超期") == "1"


def test_every_figure_opens_its_rows(house: House) -> None:
    """Each tile leads to a page that a supervisor may open."""
    lead = house.log_in("刘洋")
    page = lead.get("/console/floor").text
    paths = re.findall(r'class="tile[^"]*" href="(/[^"]+)"', page)
    assert len(paths) >= 7
    for path in paths:
        assert lead.get(path.replace("&amp;", "&")).status_code == 200, path


def test_people_at_work_are_shown_with_their_hands(house: House) -> None:
    """State, how many they have, and a way in."""
    number = house.customer("转人工")
    agent = house.log_in("王敏")
    agent.post("/console/state", data={"state": "online"})
    agent.post(f"/console/c/{number}/take")
    page = house.log_in("刘洋").get("/console/floor").text
    assert figure(page, "在线 / 忙碌") == "1 / 0"
    assert f"#{number}" in page
    assert "1 / " in page


def test_who_saw_whom_is_found_and_the_chain_holds(house: House) -> None:
    """By person and by number; the chain is whole."""
    number = opened(house)
    house.log_in("陈立").get(f"/console/claims/{number}")
    lead = house.log_in("刘洋")
    assert f"案件 {number}" in lead.get("/console/audit", params={"who": "陈立"}).text
    assert f"案件 {number}" not in lead.get("/console/audit", params={"who": "王敏"}).text
    assert f"案件 {number}" in lead.get("/console/audit", params={"q": number}).text
    assert "审计链完整" in lead.get("/console/audit", params={"check": "1"}).text


@pytest.mark.parametrize("name", ["王敏", "陈立", "赵颖", "周正", "孙倩", "吴静"])
def test_nobody_else_oversees(house: House, name: str) -> None:
    """Floor and access log are for supervisors and administrators."""
    browser = house.log_in(name)
    for path in ("/console/floor", "/console/floor/now", "/console/audit"):
        assert browser.get(path).status_code == 403


def test_a_photo_is_an_image_and_nothing_else(house: House) -> None:
    """Its own type, a policy that lets nothing run, and only for whoever may see the case."""
    number = opened(house)
    conversation = house.customer("你好")
    picture = BytesIO()
    Image.new("RGB", (4, 4)).save(picture, "PNG")
    settings = house.app.settings
    path = MediaStore(settings.media_dir, 10_000).save("p1", picture.getvalue(), "png")

    def add(uow: UnitOfWork) -> list[int]:
        made = [
            Media(conversation_id=conversation, kind="image", ref="r", path=one, status="stored",
                  case_number=number, at=house.moment)
            for one in (path, "../../etc/passwd", None)
        ]  # fmt: skip
        uow.session.add_all(made)
        uow.session.flush()
        return [one.id for one in made]

    good, bad, none = house.run(add)
    clerk = house.log_in("陈立")
    answer = clerk.get(f"/console/media/{good}")
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert clerk.get(f"/console/media/{bad}").status_code == 409
    assert clerk.get(f"/console/media/{none}").status_code == 409
    assert f'src="/console/media/{good}"' in clerk.get(f"/console/claims/{number}").text
    for name in ("孙倩", "周正", "赵颖", "吴静"):
        assert house.log_in(name).get(f"/console/media/{good}").status_code == 403
    assert house.browser().get(f"/console/media/{good}").status_code == 303
