from licensing.models.activation import Activation
from licensing.models.activation_request import ActivationRequest
from licensing.models.enrollment_token import EnrollmentToken
from licensing.models.instance import Instance
from licensing.models.key import Key
from licensing.models.license import License
from licensing.models.product import Product
from licensing.models.purchase import Purchase
from licensing.models.usage_day import UsageDay

__all__ = [
    "Activation",
    "ActivationRequest",
    "EnrollmentToken",
    "Instance",
    "Key",
    "License",
    "Product",
    "Purchase",
    "UsageDay",
]
