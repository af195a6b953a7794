"""Imports every model, so that the metadata is complete; says nothing itself."""

from storage.models.base import Base
from storage.models.calendar import CalendarDay
from storage.models.case import CaseEvent, Claim, Complaint, Handoff, NumberSequence, Survey, Ticket
from storage.models.claim import ClaimDocument
from storage.models.conversation import Conversation, Message
from storage.models.customer import AccessLog, Customer, OneTimeCode, OptOut, VerificationFailure
from storage.models.knowledge import (
    KbCluster,
    KbEntry,
    KbMiss,
    KbRelease,
    KbReleaseItem,
    KbTestQuestion,
    KbVersion,
)
from storage.models.outbox import ChannelToken, Media, OutboxItem
from storage.models.payment import Payment
from storage.models.personal import PolicySnapshot, RestrictedRecord
from storage.models.policy import Policy
from storage.models.staff import ApiToken, IdempotentRequest, StaffUser

__all__ = [
    "AccessLog",
    "ApiToken",
    "Base",
    "CalendarDay",
    "CaseEvent",
    "ChannelToken",
    "Claim",
    "ClaimDocument",
    "Complaint",
    "Conversation",
    "Customer",
    "Handoff",
    "IdempotentRequest",
    "KbCluster",
    "KbEntry",
    "KbMiss",
    "KbRelease",
    "KbReleaseItem",
    "KbTestQuestion",
    "KbVersion",
    "Media",
    "Message",
    "NumberSequence",
    "OneTimeCode",
    "OptOut",
    "OutboxItem",
    "Payment",
    "Policy",
    "PolicySnapshot",
    "RestrictedRecord",
    "StaffUser",
    "Survey",
    "Ticket",
    "VerificationFailure",
]
