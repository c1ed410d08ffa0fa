"""Why Home Assistant cannot be reached, as one sentence."""

import os

import aiohttp

__all__ = ["connection_error"]


def connection_error(url: str, error: BaseException) -> str:
    """Return what is wrong with an address, in one sentence.

    >>> connection_error("http://127.0.0.1:1", TimeoutError())
    'http://127.0.0.1:1 does not answer in time'
    """
    problem = "does not answer in time"
    match error:
        case aiohttp.ClientConnectorCertificateError():
            reason = getattr(error.certificate_error, "verify_message", error.certificate_error)
            problem = f"has an untrusted certificate ({reason}); name a trusted one with SSL_CERT_FILE"
        case aiohttp.ClientSSLError():
            problem = f"does not speak TLS ({error.strerror}); did you mean http://?"
        case aiohttp.InvalidURL():
            problem = "is not a URL; expected one such as http://homeassistant.local:8123"
        case aiohttp.WSServerHandshakeError():
            problem = f"is not Home Assistant: its WebSocket answers with status {error.status}"
        case aiohttp.ClientResponseError():
            problem = f"is not Home Assistant: it does not speak HTTP ({error.message})"
        case aiohttp.ServerDisconnectedError():
            problem = "closed the connection before it answered; did you mean https://?"
        case TimeoutError():
            pass
        case aiohttp.ClientConnectorError():
            # Errors of name resolution have their own, negative numbers.
            error_number = error.os_error.errno or 0
            message = os.strerror(error_number) if error_number > 0 else error.os_error.strerror or str(error.os_error)
            problem = f"cannot be reached: {message.lower()}"
        case TypeError() | ValueError():
            problem = "is not Home Assistant: its answer is not JSON"
        case _:
            problem = f"cannot be reached: {type(error).__name__}: {error}"
    return f"{url} {problem}"
