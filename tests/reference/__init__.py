"""The contract in plain Python: loops over the rows of the files, sharing nothing with the SQL of the product.

`Company` keeps what was uploaded; `numbers` answers each report of the contract from it.
"""

from tests.reference.company import Asked, Company, Landed
from tests.reference.numbers import REPORTS

__all__ = ["REPORTS", "Asked", "Company", "Landed"]
