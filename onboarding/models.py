"""Where Django finds the models; everybody else imports them from their room."""

from onboarding.guide.models import DeferredTask
from onboarding.operations.models import ScheduleRun
from onboarding.support.models import SupportMessage

__all__ = ["DeferredTask", "ScheduleRun", "SupportMessage"]
