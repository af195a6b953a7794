"""What each kind of policy covers and costs, with the fields of `domain.md` 5.2.

Premiums are plausible, not a tariff: the bot never quotes (`domain.md` 0). A deductible is
words, empty when there is none, because that is how a policy prints it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from storage.demo import vocabulary
from storage.demo.customers import Client
from storage.demo.vehicles import Vehicle

Details = dict[str, Any]
Coverage = dict[str, Any]


@dataclass(frozen=True)
class Product:
    """A product; ``line`` is the branch's coarse line, ``kind`` tells the products of a line apart.

    ``describe`` returns the premium in fen and the details that only this kind has.
    """

    kind: str
    line: str
    name: str
    describe: Callable[[Random, Client, Vehicle | None], tuple[int, Details]]

    def offer(self, rng: Random, client: Client, vehicle: Vehicle | None) -> tuple[int, Details]:
        """Return premium in fen and details of one policy."""
        fen, own = self.describe(rng, client, vehicle)
        common = {
            "kind": self.kind,
            "clause": f"DEMO-{self.kind.upper()}-2020",
            "special": "演示保单，不产生任何保险责任。",
            "invoice": rng.choice(("已开具", "已开具", "未申请")),
            "endorsements": int(rng.random() < 0.1),
        }
        car = {"vehicle": vehicle.details(), "subject": vehicle.plate} if vehicle else {}
        return fen, common | car | own


def _cover(name: str, limit_yuan: int, deductible: str = "") -> Coverage:
    return {"name": name, "limit_yuan": limit_yuan, "deductible": deductible}


def _yuan(rng: Random, low: int, high: int) -> int:
    """Return a premium between two amounts in yuan, in fen."""
    return rng.randrange(low * 100, high * 100)


def _address(rng: Random) -> str:
    return f"天津市{rng.choice(vocabulary.DISTRICTS)}{rng.choice(vocabulary.ROADS)}***号"


def _compulsory(rng: Random, client: Client, vehicle: Vehicle | None) -> tuple[int, Details]:
    # Tianjin is in float scheme D (domain.md 2.2).
    percent = rng.choice((100, 85, 75, 65))
    base = 1000 if client.kind == "firm" else 950
    covers = [
        _cover("死亡伤残赔偿限额", 180_000),
        _cover("医疗费用赔偿限额", 18_000),
        _cover("财产损失赔偿限额", 2_000),
    ]
    tax = 0 if vehicle and vehicle.electric else rng.choice((27_000, 39_000))
    return base * percent, {"coverages": covers, "float_percent": percent - 100, "tax_fen": tax}


def _own_damage(rng: Random, vehicle: Vehicle | None) -> list[Coverage]:
    value = vehicle.price_yuan // 1000 * rng.randint(55, 95) * 10 if vehicle else 100_000
    return [
        _cover("机动车损失保险", value, rng.choice(("", "", "每次事故绝对免赔额 500 元"))),
        _cover("第三者责任保险", rng.choice((1_000_000, 2_000_000, 3_000_000))),
        _cover("车上人员责任保险（司机）", 10_000),
        _cover("车上人员责任保险（乘客，每座）", 10_000),
    ]


def _commercial(rng: Random, _: Client, vehicle: Vehicle | None) -> tuple[int, Details]:
    covers = _own_damage(rng, vehicle)
    if rng.random() < 0.4:
        covers.append(_cover("附加车身划痕损失险", 5_000))
    if rng.random() < 0.5:
        covers.append(_cover("附加医保外医疗费用责任险", 100_000))
    return _yuan(rng, 1_800, 5_200), {
        "coverages": covers,
        "services": ["道路救援 7 次", "代驾 1 次"],
    }


def _new_energy(rng: Random, _: Client, vehicle: Vehicle | None) -> tuple[int, Details]:
    covers = _own_damage(rng, vehicle)
    covers[0]["name"] = "新能源汽车损失保险"
    covers.append(_cover("附加外部电网故障损失险", 50_000))
    if rng.random() < 0.5:
        covers.append(_cover("附加自用充电桩损失保险", 5_000))
    return _yuan(rng, 2_800, 6_500), {"coverages": covers, "services": ["道路救援 7 次"]}


def _driver_accident(rng: Random, _: Client, __: Vehicle | None) -> tuple[int, Details]:
    covers = [
        _cover("驾驶意外身故、伤残", rng.choice((300_000, 500_000, 1_000_000))),
        _cover("驾驶意外医疗", 30_000, "每次 100 元后按 90% 赔付"),
        _cover("意外住院津贴（每日）", 100),
    ]
    return _yuan(rng, 100, 299), {"coverages": covers, "hospital": "二级及以上公立医院普通部"}


def _accident(rng: Random, _: Client, __: Vehicle | None) -> tuple[int, Details]:
    covers = [
        _cover("意外身故、伤残", rng.choice((100_000, 300_000, 500_000))),
        _cover("意外医疗", rng.choice((10_000, 20_000)), "每次 100 元后按 80% 赔付"),
        _cover("意外住院津贴（每日）", rng.choice((50, 100))),
    ]
    return _yuan(rng, 100, 600), {
        "coverages": covers,
        "occupation_class": rng.randint(1, 3),
        "hospital": "二级及以上公立医院普通部",
        "beneficiary": "法定",
    }


def _health(rng: Random, _: Client, __: Vehicle | None) -> tuple[int, Details]:
    covers = [
        _cover("一般住院医疗", 1_000_000, "年度 10000 元"),
        _cover("重大疾病住院医疗", 2_000_000),
    ]
    return _yuan(rng, 300, 1_500), {
        "coverages": covers,
        "waiting_days": 30,
        "renewal": "不保证续保，续保须经审核",
        "pre_existing": "既往症除外",
    }


def _home(rng: Random, _: Client, __: Vehicle | None) -> tuple[int, Details]:
    covers = [
        _cover("房屋主体", rng.choice((500_000, 1_000_000, 1_500_000)), "每次 500 元"),
        _cover("室内装修", 200_000, "每次 500 元"),
        _cover("室内财产", 100_000, "每次 500 元"),
        _cover("附加管道破裂及水渍", 20_000, "每次 200 元"),
        _cover("附加居家第三者责任", 50_000),
    ]
    address = _address(rng)
    return _yuan(rng, 80, 500), {
        "coverages": covers,
        "address": address,
        "subject": address,
        "structure": "钢混",
        "area_m2": rng.randint(55, 160),
    }


def _property(rng: Random, _: Client, __: Vehicle | None) -> tuple[int, Details]:
    covers = [
        _cover("固定资产", rng.choice((5_000_000, 12_000_000, 30_000_000)), "每次损失的 10%"),
        _cover("存货", rng.choice((1_000_000, 3_000_000)), "每次损失的 10%"),
        _cover("扩展自动恢复保险金额", 0),
    ]
    address = _address(rng)
    return _yuan(rng, 5_000, 90_000), {
        "coverages": covers,
        "address": address,
        "subject": address,
    }


def _employer(rng: Random, client: Client, __: Vehicle | None) -> tuple[int, Details]:
    covers = [
        _cover("每人死亡伤残", rng.choice((500_000, 800_000, 1_000_000))),
        _cover("每人医疗费用", rng.choice((50_000, 100_000)), "每次 200 元后按 90% 赔付"),
        _cover("累计赔偿限额", 20_000_000),
    ]
    staff = rng.randint(6, 160)
    return staff * rng.randrange(30_000, 60_000), {
        "coverages": covers,
        "subject": f"{client.trade}雇员 {staff} 人",
        "staff_count": staff,
        "territory": "中国境内（不含港澳台）",
    }


def _public(rng: Random, client: Client, __: Vehicle | None) -> tuple[int, Details]:
    covers = [
        _cover("每次事故赔偿限额", 2_000_000, "财产损失每次 500 元"),
        _cover("累计赔偿限额", 5_000_000),
    ]
    address = _address(rng)
    return _yuan(rng, 1_500, 20_000), {
        "coverages": covers,
        "address": address,
        "subject": f"{client.trade}营业场所",
    }


def _cargo(rng: Random, _: Client, __: Vehicle | None) -> tuple[int, Details]:
    goods = rng.choice(("日用百货", "冷冻食品", "机械配件", "钢材", "家具", "电子元件"))
    covers = [
        _cover("国内公路货物运输保险", rng.choice((200_000, 500_000, 2_000_000)), "损失的 5%")
    ]
    return _yuan(rng, 800, 30_000), {
        "coverages": covers,
        "mode": rng.choice(("逐笔", "预约")),
        "route": f"天津—{rng.choice(('北京', '石家庄', '济南', '沈阳', '郑州', '上海'))}",
        "goods": goods,
        "subject": goods,
    }


def _surety(rng: Random, _: Client, __: Vehicle | None) -> tuple[int, Details]:
    amount = rng.choice((200_000, 500_000, 1_000_000))
    covers = [_cover("履约担保额度", amount)]
    return _yuan(rng, 500, 15_000), {
        "coverages": covers,
        "subject": "投标保证",
        "guaranteed": "天津示例***有限公司",
    }


_ALL = (
    Product("compulsory", "auto", "机动车交通事故责任强制保险", _compulsory),
    Product("commercial", "auto", "机动车商业保险", _commercial),
    Product("new_energy", "auto", "新能源汽车商业保险", _new_energy),
    Product("driver_accident", "accident", "驾乘人员意外伤害保险", _driver_accident),
    Product("accident", "accident", "个人意外伤害保险", _accident),
    Product("health", "health", "个人住院医疗保险", _health),
    Product("home", "home", "家庭财产保险", _home),
    Product("property", "property", "企业财产综合险", _property),
    Product("employer", "liability", "雇主责任保险", _employer),
    Product("public", "liability", "公众责任保险", _public),
    Product("cargo", "cargo", "国内货物运输保险", _cargo),
    Product("surety", "surety", "投标保证保险", _surety),
)
SENIOR = replace(
    next(product for product in _ALL if product.kind == "accident"), name="老年意外伤害保险"
)
PRODUCTS = {product.kind: product for product in _ALL}
