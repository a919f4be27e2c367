from licensing.purchases.models.buyer import Buyer
from licensing.purchases.models.purchase import Purchase
from licensing.purchases.models.purchase_import import PurchaseImport

__all__ = [
    "Buyer",
    "Purchase",
    "PurchaseImport",
]
