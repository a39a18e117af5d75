"""What can go wrong between us and AWS, told apart: a refusal is a fact to keep, a dead session ends the run."""

import re

import msgspec

from narrowgate.model.errors import CollectionError, InputError, UnknownNameError

_LONGEST = 400
_EXPIRED = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "RequestExpired",
        "TokenRefreshRequired",
        "UnauthorizedSSOTokenError",
        "SSOTokenLoadError",
        "TokenRetrievalError",
        "LoginRefreshRequired",
        "CredentialRetrievalError",
    }
)
_BAD_CREDENTIALS = frozenset(
    {"InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch", "InvalidAccessKeyId"}
)
_HTML_TITLE = re.compile(r"<title>(?P<title>[^<]{1,80})", re.IGNORECASE)
_ENCODED = re.compile(r"\s*Encoded authorization failure message:.*", re.DOTALL)


class Failure(msgspec.Struct, frozen=True):
    """One call that AWS refused or that failed on its way: what stands in the manifest."""

    code: str
    error: str

    @property
    def is_expired(self) -> bool:
        """True where no further call of this session can work."""
        return self.code in _EXPIRED


def failure_of(error: Exception) -> Failure | None:
    """What a failed call says of itself; None for an error that is ours and must not be hidden.

    Endpoints, proxies and stand-ins answer in shapes that no model knows (a page of HTML, a cut connection): all
    of botocore's errors count, its parser's included.
    """
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    if isinstance(error, ClientError):
        told = error.response.get("Error", {})
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        return Failure(_words(told.get("Code") or status), _words(told.get("Message") or error))
    if isinstance(error, BotoCoreError | ResponseParserError | OSError):
        return Failure(type(error).__name__, _words(error))
    return None


def _words(text: object) -> str:
    page = _HTML_TITLE.search(str(text))
    if page:
        return f"no answer of AWS but a page of HTML: {page['title']}"
    plain = " ".join(_ENCODED.sub("", str(text)).split())
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1] + "\N{HORIZONTAL ELLIPSIS}"


def session_error(error: Exception, who: str) -> Exception:
    """One sentence for a session that cannot begin or go on.

    Args:
        error: botocore's.
        who: the profile or role, for the message.
    """
    name = type(error).__name__
    failure = failure_of(error)
    if failure is None:
        return error
    if name == "NoCredentialsError":
        return InputError(
            "no AWS credentials were found", where=who, help="name a profile with --profile or AWS_PROFILE"
        )
    if name == "NoRegionError":
        return no_region(who)
    if failure.is_expired or name in _EXPIRED:
        return expired(who)
    if failure.code in _BAD_CREDENTIALS:
        return CollectionError(
            f"AWS does not know these credentials ({failure.code})", where=who, help="renew them and start again"
        )
    return CollectionError(f"AWS could not be asked who this is: {failure.code}: {failure.error}", where=who)


def expired(who: str) -> CollectionError:
    """The sentence for a token that has run out, before a run or in the middle of one."""
    return CollectionError(
        "the session's token has expired",
        where=who,
        help="log in again and run the same command: what was collected is kept and not asked again",
    )


def no_region(who: str) -> InputError:
    """The sentence for a session that names no Region."""
    return InputError("names no Region", where=who, help="name one or more with --region")


def unknown_profile(name: str, known: list[str]) -> UnknownNameError:
    """The sentence for a profile that no configuration file holds."""
    return UnknownNameError("profile", name, known)
