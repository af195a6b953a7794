"""measure: the ledger, the audit chain, feedback, supervision and assessment"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply the change; every new column may stay empty, so the old program still runs."""
    op.add_column("survey", sa.Column("agent", sa.String(length=128), nullable=True))
    op.add_column("survey", sa.Column("case_number", sa.String(length=64), nullable=True))
    op.add_column("survey", sa.Column("answers", sa.LargeBinary(), nullable=True))
    op.add_column("survey", sa.Column("reason", sa.String(length=128), nullable=True))
    op.add_column("survey", sa.Column("expires_at", _MOMENT, nullable=True))
    op.create_index("ix_survey_case_number", "survey", ["case_number"])
    op.create_table(
        "event",
        sa.Column("id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=True),
        sa.Column("case_number", sa.String(length=64), nullable=True),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.Column("team", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=64), nullable=False),
        sa.Column("result", sa.String(length=64), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column("excluded", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=True),
        sa.Column("key", sa.String(length=128), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    op.create_index(
        "ix_event_case_number_kind",
        "event",
        ["case_number", "kind"],
        sqlite_where=sa.text("case_number IS NOT NULL"),
        postgresql_where=sa.text("case_number IS NOT NULL"),
    )
    op.create_index("ix_event_conversation_id_kind_at", "event", ["conversation_id", "kind", "at"])
    op.create_index("ix_event_kind_at", "event", ["kind", "at"])
    op.create_index(
        "uq_event_key",
        "event",
        ["key"],
        unique=True,
        sqlite_where=sa.text("key IS NOT NULL"),
        postgresql_where=sa.text("key IS NOT NULL"),
    )
    op.create_table(
        "kpi_exclusion",
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=255), nullable=False),
        sa.Column("asked_by", sa.String(length=128), nullable=False),
        sa.Column("approved_by", sa.String(length=128), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_kpi_exclusion")),
    )
    op.create_table(
        "staff_post",
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("team", sa.String(length=64), nullable=False),
        sa.Column("post", sa.String(length=64), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_staff_post")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_entry")),
    )
    op.create_index("ix_audit_entry_source_source_id", "audit_entry", ["source", "source_id"])
    op.create_index("ix_audit_entry_subject", "audit_entry", ["subject"])
    op.create_table(
        "audit_head",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "improvement",
        sa.Column("id", _ID, nullable=False),
        sa.Column("key", sa.String(length=128), nullable=True),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("cause", sa.String(length=64), nullable=False),
        sa.Column("measure", sa.String(length=1000), nullable=False),
        sa.Column("method", sa.String(length=64), nullable=False),
        sa.Column("owner", sa.String(length=128), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("kpi", sa.String(length=64), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("result", sa.String(length=1000), nullable=False),
        sa.Column("opened_at", _MOMENT, nullable=False),
        sa.Column("closed_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_improvement")),
        sa.UniqueConstraint("key", name=op.f("uq_improvement_key")),
    )
    op.create_index("ix_improvement_status", "improvement", ["status"])
    op.create_table(
        "feedback_cluster",
        sa.Column("id", _ID, nullable=False),
        sa.Column("leader", sa.LargeBinary(), nullable=False),
        sa.Column("category", sa.String(length=64), nullable=False),
        sa.Column("improvement_id", _ID, nullable=True),
        sa.Column("opened_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["improvement_id"], ["improvement.id"], name=op.f("fk_feedback_cluster_improvement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_cluster")),
    )
    op.create_index("ix_feedback_cluster_improvement_id", "feedback_cluster", ["improvement_id"])
    op.create_table(
        "feedback",
        sa.Column("id", _ID, nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", _ID, nullable=True),
        sa.Column("ticket_number", sa.String(length=64), nullable=True),
        sa.Column("recorded_by", sa.String(length=128), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("contact", sa.LargeBinary(), nullable=False),
        sa.Column("nature", sa.String(length=64), nullable=False),
        sa.Column("category", sa.String(length=64), nullable=False),
        sa.Column("cluster_id", _ID, nullable=True),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("told_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_feedback_conversation_id")
        ),
        sa.ForeignKeyConstraint(
            ["cluster_id"], ["feedback_cluster.id"], name=op.f("fk_feedback_cluster_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sa.UniqueConstraint("key", name=op.f("uq_feedback_key")),
    )
    op.create_index("ix_feedback_cluster_id", "feedback", ["cluster_id"])
    op.create_index("ix_feedback_conversation_id", "feedback", ["conversation_id"])
    op.create_index("ix_feedback_status_at", "feedback", ["status", "at"])
    op.create_table(
        "qa_plan",
        sa.Column("id", _ID, nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.String(length=128), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_qa_plan")),
        sa.UniqueConstraint("first", "last", name=op.f("uq_qa_plan_first_last")),
    )
    op.create_table(
        "qa_sample",
        sa.Column("id", _ID, nullable=False),
        sa.Column("plan_id", _ID, nullable=False),
        sa.Column("subject", sa.String(length=128), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=True),
        sa.Column("agent", sa.String(length=128), nullable=False),
        sa.Column("why", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("reviewer", sa.String(length=128), nullable=False),
        sa.Column("scores", sa.JSON(), nullable=True),
        sa.Column("vetoes", sa.JSON(), nullable=True),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("comment", sa.LargeBinary(), nullable=False),
        sa.Column("ticket_number", sa.String(length=64), nullable=True),
        sa.Column("done_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["plan_id"], ["qa_plan.id"], name=op.f("fk_qa_sample_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_qa_sample")),
        sa.UniqueConstraint("plan_id", "subject", name=op.f("uq_qa_sample_plan_id_subject")),
    )
    op.create_index("ix_qa_sample_conversation_id", "qa_sample", ["conversation_id"])
    op.create_index("ix_qa_sample_subject", "qa_sample", ["subject"])
    op.create_table(
        "assessment",
        sa.Column("id", _ID, nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("person", sa.String(length=128), nullable=False),
        sa.Column("team", sa.String(length=64), nullable=False),
        sa.Column("post", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("appeal", sa.LargeBinary(), nullable=True),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("published_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
        sa.UniqueConstraint(
            "first", "last", "person", name=op.f("uq_assessment_first_last_person")
        ),
    )
    op.create_index("ix_assessment_person", "assessment", ["person"])
    op.create_table(
        "merit",
        sa.Column("id", _ID, nullable=False),
        sa.Column("person", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("case_number", sa.String(length=64), nullable=True),
        sa.Column("recorded_by", sa.String(length=128), nullable=False),
        sa.Column("approved_by", sa.String(length=128), nullable=True),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merit")),
    )
    op.create_index("ix_merit_person", "merit", ["person"])
    op.create_table(
        "training_task",
        sa.Column("id", _ID, nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("person", sa.String(length=128), nullable=False),
        sa.Column("topic", sa.String(length=128), nullable=False),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("kpi", sa.String(length=64), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("opened_at", _MOMENT, nullable=False),
        sa.Column("done_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_task")),
        sa.UniqueConstraint("key", name=op.f("uq_training_task_key")),
    )
    op.create_index("ix_training_task_person", "training_task", ["person"])
    op.create_index("ix_training_task_status", "training_task", ["status"])


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("training_task")
    op.drop_table("merit")
    op.drop_table("assessment")
    op.drop_table("qa_sample")
    op.drop_table("qa_plan")
    op.drop_table("feedback")
    op.drop_table("feedback_cluster")
    op.drop_table("improvement")
    op.drop_table("audit_head")
    op.drop_table("audit_entry")
    op.drop_table("staff_post")
    op.drop_table("kpi_exclusion")
    op.drop_table("event")
    op.drop_index("ix_survey_case_number", table_name="survey")
    for column in ("expires_at", "reason", "answers", "case_number", "agent"):
        op.drop_column("survey", column)
