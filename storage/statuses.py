"""Words for the states of claims and complaints (`domain.md` 3.5 and 4.3).

Code → (label, what happens next for the customer, in one plain sentence).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

Statuses = Mapping[str, tuple[str, str]]

CLAIM_STATUSES: Final[Statuses] = MappingProxyType(
    {
        "draft": ("待补报案", "报案信息还不完整，补齐后即可继续，已说过的不用再说。"),
        "reported": ("已报案", "报案已登记，正在安排理赔人员与您联系。"),
        "contact_due": ("待首次联系", "理赔人员会尽快与您联系，请保持电话畅通。"),
        "contacted": ("已联系", "理赔人员已与您联系，接下来确定查勘或定损的时间。"),
        "survey_due": ("待查勘", "查勘员会按约定时间到场或线上查看损失。"),
        "assessing": ("定损中", "正在核定损失，完成后您可以查看并确认明细。"),
        "documents_due": ("待补材料", "请按清单一次补齐材料，收齐后开始核定。"),
        "documents_complete": ("材料已收齐", "材料已收齐，即将开始核定。"),
        "deciding": ("核定中", "正在核定是否属于保险责任，有结果会及时通知您。"),
        "calculating": ("理算中", "已认定属于保险责任，正在计算赔款。"),
        "customer_confirm": ("待您确认", "赔付方案已发给您，请查看并确认；有疑问可以要求复核。"),
        "agreed": ("已达成协议", "双方已就赔付达成一致，将在 10 日内付款。"),
        "paying": ("付款中", "赔款正在支付，请留意本人账户到账。"),
        "paid": ("已支付", "赔款已支付，确认到账后结案。"),
        "closed": ("已结案", "案件已经办结；如仍有疑问，可以随时联系我们。"),
        "declined": (
            "不予赔付",
            "书面通知已说明理由和依据；您可以申请复核，也可以投诉、调解或诉讼。",
        ),
        "objection": ("复核中", "已收到您的异议，正在由其他人员复核。"),
        "suspended": (
            "暂时中止",
            "正在等待认定书、鉴定或法院的结果，收到后继续办理。",
        ),
        "withdrawn": ("已撤案", "您已撤回报案；如需重新处理，可以再次报案。"),
        "cancelled": ("已销案", "因重复或误报，此案已注销；如有疑问请联系我们。"),
        "litigation": ("诉讼中", "案件已进入诉讼，专人会跟进并告知进展。"),
        "advance_paid": (
            "已先行赔付",
            "能够确定的部分已先支付，其余部分确定后支付差额。",
        ),
    }
)

COMPLAINT_STATUSES: Final[Statuses] = MappingProxyType(
    {
        "received": ("已收到", "投诉已登记，办理时限从收到次日起算，正在分派经办人。"),
        "accepted": ("已受理", "经办人会与您联系，核实情况和您的诉求。"),
        "investigating": ("调查中", "正在调取记录、核实经过，有进展会告诉您。"),
        "proposing": ("拟定方案中", "情况已经核实，正在拟定处理方案。"),
        "negotiating": ("沟通方案中", "经办人正在与您沟通处理方案，您可以随时补充意见。"),
        "decided": (
            "已告知决定",
            "请查看处理决定；不接受的话可以申请上级核查，或者申请调解、拨打 12378。",
        ),
        "closed": ("已办结", "投诉已经办结，我们会回访了解您的感受。"),
        "review": ("上级核查中", "上级机构正在核查，会把核查结论书面告知您。"),
        "mediation": ("调解中", "已转入保险纠纷调解，调解组织会与您约定时间。"),
        "withdrawn": ("已撤回", "您已撤回投诉，程序当日终止；如有需要可以再次提出。"),
        "transferred": ("已转受理方", "此事不归本机构处理，已告知您应受理的机构。"),
        "extended": ("已延期", "情况复杂，办理期限已延长，理由和新的期限已告知您。"),
        "suspended": ("暂时中止", "正在等待司法程序的结果，收到后继续办理。"),
        "merged": ("已合并处理", "与同一事由的其他投诉合并处理，结果会单独告诉您。"),
    }
)

# Versions of knowledge entries, for those who edit them.
KB_STATES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "draft": "草稿", "review": "待复核", "approved": "待发布", "published": "生效",
        "replaced": "已换新", "expired": "已过期", "withdrawn": "已撤下",
    }
)  # fmt: skip
