from licensing.models.activation import Activation
from licensing.models.activation_request import ActivationRequest
from licensing.models.buyer import Buyer
from licensing.models.enrollment_token import EnrollmentToken
from licensing.models.file_answer import FileAnswer
from licensing.models.idempotent_answer import IdempotentAnswer
from licensing.models.instance import Instance
from licensing.models.key import Key
from licensing.models.key_attempt import KeyAttempt
from licensing.models.license import License
from licensing.models.merge import Merge
from licensing.models.product import Product
from licensing.models.purchase import Purchase
from licensing.models.purchase_import import PurchaseImport
from licensing.models.reminder import Reminder
from licensing.models.trial_allowance import TrialAllowance
from licensing.models.usage_day import UsageDay
from licensing.models.withdrawn_key import WithdrawnKey

__all__ = [
    "Activation",
    "ActivationRequest",
    "Buyer",
    "EnrollmentToken",
    "FileAnswer",
    "IdempotentAnswer",
    "Instance",
    "Key",
    "KeyAttempt",
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
