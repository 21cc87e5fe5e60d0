"""Tables of the after-sales room."""

from aftersales.models.article import Article, ArticleStyle
from aftersales.models.case import Case
from aftersales.models.change import PolicyChange
from aftersales.models.claim import CarrierClaim
from aftersales.models.feedback import Feedback
from aftersales.models.line import CaseLine
from aftersales.models.macro import Macro
from aftersales.models.parts import CaseEvidence, CaseOrder
from aftersales.models.unowned import UnownedParcel
from aftersales.models.version import PolicyVersion

__all__ = [
    "Article",
    "ArticleStyle",
    "CarrierClaim",
    "Case",
    "CaseEvidence",
    "CaseLine",
    "CaseOrder",
    "Feedback",
    "Macro",
    "PolicyChange",
    "PolicyVersion",
    "UnownedParcel",
]
