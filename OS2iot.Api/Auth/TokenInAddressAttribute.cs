namespace OS2iot.Api.Auth;

/// <summary>
/// The endpoint also takes its token from <c>?secret_token=</c>. Only for addresses that a browser is sent to, which can't set a
/// header: addresses end up in histories and in the logs of others.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class TokenInAddressAttribute : Attribute
{
    public const string Parameter = "secret_token";
}
