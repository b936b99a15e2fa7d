"""What `doorward doctor` looks at: a module per subject, each yielding `Diagnosis` values. Nothing is changed."""

from doorward.doors.cli.doctor.diagnosis import Diagnosis, State, worst_of
from doorward.doors.cli.doctor.examination import examine

__all__ = ["Diagnosis", "State", "examine", "worst_of"]
