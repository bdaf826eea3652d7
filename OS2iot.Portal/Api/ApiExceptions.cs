namespace OS2iot.Portal.Api;

/// <summary>The Api knows the user's token no more.</summary>
internal sealed class SignedOutException() : Exception("The access token is no longer accepted.");

/// <summary>The user may not see what was asked for.</summary>
internal sealed class ForbiddenException() : Exception("The Api refused the request.");

/// <summary>What was asked for is not there, or not for this user.</summary>
internal sealed class MissingException() : Exception("The Api has no such thing.");

/// <summary>The Api did not answer, or answered that it can't.</summary>
internal sealed class ApiAwayException(string message, Exception? cause = null) : Exception(message, cause);
