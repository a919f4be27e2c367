"""Form-encoded OAuth parameters (RFC 6749 §3.2), and the client that sends them."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl

from django.http import HttpRequest

from licensing.activation.device.responses import Refusal

# Parameters.
CLIENT_ID: Final = "ras-console"
MAX_BODY_BYTES: Final = 16_384
_MAX_PARAMETERS: Final = 40
_FORM: Final = "application/x-www-form-urlencoded"


def read(request: HttpRequest) -> dict[str, str]:
    """The parameters in the body; one without a value counts as omitted. Raises Refusal.

    The query string is never read, because proxies log it.
    """
    if request.content_type != _FORM:
        raise Refusal("invalid_request", f"The body must be {_FORM}.")
    if "Transfer-Encoding" in request.headers:  # WSGI would present it as an empty body
        raise Refusal("invalid_request", "Send the body with a Content-Length.", status=411)
    if len(request.body) > MAX_BODY_BYTES:
        raise Refusal("invalid_request", f"The body is longer than {MAX_BODY_BYTES} bytes.")
    try:
        pairs = parse_qsl(
            request.body.decode(),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MAX_PARAMETERS,
        )
    except ValueError as error:
        raise Refusal("invalid_request", "The body isn't form-encoded UTF-8.") from error
    parameters = dict(pairs)
    if len(parameters) != len(pairs):
        raise Refusal("invalid_request", "A parameter stands twice in the body.")
    return {name: value for name, value in parameters.items() if value}


def required(parameters: dict[str, str], name: str) -> str:
    """The value of `name`; raises Refusal if it is missing."""
    if name not in parameters:
        raise Refusal("invalid_request", f"The parameter {name} is missing.")
    return parameters[name]


def check_client(request: HttpRequest, parameters: dict[str, str]) -> None:
    """Check the client id; consoles are public clients without a secret. Raises Refusal.

    A client that tried an Authorization header gets the scheme back, as RFC 6749 §5.2 requires.
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
