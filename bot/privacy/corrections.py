"""What of a customer's record is corrected on request, and how a new value must look."""

from __future__ import annotations

from bot.dialogue.slot_types import written_name
from bot.errors import Refused
from storage.crypto import Cipher
from storage.imports import cells
from storage.models.customer import Customer

FIELDS = {"name": "姓名", "phone": "手机号", "id_number": "证件号"}


def correct(customer: Customer, field: str, value: str, cipher: Cipher) -> None:
    """Put a new value into a record; raise Refused for one that cannot be right."""
    if field not in FIELDS:
        raise Refused(f"可以更正的是{'、'.join(FIELDS.values())}")
    if field == "name":
        customer.name = _name(value, customer.kind)
        return
    try:
        good = _number(field, value, customer.kind)
    except cells.CellError as error:
        raise Refused(f"「{FIELDS[field]}」{error}") from None
    setattr(customer, field, good)
    setattr(customer, "phone_blind" if field == "phone" else "id_blind", cipher.blind(good))


def _number(field: str, value: str, kind: str) -> str:
    if field == "phone":
        return cells.phone(value)
    return cells.credit(value) if kind == "firm" else cells.identity(value)


def _name(value: str, kind: str) -> str:
    if kind == "firm":
        if name := written_name.firm_written(value):
            return name
        raise Refused(
            "企业名称用汉字、字母、数字和括号，"
            f"{written_name.SHORTEST} 到 {written_name.LONGEST_FIRM} 个字，照营业执照写"
        )
    if name := written_name.person_written(value):
        return name
    raise Refused(
        f"姓名只能用汉字或字母（中间可以有 · 或空格），{written_name.SHORTEST} 到 "
        f"{written_name.LONGEST} 个字，不能有数字、表情和别的符号，照证件上的写"
    )
