"""Where Django finds the models; everybody else imports them from their room."""

from licensing.activation.models import ActivationRequest
from licensing.api.models import IdempotentAnswer
from licensing.documents.models import WithdrawnKey
from licensing.enrollment.models import EnrollmentToken
from licensing.fleet.models import UsageDay
from licensing.licenses.models import (
    Activation,
    Heartbeat,
    Instance,
    Key,
    KeyAttempt,
    KeyUsage,
    License,
    Product,
    Reminder,
    TrialAllowance,
)
from licensing.merging.models import Merge
from licensing.offline.models import FileAnswer
from licensing.purchases.models import Buyer, Purchase, PurchaseImport

__all__ = [
    "Activation",
    "ActivationRequest",
    "Buyer",
    "EnrollmentToken",
    "FileAnswer",
    "Heartbeat",
    "IdempotentAnswer",
    "Instance",
    "Key",
    "KeyAttempt",
    "KeyUsage",
    "License",
    "Merge",
    "Product",
    "Purchase",
    "PurchaseImport",
    "Reminder",
    "TrialAllowance",
    "UsageDay",
    "WithdrawnKey",
]
