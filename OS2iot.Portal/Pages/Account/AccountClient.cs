using OS2iot.Portal.Api;

namespace OS2iot.Portal.Pages.Account;

/// <summary>The caller's own sign-in, as the Api has it.</summary>
internal sealed class AccountClient(HttpClient http)
{
    public async Task<IReadOnlyList<OpenSession>> SessionsAsync(CancellationToken ct) => (await http.ReadAsync<ListAnswer<OpenSession>>("account/sessions", ct)).Data;

    public Task<SignInWays> SignInAsync(CancellationToken ct) => http.ReadAsync<SignInWays>("account/sign-in", ct);

    public async Task<IReadOnlyList<Problem>> EndAsync(Guid id, CancellationToken ct) =>
        (await http.ChangeAsync<object>(HttpMethod.Delete, $"account/sessions/{id}", null, ct)).Problems;

    public async Task<IReadOnlyList<Problem>> EndOthersAsync(CancellationToken ct) =>
        (await http.ChangeAsync<object>(HttpMethod.Delete, "account/sessions", null, ct)).Problems;

    public async Task<IReadOnlyList<Problem>> ChangePasswordAsync(string? currentPassword, string? password, CancellationToken ct) =>
        (await http.ChangeAsync<object>(HttpMethod.Put, "account/password", new { currentPassword = currentPassword ?? "", password = password ?? "" }, ct)).Problems;

    public async Task<OfferedCodes> OfferCodesAsync(CancellationToken ct) =>
        (await http.ChangeAsync<OfferedCodes>(HttpMethod.Post, "account/one-time-codes", null, ct)).Value ?? throw new MissingException();

    public Task<Answer<RecoveryCodesAnswer>> UseCodesAsync(string? secret, string? code, string? currentPassword, CancellationToken ct) =>
        http.ChangeAsync<RecoveryCodesAnswer>(
            HttpMethod.Put, "account/one-time-codes", new { secret = secret ?? "", code = code ?? "", currentPassword = currentPassword ?? "" }, ct);

    public async Task<IReadOnlyList<Problem>> StopCodesAsync(string? currentPassword, CancellationToken ct) =>
        (await http.ChangeAsync<object>(HttpMethod.Post, "account/one-time-codes/stop", new { currentPassword = currentPassword ?? "" }, ct)).Problems;
}

/// <summary>One place where the user is signed in.</summary>
internal sealed record OpenSession(
    Guid Id, DateTimeOffset StartedAt, DateTimeOffset LastUsedAt, DateTimeOffset ExpiresAt, string? Address, string? Client, bool IsExternal, bool IsCurrent);

/// <summary>How the user signs in.</summary>
internal sealed record SignInWays(bool HasPassword, bool HasOneTimeCodes, int RecoveryCodesLeft);

/// <summary>A secret for one-time codes that is not in use yet.</summary>
internal sealed record OfferedCodes(string Secret, string Address);

internal sealed record RecoveryCodesAnswer(IReadOnlyList<string> RecoveryCodes);
