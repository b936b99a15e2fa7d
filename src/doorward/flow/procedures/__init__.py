"""Procedures in the walk: what they want is carried out here, for the customer that identity grants it to, and told."""

from doorward.flow.procedures.agreed import GoingOn
from doorward.flow.procedures.book import ProcedureBook, TenantProcedures
from doorward.flow.procedures.core_calls import CoreCalls
from doorward.flow.procedures.finishing import Finishing, acted_line, told_of
from doorward.flow.procedures.gate import Gate
from doorward.flow.procedures.here import Here
from doorward.flow.procedures.journey import Acted, Advanced
from doorward.flow.procedures.mandated import Errand, Mandated
from doorward.flow.procedures.masking import Masking
from doorward.flow.procedures.resuming import Resuming, resume_jobs
from doorward.flow.procedures.second_person import SecondPerson
from doorward.flow.procedures.speaking import STOPPED, Speaking
from doorward.flow.procedures.standing import Standing
from doorward.flow.procedures.verifying import Verifying
from doorward.flow.procedures.work import ProcedureFacts, ProcedureRooms, ProcedureWork

__all__ = [
    "STOPPED",
    "Acted",
    "Advanced",
    "CoreCalls",
    "Errand",
    "Finishing",
    "Gate",
    "GoingOn",
    "Here",
    "Mandated",
    "Masking",
    "ProcedureBook",
    "ProcedureFacts",
    "ProcedureRooms",
    "ProcedureWork",
    "Resuming",
    "SecondPerson",
    "Speaking",
    "Standing",
    "TenantProcedures",
    "Verifying",
    "acted_line",
    "resume_jobs",
    "told_of",
]
