using OS2iot.Api.Http;
using OS2iot.Core.SignIn;

namespace OS2iot.Api.Auth;

/// <summary>Judges and hashes new passwords.</summary>
internal sealed class NewPasswords(PasswordRules rules, LoginThrottle throttle)
{
    /// <param name="password">The new one.</param>
    /// <param name="about">What others know of the user.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="Refusal">It is too short, or one that is tried first.</exception>
    public Task<string> HashAsync(string password, string?[] about, CancellationToken ct) => rules.Allow(password, about)
        ? throttle.HashAsync(password, ct)
        : throw Refusal.BadRequest(ErrorCodes.PasswordDoesNotMeetRequirements);
}
