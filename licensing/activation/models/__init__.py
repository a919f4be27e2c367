from licensing.activation.models.activation_request import ActivationRequest

__all__ = [
    "ActivationRequest",
]
