"""Why Home Assistant cannot be reached, as one sentence for the person at the keyboard."""

import os

import aiohttp

__all__ = ["connection_error"]


def connection_error(url: str, error: BaseException) -> str:
    """Say what is wrong with an address.

    >>> connection_error("http://127.0.0.1:1", TimeoutError())
    'http://127.0.0.1:1 does not answer in time'
    """
    told = "does not answer in time"
    match error:
        case aiohttp.ClientConnectorCertificateError():
            reason = getattr(error.certificate_error, "verify_message", error.certificate_error)
            told = f"shows a certificate that is not trusted ({reason}); SSL_CERT_FILE names one to trust"
        case aiohttp.ClientSSLError():
            told = f"does not speak TLS ({error.strerror}); did you mean http://?"
        case aiohttp.InvalidURL():
            told = "is no address of Home Assistant; expected one such as http://homeassistant.local:8123"
        case aiohttp.WSServerHandshakeError():
            told = f"is no Home Assistant: it answers {error.status} where its WebSocket should be"
        case aiohttp.ClientResponseError():
            told = f"is no Home Assistant: it does not answer as a web server does ({error.message})"
        case aiohttp.ServerDisconnectedError():
            told = "hung up before it answered; did you mean https://?"
        case TimeoutError():
            pass
        case aiohttp.ClientConnectorError():
            # Names that cannot be resolved have numbers of their own, below 0.
            number = error.os_error.errno or 0
            why = os.strerror(number) if number > 0 else error.os_error.strerror or str(error.os_error)
            told = f"cannot be reached: {why.lower()}"
        case TypeError() | ValueError():
            told = "is no Home Assistant: what it says is no JSON"
        case _:
            told = f"cannot be reached: {type(error).__name__}: {error}"
    return f"{url} {told}"
