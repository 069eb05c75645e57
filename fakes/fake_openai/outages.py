"""What providers say when they fail: the bodies behind `Status`.

Where a provider's own message is known it is quoted, because clients match on messages; elsewhere
one of OpenAI's stands in, or a plain one.
"""

from __future__ import annotations

import random

from .dialect import Dialect
from .error_styles import render
from .errors import INVALID, ApiError, ErrorBody, masked
from .ids import fill

_HELP = "You can retry your request, or contact us through our help center at help.openai.com"
_REFUSALS: dict[int, tuple[str, str, str | None]] = {
    # status: message, type, code
    400: ("Invalid request.", INVALID, None),
    402: ("Insufficient Balance", "unknown_error", None),
    403: (
        "Country, region, or territory not supported",
        "request_forbidden",
        "unsupported_country_region_territory",
    ),
    408: ("Request timed out.", "timeout_error", None),
    409: ("The resource is being changed by another request.", INVALID, None),
    413: ("Request entity too large.", INVALID, None),
    422: ("Unprocessable entity.", INVALID, None),
    503: ("The engine is currently overloaded, please try again later", "server_error", None),
    529: ("Overloaded", "overloaded_error", None),
}
_GATEWAYS = {
    502: "Bad gateway",
    504: "Gateway time-out",
    520: "Web server is returning an unknown error",
    521: "Web server is down",
    522: "Connection timed out",
    523: "Origin is unreachable",
    524: "A timeout occurred",
    525: "SSL handshake failed",
    526: "Invalid SSL certificate",
}


def outage(status: int, dialect: Dialect, model: str, wait: float, rng: random.Random) -> ErrorBody:
    """Return the error answer of `dialect` with `status`.

    Args:
        status: HTTP status, 400 or more.
        dialect: whose form, and whose words where they are known.
        model: the model asked for.
        wait: seconds after which a limit allows another try.
        rng: draws the ids in messages.
    """
    if status in _GATEWAYS:
        return _gateway(status)
    return render(_error(status, dialect, model, wait, rng), dialect)


def _error(status: int, dialect: Dialect, model: str, wait: float, rng: random.Random) -> ApiError:
    if status == 401:  # noqa: PLR2004 (unauthorized)
        return bad_key(dialect, "sk-" + fill("{alnum32}", rng))
    if status == 404:  # noqa: PLR2004 (not found)
        return no_model(dialect, model)
    if status == 429:  # noqa: PLR2004 (too many requests)
        return _rate_limit(dialect, model, wait, rng)
    if status in _REFUSALS:
        message, type, code = _REFUSALS[status]
        return ApiError(status, message, type=type, code=code)
    if status < 500:  # noqa: PLR2004 (the client's fault)
        return ApiError(status, f"The request was refused with status {status}.")
    if dialect.errors == "mistral":
        told = "Service unavailable."
        return ApiError(status, told, type="internal_server_error", code="1000")
    message = (
        f"The server had an error processing your request. Sorry about that! {_HELP} if you keep"
    )
    message += (
        f" seeing this error. (Please include the request ID req_{fill('{hex32}', rng)} in your"
    )
    return ApiError(status, f"{message} email.)", type="server_error")


def bad_key(dialect: Dialect, key: str) -> ApiError:
    """Return the error for a key that is not known; it shows the key masked."""
    if dialect.errors == "deepseek":
        message = f"Authentication Fails, Your api key: ****{key[-4:]} is invalid"
    else:
        message = f"Incorrect API key provided: {masked(key)}. You can find your API key at"
        message += " https://platform.openai.com/account/api-keys."
    return ApiError(401, message, code="invalid_api_key", kind="bad_key")


def no_model(dialect: Dialect, model: str, endpoint: str = "") -> ApiError:
    """Return the error for a model that does not exist; `endpoint` is where it was asked for."""
    if endpoint == "responses" and dialect.errors in ("openai", "azure"):
        message = f"The requested model '{model}' does not exist."
        return ApiError(400, message, param="model", code="model_not_found")
    message = f"The model `{model}` does not exist or you do not have access to it."
    if dialect.errors in ("vllm", "sglang"):
        message = f"The model `{model}` does not exist."
    if dialect.errors == "ollama":
        message = f"model '{model}' not found"
    return ApiError(404, message, code="model_not_found", kind="no_model")


def _rate_limit(dialect: Dialect, model: str, wait: float, rng: random.Random) -> ApiError:
    if dialect.errors == "mistral":
        return ApiError(429, "Rate limit exceeded", type="rate_limited", code="1300")
    if dialect.errors == "azure":
        message = "Requests to the ChatCompletions_Create Operation under Azure OpenAI API version"
        message += (
            " 2024-10-21 have exceeded token rate limit of your current OpenAI S0 pricing tier."
        )
        return ApiError(429, f"{message} Please retry after {wait:g} seconds.", kind="rate_limit")
    org = fill("org-{alnum24}", rng)
    if dialect.errors == "groq":
        message = f"Rate limit reached for model `{model}` in organization `{org}` service tier"
        message += " `on_demand` on tokens per minute (TPM): Limit 6000, Used 5447, Requested 783."
        message += f" Please try again in {wait:g}s."
        return ApiError(429, message, type="tokens", code="rate_limit_exceeded")
    message = (
        f"Rate limit reached for {model} in organization {org} on requests per min (RPM): Limit 3,"
    )
    message += f" Used 3, Requested 1. Please try again in {wait:g}s. Visit"
    message += " https://platform.openai.com/account/rate-limits to learn more."
    return ApiError(429, message, type="requests", code="rate_limit_exceeded", kind="rate_limit")


def _gateway(status: int) -> ErrorBody:
    title = f"api.openai.com | {status}: {_GATEWAYS[status]}"
    page = (
        f'<!DOCTYPE html>\n<html lang="en-US">\n<head>\n<title>{title}</title>\n'
        '<meta charset="UTF-8" />\n</head>\n<body>\n<h1>'
        f"{_GATEWAYS[status]}</h1>\n<p>Error code {status}</p>\n</body>\n</html>\n"
    )
    return ErrorBody(status, "text/html; charset=UTF-8", page.encode())
