"""Form-encoded parameters as OAuth reads them (RFC 6749 §3.2), and who sends them."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl

from django.http import HttpRequest

from licensing.activation.device.responses import Refusal

CLIENT_ID: Final = "ras-console"
MAX_BODY_BYTES: Final = 16_384  # bytes of a body
_MOST: Final = 40  # parameters
_FORM: Final = "application/x-www-form-urlencoded"


def read(request: HttpRequest) -> dict[str, str]:
    """The parameters of the body; one without a value counts as left out. Raises Refusal.

    The address is never read: what stands there ends up in the logs of proxies.
    """
    if request.content_type != _FORM:
        raise Refusal("invalid_request", f"The body must be {_FORM}.")
    if "Transfer-Encoding" in request.headers:  # WSGI would show it as an empty body
        raise Refusal("invalid_request", "Send the body with a Content-Length.", status=411)
    if len(request.body) > MAX_BODY_BYTES:
        raise Refusal("invalid_request", f"The body is longer than {MAX_BODY_BYTES} bytes.")
    try:
        pairs = parse_qsl(
            request.body.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MOST
        )
    except ValueError as error:
        raise Refusal("invalid_request", "The body isn't form-encoded UTF-8.") from error
    parameters = dict(pairs)
    if len(parameters) != len(pairs):
        raise Refusal("invalid_request", "A parameter stands twice in the body.")
    return {name: value for name, value in parameters.items() if value}


def required(parameters: dict[str, str], name: str) -> str:
    """The value of `name`; raises Refusal without one."""
    if name not in parameters:
        raise Refusal("invalid_request", f"The parameter {name} is missing.")
    return parameters[name]


def check_client(request: HttpRequest, parameters: dict[str, str]) -> None:
    """The console is a public client: it says its name and has no secret. Raises Refusal.

    Who tried to prove more by a header is told the scheme, as RFC 6749 §5.2 wants it.
    """
    tried = "Authorization" in request.headers
    if parameters.get("client_id") == CLIENT_ID:
        return
    if tried:
        raise Refusal(
            "invalid_client",
            f"Send client_id={CLIENT_ID} in the body, and no secret.",
            status=401,
            headers={"WWW-Authenticate": 'Basic realm="console"'},
        )
    required(parameters, "client_id")
    raise Refusal("invalid_client", "This client isn't known.")
