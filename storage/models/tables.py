"""Imports every model, so that the metadata is complete; says nothing itself."""

from storage.models.base import Base
from storage.models.calendar import CalendarDay
from storage.models.case import CaseEvent, Claim, Complaint, Handoff, NumberSequence, Survey, Ticket
from storage.models.claim import ClaimDocument
from storage.models.conversation import Conversation, Message
from storage.models.customer import AccessLog, Customer, OneTimeCode, OptOut, VerificationFailure
from storage.models.episode import AgentPresence, AgentState, ConsoleEvent, Episode
from storage.models.identity import AccessGrant, Consent, IdentityBinding, StaffCheck
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
from storage.models.policy import Policy
from storage.models.service import PolicyDelivery, PolicyLink, ServiceDocument, ServiceRequest
from storage.models.staff import ApiToken, IdempotentRequest, StaffUser

__all__ = [
    "AccessGrant",
    "AccessLog",
    "AgentPresence",
    "AgentState",
    "ApiToken",
    "Base",
    "CalendarDay",
    "CaseEvent",
    "ChannelToken",
    "Claim",
    "ClaimDocument",
    "Complaint",
    "Consent",
    "ConsoleEvent",
    "Conversation",
    "Customer",
    "Episode",
    "Handoff",
    "IdempotentRequest",
    "IdentityBinding",
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
    "Policy",
    "PolicyDelivery",
    "PolicyLink",
    "ServiceDocument",
    "ServiceRequest",
    "StaffCheck",
    "StaffUser",
    "Survey",
    "Ticket",
    "VerificationFailure",
]
