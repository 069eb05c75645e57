// What a piece of work came to: its value, or what its error says.
export async function caught(work) {
  try {
    return { value: await work() };
  } catch (error) {
    return { error: told(error) };
  }
}

// The members by which users of the clients tell errors apart.
export function told(error) {
  const { name, message, status, statusCode, code, type, param } = error;
  return {
    class: error.constructor.name,
    name,
    message,
    status: status ?? statusCode ?? null,
    code: code ?? null,
    type: type ?? null,
    param: param ?? null,
    requestID: error.requestID ?? null,
    retryAfter: error.headers?.get?.('retry-after') ?? error.responseHeaders?.['retry-after'] ?? null,
    retryable: error.isRetryable ?? null,
    body: error.responseBody ?? null,
    cause: error.cause ? String(error.cause.message ?? error.cause) : null,
  };
}
