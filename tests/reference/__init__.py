"""The contract in plain Python: loops over the rows of the files, sharing nothing with the SQL of the product.

`Company` keeps what was uploaded; `numbers` answers each report of the contract from it, and `money`
what the screens say about payments.
"""

from tests.reference.company import Asked, Company, Landed
from tests.reference.money import MONEY
from tests.reference.numbers import REPORTS

__all__ = ["MONEY", "REPORTS", "Asked", "Company", "Landed"]
