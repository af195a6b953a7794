"""Imports every model, so that the metadata is complete; says nothing itself."""

from storage.models.application import Application, ApplicationPayment, FormStep
from storage.models.audit import AuditEntry, AuditHead
from storage.models.base import Base
from storage.models.calendar import CalendarDay, CalendarVersion
from storage.models.case import CaseEvent, Claim, Complaint, Handoff, NumberSequence, Survey, Ticket
from storage.models.claim import ClaimDocument
from storage.models.complaint import ComplaintParty
from storage.models.console import AgentDraft, AgentRead, ConsoleSession
from storage.models.content import ContentItem
from storage.models.conversation import Conversation, Message
from storage.models.customer import AccessLog, Customer, OneTimeCode, OptOut, VerificationFailure
from storage.models.desk import ConversationGuest, ConversationTag, SamePerson
from storage.models.episode import AgentPresence, AgentState, ConsoleEvent, Episode
from storage.models.group_desk import (
    DeskPresence,
    DeskTopic,
    DeskUpdate,
    DeskWord,
    PaceMark,
    RobotNote,
    StaffTelegram,
)
from storage.models.identity import AccessGrant, Consent, IdentityBinding, StaffCheck
from storage.models.joining import CustomerJoin
from storage.models.knowledge import (
    KbCluster,
    KbEntry,
    KbMiss,
    KbRelease,
    KbReleaseItem,
    KbTestQuestion,
    KbVersion,
)
from storage.models.ledger import Event, KpiExclusion, StaffPost
from storage.models.notice import StaffNotice
from storage.models.outbound import Campaign, JobRun, NoticeGrant, OutboundStop, QuotaUse
from storage.models.outbox import ChannelToken, Media, OutboxItem
from storage.models.payment import Payment
from storage.models.personal import PolicySnapshot, RestrictedRecord
from storage.models.policy import Policy
from storage.models.quality import (
    Assessment,
    Feedback,
    FeedbackCluster,
    Improvement,
    Merit,
    QaPlan,
    QaSample,
    TrainingTask,
)
from storage.models.report import PersonalNotice, ServiceReport
from storage.models.search import SearchSegment
from storage.models.service import PolicyDelivery, PolicyLink, ServiceDocument, ServiceRequest
from storage.models.source import Arrival, Scene
from storage.models.staff import ApiToken, IdempotentRequest, StaffUser
from storage.models.web_link import OAuthState

__all__ = [
    "AccessGrant",
    "AccessLog",
    "AgentDraft",
    "AgentPresence",
    "AgentRead",
    "AgentState",
    "ApiToken",
    "Application",
    "ApplicationPayment",
    "Arrival",
    "Assessment",
    "AuditEntry",
    "AuditHead",
    "Base",
    "CalendarDay",
    "CalendarVersion",
    "Campaign",
    "CaseEvent",
    "ChannelToken",
    "Claim",
    "ClaimDocument",
    "Complaint",
    "ComplaintParty",
    "Consent",
    "ConsoleEvent",
    "ConsoleSession",
    "ContentItem",
    "Conversation",
    "ConversationGuest",
    "ConversationTag",
    "Customer",
    "CustomerJoin",
    "DeskPresence",
    "DeskTopic",
    "DeskUpdate",
    "DeskWord",
    "Episode",
    "Event",
    "Feedback",
    "FeedbackCluster",
    "FormStep",
    "Handoff",
    "IdempotentRequest",
    "IdentityBinding",
    "Improvement",
    "JobRun",
    "KbCluster",
    "KbEntry",
    "KbMiss",
    "KbRelease",
    "KbReleaseItem",
    "KbTestQuestion",
    "KbVersion",
    "KpiExclusion",
    "Media",
    "Merit",
    "Message",
    "NoticeGrant",
    "NumberSequence",
    "OAuthState",
    "OneTimeCode",
    "OptOut",
    "OutboundStop",
    "OutboxItem",
    "PaceMark",
    "Payment",
    "PersonalNotice",
    "Policy",
    "PolicyDelivery",
    "PolicyLink",
    "PolicySnapshot",
    "QaPlan",
    "QaSample",
    "QuotaUse",
    "RestrictedRecord",
    "RobotNote",
    "SamePerson",
    "Scene",
    "SearchSegment",
    "ServiceDocument",
    "ServiceReport",
    "ServiceRequest",
    "StaffCheck",
    "StaffNotice",
    "StaffPost",
    "StaffTelegram",
    "StaffUser",
    "Survey",
    "Ticket",
    "TrainingTask",
    "VerificationFailure",
]
