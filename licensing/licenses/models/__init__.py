from licensing.licenses.models.activation import Activation
from licensing.licenses.models.heartbeat import Heartbeat, KeyUsage
from licensing.licenses.models.instance import Instance
from licensing.licenses.models.key import Key
from licensing.licenses.models.key_attempt import KeyAttempt
from licensing.licenses.models.license import License
from licensing.licenses.models.product import Product
from licensing.licenses.models.reminder import Reminder
from licensing.licenses.models.trial_allowance import TrialAllowance

__all__ = [
    "Activation",
    "Heartbeat",
    "Instance",
    "Key",
    "KeyAttempt",
    "KeyUsage",
    "License",
    "Product",
    "Reminder",
    "TrialAllowance",
]
