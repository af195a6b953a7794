"""授权：投保人让家人或别人看自己的保单，有期限，随时撤；被授权的人凭授权码和自己的手机号看。"""

from __future__ import annotations

from collections.abc import Sequence

from bot.back_office import BackOffice
from bot.desks.identity import Assurance, GrantView
from bot.dialogue.flow import Flow, Outcome, Slot
from bot.dialogue.slot_types.choice import Choice
from bot.dialogue.slot_types.grant_code import grant_code
from bot.dialogue.slot_types.person import person_name
from bot.dialogue.slot_types.phone import phone
from bot.dialogue.slot_types.plate import plate

_RELATIONS = Choice(
    (
        ("family", "家人", r"家|亲|爱人|老公|老婆|媳妇|丈夫|妻子|父|母|爸|妈|儿|女|兄|弟|姐|妹"),
        ("agent", "代办人", r"代办|中介|修理|4S|员工|司机|财务|会计"),
        ("other", "其他", r"其他|其它|朋友|同事|别的"),
    )
)
_DAYS = Choice(
    (
        ("7", "7 天", r"一周|一个?星期|(?<!\d)7|七"),
        ("30", "30 天", r"一个月|1个月|(?<!\d)30|三十"),
        ("365", "一年", r"一年|1年|365|长期|一直"),
    )
)


class Authorise(Flow):
    """Let somebody else see one's policies, until a day (`domain.md` 5.7)."""

    name = "authorise"
    title = "授权查看保单"
    taps = ("授权家人查保单", "授权查保单", "授权别人查保单", "给家人授权")
    told_by = (
        r"(?:我想|我要|帮我|怎么)?(?:给|让|授权)(?!我(?:的|看|查|一|先|再|把|来|去))[^,。 ]{1,8}"
        r"(?:查|看)(?:一下|下)?我的?(?:保单|保险|车险)[^,。 ]{0,3}"
        r"|(?:我想|我要|帮我|怎么|想)*给(?!我(?:授|的|看|查))[^,。 ]{1,6}授权(?:一下|下)?"
        r"(?:(?:查|看)(?:一下|下)?(?:我的?)?(?:保单|保险|车险))?[^,。 ]{0,2}"
    )

    name_of = Slot(
        person_name,
        label="被授权人姓名",
        called=("姓名",),
        ask="请告诉我您要授权谁：他的姓名。",
        help="写他的真实姓名，授权记录里要写明给了谁。他只能看，不能办变更、退保。",
        deferrable=False,
    )
    phone = Slot(
        phone,
        label="被授权人手机号",
        called=("电话", "手机", "手机号"),
        ask="他的手机号是多少？他要用这个号码收验证码，别人用不了。",
        help="11 位手机号。光有授权码看不了，还要这个号码收到的验证码。",
        deferrable=False,
        check=lambda flow, number: None if len(number) == 11 else "这里需要 11 位手机号。",
    )
    relation = Slot(
        _RELATIONS,
        label="和您的关系",
        called=("关系",),
        ask="他是您的家人、代办人，还是其他？",
        buttons=("家人", "代办人", "其他"),
        help="只是记下来备查：家里人选「家人」，替您跑手续的选「代办人」。",
        deferrable=False,
    )
    days = Slot(
        _DAYS,
        label="期限",
        ask="授权多久？最长一年，随时可以撤销。",
        buttons=("7 天", "30 天", "一年"),
        help="到了这一天他就看不到了。只是办一件事的话，7 天一般够用；说「撤销授权」马上失效。",
        deferrable=False,
    )
    plate = Slot(plate, label="只看这辆车", ask="请告诉我车牌号。", optional=True)

    @property
    def requires(self) -> Assurance:
        """Only the holder gives leave."""
        return "V2"

    def invitation(self) -> str:
        """Say what the other person will see."""
        return (
            "他能看到您保单的期限、保障和缴费状态（脱敏），"
            "看不到您的证件号和电话，也不能替您改、退、领款。"
        )

    def submit(self, office: BackOffice) -> Outcome:
        """Give the grant and its code; the code is said this once and kept as a hash."""
        view = office.grant_access(
            {
                "name": self.name_of,
                "phone": self.phone,
                "relation": self.relation,
                "days": self.days,
                "plate": self.plate,
            }
        )
        return Outcome.say(
            f"授权已生效，编号 {view.number}，到 {view.expires_on:%Y年%m月%d日} 为止。\n"
            f"授权码 {view.code}：请您自己告诉 {view.name}（{view.phone}）。"
            "他在这里说「授权码」加这 6 位数字，用自己的手机号收验证码后就能看。"
            "要收回，回复「撤销授权」。",
            "撤销授权",
            "查我的保单",
        )


class UseGrant(Flow):
    """See what a holder gave leave to see."""

    name = "use_grant"
    title = "授权查看"
    keeps_draft = False
    taps = ("授权码", "我有授权码", "用授权码查保单")
    told_by = r"(?:我有|我的|用)?(?:一个)?授权码.{0,6}?[0-9 ]{6,8}.{0,8}"

    code = Slot(
        grant_code,
        label="授权码",
        ask="请告诉我投保人给您的 6 位授权码。",
        deferrable=False,
        shown=False,
        help="授权码由投保人自己给您，和短信验证码不是一回事。",
    )

    @property
    def confirm(self) -> bool:
        """A look-up needs no yes."""
        return False

    @property
    def requires(self) -> Assurance:
        """The code works with the phone it was given to, and that is proved first."""
        return "V1" if self.code else "V0"

    def submit(self, office: BackOffice) -> Outcome:
        """Take the code and show the policies; a wrong one tells nothing."""
        if office.use_grant(str(self.code)):
            return Outcome(then="policy_query")
        if minutes := office.locked_minutes():
            office.hand_off("P1", "授权码多次没有通过")
            return Outcome.say(
                f"核对没有通过的次数有点多，{minutes} 分钟后才能再试，已经请工作人员帮您。"
            )
        return Outcome.say(
            "授权码没有对上，请向投保人核对，并用他登记的您的手机号收验证码。", "授权码", "转人工"
        )


class RevokeGrants(Flow):
    """Take leave back at once."""

    name = "revoke_grants"
    title = "撤销授权"
    keeps_draft = False
    taps = ("撤销授权", "取消授权", "收回授权", "我授权了谁")
    told_by = (
        r"(?:我想|我要|帮我)?(?:撤销|取消|收回|停掉|撤回)(?:对|给)?.{0,8}的?(?:查看)?授权(?:吧)?"
    )

    @property
    def confirm(self) -> bool:
        """It takes effect at once, as easily as it was given."""
        return False

    @property
    def requires(self) -> Assurance:
        """Only the holder takes leave back."""
        return "V2"

    def submit(self, office: BackOffice) -> Outcome:
        """End all of them and say which."""
        given = office.grants()
        if not given:
            return Outcome.say("您现在没有授权给别人。", "授权家人查保单", "查我的保单")
        if "谁" in self.utterance:
            return Outcome.say("您现在的授权：\n" + _lines(given), "撤销授权", "查我的保单")
        office.revoke_grants()
        return Outcome.say("已经撤销，从现在起对方看不到您的保单：\n" + _lines(given), "查我的保单")


def _lines(grants: Sequence[GrantView]) -> str:
    return "\n".join(
        f"{g.number}：{g.name}（{g.phone}），到 {g.expires_on:%Y年%m月%d日}" for g in grants
    )
