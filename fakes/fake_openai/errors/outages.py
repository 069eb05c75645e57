"""What providers say when they fail: the bodies behind `Status`.

Where a provider's own message is known it is quoted, because clients match on messages; elsewhere
one of OpenAI's stands in, or a plain one.
"""

from __future__ import annotations

import random

from fake_openai.dialect import Dialect
from fake_openai.telling.ids import fill

from .cases import of_case
from .error_styles import render
from .errors import INVALID, ApiError, ErrorBody, masked
from .gateway import GATEWAYS, gateway

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


def outage(
    status: int,
    dialect: Dialect,
    model: str,
    wait: float,
    rng: random.Random,
    *,
    case: str | None = None,
    endpoint: str = "",
    page: bool = True,
) -> ErrorBody:
    """Return the error answer of `dialect` with `status`.

    Args:
        status: HTTP status, 400 or more.
        dialect: whose form, and whose words where they are known.
        model: the model asked for.
        wait: seconds after which a limit allows another try.
        rng: draws the ids in messages.
        case: why, one of `cases.STATUSES`; None = the usual reason.
        endpoint: name of the endpoint that was asked.
        page: whether a gateway may answer with its page; otherwise the API itself does.
    """
    if case is not None:
        error = of_case(case, dialect, model, wait, rng)
        return error if isinstance(error, ErrorBody) else render(error, dialect)
    if page and status in GATEWAYS:
        return gateway(status, dialect, rng)
    if status >= 500 and status not in _REFUSALS:  # noqa: PLR2004 (the server's fault)
        return render(_broken(status, dialect, rng, endpoint), dialect)
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
    return ApiError(status, f"The request was refused with status {status}.")


def _broken(status: int, dialect: Dialect, rng: random.Random, endpoint: str) -> ApiError:
    if dialect.errors == "mistral":
        told = "Service unavailable."
        return ApiError(status, told, type="internal_server_error", code="1000")
    id = f"req_{fill('{hex32}', rng)}"
    headers = {"x-request-id": id} if dialect.errors == "openai" else {}
    if endpoint == "responses":
        told = f"An error occurred while processing your request. {_HELP} if the error persists."
        told += f" Please include the request ID {id} in your message."
        return ApiError(status, told, type="server_error", code="server_error", headers=headers)
    told = f"The server had an error processing your request. Sorry about that! {_HELP} if you keep"
    told += f" seeing this error. (Please include the request ID {id} in your email.)"
    return ApiError(status, told, type="server_error", headers=headers)


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
