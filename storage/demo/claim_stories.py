"""What was said about demo accidents, by kind of policy or else by line of the claim."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Story:
    """An accident in the words of who reported it, and the papers it needs."""

    accident_type: str
    words: str
    damage: str
    missing: tuple[str, ...]
    injured: bool = False
    drivable: bool | None = None
    two_cars: bool = False


_CAR_PAPERS = ("行驶证", "驾驶证", "维修发票和清单")
_INJURY_PAPERS = ("事故认定书", "病历和诊断证明", "医疗发票和清单")
_HOME_PAPERS = ("损失清单", "房产证明", "维修报价")
_MEDICAL_PAPERS = ("病历和诊断证明", "医疗发票原件", "费用清单")
_CARGO_PAPERS = ("运单", "货损照片", "发票和装箱单")

_TWO_CARS = (
    Story("rear_end", "等红灯起步时追尾了前车，双方都没受伤。", "前保险杠和左前大灯破损",
          (*_CAR_PAPERS, "自行协商协议书"), drivable=True, two_cars=True),
    Story("scrape", "并线时和旁边的车剐蹭，已拍照挪车。", "右侧前后门划痕、后视镜破损",
          (*_CAR_PAPERS, "自行协商协议书"), drivable=True, two_cars=True),
    Story("pedestrian", "右转时和骑电动车的人相碰，对方腿部受伤，已送医院。", "左前翼子板凹陷",
          _INJURY_PAPERS, injured=True, drivable=True),
)  # fmt: skip
_ONE_CAR = (
    Story("hit_object", "倒车时碰到小区石墩。", "后保险杠开裂", _CAR_PAPERS, drivable=True),
    Story("single_vehicle", "下雨打滑，蹭到护栏。", "右前翼子板和轮毂受损",
          _CAR_PAPERS, drivable=False),
    Story("glass", "高速上前风挡被石子崩裂。", "前风挡玻璃裂纹", _CAR_PAPERS, drivable=True),
    Story("flood", "地下车库进水，车泡到座椅，没有再启动。", "内饰和电路进水",
          (*_CAR_PAPERS, "水位线照片"), drivable=False),
)  # fmt: skip
STORIES: dict[str, tuple[Story, ...]] = {
    "auto": _TWO_CARS + _ONE_CAR,
    # Compulsory cover is for others, not for the own car (CTPL 3, 21).
    "compulsory": _TWO_CARS,
    "home": (
        Story("water_leak", "厨房水管爆裂，地板和橱柜被泡，已关阀。", "木地板、橱柜", _HOME_PAPERS),
        Story("theft", "出差回来发现门锁被撬，已报警。", "笔记本电脑、相机",
              (*_HOME_PAPERS, "公安立案证明")),
        Story("fire", "厨房油锅起火，已扑灭，没有人受伤。", "油烟机和吊顶烧损",
              (*_HOME_PAPERS, "消防证明")),
    ),
    "property": (
        Story("fire", "车间配电箱短路起火，已扑灭，没有人受伤。", "配电箱和两台设备烧损",
              ("损失清单", "消防证明", "设备购置发票", "维修报价")),
        Story("flood", "暴雨后仓库进水，已组织排水和转移货物。", "存货约 60 件受潮",
              ("损失清单", "进货发票", "存货账册")),
    ),
    "accident": (
        Story("fall", "下楼踩空摔倒，手腕骨折，已在医院打石膏。", "右腕骨折", _MEDICAL_PAPERS,
              injured=True),
        Story("other", "在家做饭被热油烫伤，门诊处理过了。", "左手烫伤", _MEDICAL_PAPERS,
              injured=True),
    ),
    "driver_accident": (
        Story("other", "开车时急刹，额头碰到方向盘，去门诊缝了两针。", "额部挫裂伤",
              (*_MEDICAL_PAPERS, "驾驶证", "行驶证"), injured=True),
    ),
    "health": (
        Story("other", "急性阑尾炎住院手术，已经出院。", "住院医疗费用",
              (*_MEDICAL_PAPERS, "出院小结"), injured=False),
    ),
    "employer": (
        Story("other", "员工操作设备时手指被夹伤，已送医。", "员工左手食指受伤",
              ("事故报告", "劳动合同", "医疗发票和清单"), injured=True),
    ),
    "public": (
        Story("fall", "顾客在门口台阶滑倒，膝盖擦伤，没有住院。", "顾客膝部擦伤",
              ("事故报告", "医疗发票和清单"), injured=True),
    ),
    "cargo": (
        Story("other", "卸货时发现纸箱被雨水浸湿，签收单已批注。", "32 箱货物水湿", _CARGO_PAPERS),
        Story("other", "运输途中急刹，部分货物倒塌破损。", "8 件货物破损", _CARGO_PAPERS),
    ),
}  # fmt: skip
