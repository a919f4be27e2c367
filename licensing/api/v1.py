"""The API, put together: routers, one reader of bodies, and a problem for all that goes wrong."""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from accounts.errors import DomainError
from licensing.api import licenses, purchases, views
from licensing.api.auth import count_refused
from licensing.protocol import problems
from licensing.protocol.bodies import StrictParser, errors_of
from licensing.protocol.problems import ApiProblem

VERSION: Final = "1.0"


class _Api(NinjaAPI):
    def on_exception(self, request: HttpRequest, exc: Any) -> HttpResponse:
        answer = super().on_exception(request, exc)
        count_refused(request)
        return answer


api = _Api(
    title="Portal API",
    version=VERSION,
    description="For installed instances, for machines that enroll them, and for the vendor.",
    parser=StrictParser(),
    openapi_url=None,
    docs_url=None,
    urls_namespace="api",
)
api.add_router("/instance", views.instance_router)
api.add_router("/activations", views.enrollment_router)
api.add_router("/purchases", purchases.router)
api.add_router("/licenses", licenses.router)


@api.exception_handler(ApiProblem)
def _problem(request: HttpRequest, problem: ApiProblem) -> HttpResponse:
    return problems.answer(request, problem)


@api.exception_handler(DomainError)
def _refusal(request: HttpRequest, error: DomainError) -> HttpResponse:
    return problems.answer(request, problems.of_refusal(error))


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return problems.answer(request, ApiProblem("fields_invalid", errors=errors_of(error.errors)))


@api.exception_handler(AuthenticationError)
def _unproven(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return problems.answer(request, ApiProblem("token_missing"))


@api.exception_handler(HttpError)
def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """The framework's own refusals; what our reader of bodies raised is their cause."""
    cause: Any = error.__cause__
    if isinstance(cause, ApiProblem):
        return problems.answer(request, cause)
    return problems.answer(request, problems.of_status(error.status_code))


@api.exception_handler(RequestDataTooBig)
def _too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return problems.answer(request, ApiProblem("body_too_large"))


@api.exception_handler(UnreadablePostError)
def _cut_short(request: HttpRequest, error: UnreadablePostError) -> HttpResponse:
    return problems.answer(request, ApiProblem("body_unreadable"))
