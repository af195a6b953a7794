"""Importing customers, policies and payments: row errors, all or nothing, safe to repeat."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from bot.clock import SHANGHAI
from bot.errors import BadRequest
from storage.crypto import Cipher
from storage.demo.identifiers import credit_code, id_number
from storage.imports.run import Importer, Outcome
from storage.models.customer import Customer
from storage.models.joining import CustomerJoin
from storage.models.payment import Payment
from storage.models.policy import Policy
from tests.conftest import SECRET

ROOT = Path(__file__).parents[3]
SAMPLES = ROOT / "docs" / "samples"
ID = id_number(date(1980, 1, 1), 7)
CUSTOMERS = "客户编号,姓名,证件号码,手机号"
POLICIES = "保单号,客户编号,险种,产品名称,车牌号,起保日期,到期日,状态,保费,险别明细"
A_POLICY = "P001,C1,车险,机动车商业保险,津a·12345,2026-01-05,2027-01-04,承保,1234.5,车损:100:免赔"
Run = Callable[..., Outcome]


@pytest.fixture
def run(database: Engine, database_url: str, tmp_path: Path) -> Run:
    """Imports a text (or a file) of a kind."""
    importer = Importer(database_url, SECRET, tmp_path / "imports")

    def go(kind: str, content: str | bytes | Path, *, dry_run: bool = False) -> Outcome:
        file = content if isinstance(content, Path) else tmp_path / f"{kind}.csv"
        if isinstance(content, str):
            content = content.encode()
        if isinstance(content, bytes):
            file.write_bytes(content)
        outcome = importer.run(kind, file, dry_run=dry_run)
        assert list((tmp_path / "imports").iterdir()) == []
        return outcome

    return go


def numbers(outcome: Outcome) -> tuple[int, int, int]:
    """Return what was added, changed and left."""
    assert outcome.problems.shown == []
    return outcome.added, outcome.changed, outcome.same


def count(database: Engine, model: type[Customer | Policy | Payment]) -> int:
    """Return how many rows a table has."""
    with Session(database) as session:
        return int(session.scalar(select(func.count()).select_from(model)) or 0)


def test_the_samples_of_the_documentation_come_in(run: Run, database: Engine) -> None:
    """As they are in the manual; twice changes nothing, and a dry run writes nothing."""
    for kind, rows in (("customers", 3), ("policies", 4), ("payments", 3)):
        file = SAMPLES / f"{kind}.csv"
        assert numbers(run(kind, file, dry_run=True)) == (rows, 0, 0)
        assert numbers(run(kind, file)) == (rows, 0, 0)
        assert numbers(run(kind, file)) == (0, 0, rows)
        assert numbers(run(kind, file, dry_run=True)) == (0, 0, rows)
    with Session(database) as session:
        policy = session.scalars(select(Policy).where(Policy.number == "YLTJ2026000002")).one()
        assert policy.starts_at == datetime(2026, 3, 1, tzinfo=SHANGHAI)
        assert (policy.ends_on, policy.premium_fen) == (date(2027, 2, 28), 328_050)
        assert policy.details["coverages"][0] == {
            "name": "机动车损失保险",
            "limit_yuan": 150_000,
            "deductible": "每次事故绝对免赔额 500 元",
        }
        paid = session.scalars(select(Payment).where(Payment.policy_id == policy.id)).one()
        assert (paid.amount_fen, paid.method, paid.status) == (328_050, "微信", "已到账")


def test_personal_columns_are_encrypted_and_can_be_looked_up(run: Run, database: Engine) -> None:
    """By the blind indexes that everybody else uses; nothing of it stands in the row itself."""
    run("customers", f"{CUSTOMERS}\nC1,张三,{ID.lower()},+86 138-0000-0001\n")
    cipher = Cipher(SECRET)
    with Session(database) as session:
        query = select(Customer).where(Customer.phone_blind == cipher.blind("13800000001"))
        customer = session.scalars(query).one()
        assert (customer.name, customer.id_number, customer.kind) == ("张三", ID, "person")
        assert customer.id_blind == cipher.blind(ID)
    with database.connect() as connection:
        raw = connection.exec_driver_sql("SELECT name, id_number, phone FROM customer").one()
    assert not any("张三".encode() in bytes(v) or b"138" in bytes(v) for v in raw)


def test_what_changed_is_changed_and_nothing_else(run: Run, database: Engine) -> None:
    """A new phone, a new name; what the file does not speak of stays."""
    rows = [f"C{n},张{n},{id_number(date(1980, 1, 1), n)},1380000000{n}" for n in range(3)]
    assert numbers(run("customers", "\n".join([CUSTOMERS, *rows]))) == (3, 0, 0)
    rows[1] = rows[1].replace("13800000001", "13800000009")
    rows[2] = rows[2].replace("张2", "李二")
    assert numbers(run("customers", "\n".join([CUSTOMERS, *rows]), dry_run=True)) == (0, 2, 1)
    assert numbers(run("customers", "\n".join([CUSTOMERS, *rows]))) == (0, 2, 1)
    run("policies", f"{POLICIES},特别约定\n{A_POLICY},只在本市\n".replace(",承保,", ",承保,"))
    again = A_POLICY.replace("承保", "退保")
    assert numbers(run("policies", f"{POLICIES}\n{again}\n")) == (0, 1, 0)
    with Session(database) as session:
        policy = session.scalars(select(Policy)).one()
        assert (policy.status, policy.plate) == ("退保", "津A12345")
        assert policy.details["special"] == "只在本市"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_files_of_old_programs_are_read(run: Run, encoding: str) -> None:
    """Whatever the encoding; blank lines, full-width digits, tabs and other names are no matter."""
    text = (
        "\n客户号\t客户名称\t身份证\t联系电话\n\t\t\t\n"
        f"Ｃ１\t欧阳娜\t{ID}\t１３８００００００００\n\n"
    )
    assert numbers(run("customers", text.encode(encoding))) == (1, 0, 0)


def test_a_workbook_with_real_dates_and_numbers(run: Run, tmp_path: Path) -> None:
    """Dates are dates, a phone is a number, amounts are numbers, and a serial day is a day."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (CUSTOMERS.split(","), ["C1", "张三", ID, 13800000001]):
        sheet.append(row)
    file = tmp_path / "客户.xlsx"
    book.save(file)
    assert numbers(run("customers", file)) == (1, 0, 0)
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (
        POLICIES.split(","),
        [
            "P1",
            "C1",
            "车险",
            "车",
            None,
            datetime(2026, 1, 5),  # noqa: DTZ001 - a sheet knows no zones
            date(2027, 1, 4),
            "有效",
            12.5,
            None,
        ],
        ["P2", "C1", "车险", "车", None, 46027, "2027-01-04 24:00", "有效", 1234, None],
    ):
        sheet.append(line)
    file = tmp_path / "保单.xlsx"
    book.save(file)
    assert numbers(run("policies", file)) == (2, 0, 0)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("C2,李四,1.20101E+17,13800000000", "第 3 行「证件号码」：「1.20101E+17」是科学计数法"),
        ("C2,李四,990101198001010079X,13800000000", "第 3 行「证件号码」：身份证号校验不通过"),
        ("C2,李四,990101800101007,13800000000", "15 位旧证号"),
        (f"C2,李四,{ID},12345", "第 3 行「手机号」：不是手机号"),
        (f",李四,{ID},13800000000", "第 3 行「客户编号」：没有填"),
        (f"C1,李四,{ID},13800000000", "第 3 行「客户编号」：C1 与第 2 行重复"),
        (f"C2,=HYPERLINK(1),{ID},13800000000", "是公式"),
        (f"C2,李四,{ID},13800000000,多,余", "比标题多出几格"),
        (f"客户,李四,{ID},13800000000", "字母、数字"),
    ],
)
def test_a_wrong_row_is_named_and_keeps_all_out(
    run: Run, database: Engine, row: str, words: str
) -> None:
    """Row, column, and what to do; the good row beside it is not written either."""
    outcome = run("customers", f"{CUSTOMERS}\nC1,张三,{ID},13800000000\n{row}\n")
    assert [shown for shown in outcome.problems.shown if words in shown]
    assert count(database, Customer) == 0


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("2026-01-05", "2026-02-30", "没有「2026-02-30」这一天"),
        ("2026-01-05", "下个月", "日期「下个月」要写成"),
        ("2027-01-04", "2025-01-04", "「终保日期」：早于起保时间"),
        ("1234.5", "一千", "金额要写成"),
        ("1234.5", "-5", "不能是负数"),
        ("承保", "好的", "不认得「好的」，可以写：未生效、有效"),
        ("车险", "飞机", "不认得「飞机」，可以写：车险、家财险"),
        ("津a·12345", "津I12345", "不是车牌号"),
        ("C1", "C9", "第 2 行「客户编号」：没有 C9，请先导入客户"),
        ("车损:100:免赔", "车损:很多", "要写成 险别:保额"),
    ],
)
def test_a_wrong_policy_is_named(
    run: Run, database: Engine, old: str, new: str, words: str
) -> None:
    """Dates, amounts, words, plates and unknown holders."""
    run("customers", f"{CUSTOMERS}\nC1,张三,{ID},13800000000\n")
    outcome = run("policies", f"{POLICIES}\n{A_POLICY.replace(old, new)}\n")
    assert [shown for shown in outcome.problems.shown if words in shown], outcome.problems.shown
    assert count(database, Policy) == 0


def test_many_errors_are_counted_but_not_all_told(run: Run) -> None:
    """A bounded list; a file of the wrong kind is not read to its end."""
    rows = "\n".join(f"C{n},张三,1,2" for n in range(20_000))
    outcome = run("customers", f"{CUSTOMERS}\n{rows}\n")
    assert len(outcome.problems.shown) == 200
    assert 10_000 <= outcome.problems.total < 20_000


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", b"", "是空的"),
        ("a.csv", f"{CUSTOMERS}\n".encode(), "没有数据行"),
        ("a.csv", "编码,姓名\n1,2\n".encode(), "缺少列：客户编号"),
        ("a.csv", f"{CUSTOMERS},客户号\n".encode(), "是同一列"),
        ("a.csv", b"\xff\xfe\x00\xd8\x00", "文字编码"),
        ("a.csv", b"a\0b", "不是 UTF-8"),
        ("a.csv", f'{CUSTOMERS}\nC1,"{"x" * 200_000}\n'.encode(), "引号没有成对"),
        ("a.xlsx", b"not a zip", "不是完整的 .xlsx"),
        ("a.pdf", b"x", "不认识的文件类型"),
    ],
)
def test_what_is_no_table_is_refused(
    run: Run, tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    """One sentence, whatever the file is."""
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(BadRequest, match=words):
        run("customers", file)


def test_firms_and_other_papers(run: Run, database: Engine) -> None:
    """A credit code makes a firm; a passport must be called one."""
    text = (
        f"{CUSTOMERS},客户类型,证件类型\nF1,示例公司,{credit_code(5)},022-12345678,企业,\n"
        f"P1,Anna Smith,E12345678,13800000000,,护照\n"
    )
    assert numbers(run("customers", text)) == (2, 0, 0)
    with Session(database) as session:
        kinds = {c.ref: (c.kind, c.id_number) for c in session.scalars(select(Customer))}
    assert kinds == {"F1": ("firm", credit_code(5)), "P1": ("person", "E12345678")}


def test_policies_of_a_joined_record_come_to_the_one_that_was_kept(
    run: Run, database: Engine
) -> None:
    """The other program goes on with the old number; importing it takes nothing apart."""
    people = f"{CUSTOMERS}\nC1,张三,{ID},13800000001\nC2,张三,{ID},13800000002\n"
    run("customers", people)
    run("policies", f"{POLICIES}\n{A_POLICY}\n")
    with Session(database) as session:
        ids = {one.ref: one.id for one in session.scalars(select(Customer))}
        moment = datetime(2026, 11, 22, 9, 30, tzinfo=SHANGHAI)
        session.add(
            CustomerJoin(
                kept_id=ids["C2"], away_id=ids["C1"], reason="paper", words="同一人",
                moved={}, by="staff:甲", at=moment,
            )
        )  # fmt: skip
        session.commit()
    for changed in (1, 0):
        assert run("policies", f"{POLICIES}\n{A_POLICY}\n").changed == changed
    with Session(database) as session:
        assert session.scalars(select(Policy.customer_id)).all() == [ids["C2"]]
