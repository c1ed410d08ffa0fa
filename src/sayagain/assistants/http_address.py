"""The address of an HTTP server that a user gives."""

from urllib.parse import SplitResult, urlsplit

from sayagain.errors import SettingError

__all__ = ["split_http_address"]


def split_http_address(url: str, name: str, example: str) -> SplitResult:
    """Split an address into its parts.

    Args:
        url: the address.
        name: what has the address, for the error message.
        example: a valid address, for the error message.

    Raises:
        SettingError: `url` is not an HTTP address with a host and a valid port.

    >>> split_http_address("http://127.0.0.1:8787", "the service", "http://127.0.0.1:8787").port
    8787
    >>> split_http_address("127.0.0.1", "the address of the service", "http://127.0.0.1:8787")
    Traceback (most recent call last):
    sayagain.errors.SettingError: the address of the service is '127.0.0.1'; expected a URL such as http://127.0.0.1:8787
    """
    try:
        parts = urlsplit(url)
        valid = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid:
        raise SettingError(f"{name} is {url!r}; expected a URL such as {example}")
    return parts
