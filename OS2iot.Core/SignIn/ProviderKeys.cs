namespace OS2iot.Core.SignIn;

/// <summary>How the published keys of the identity provider are kept up to date.</summary>
public static class ProviderKeys
{
    /// <summary>
    /// Has a token that is signed by an unknown key wait for the keys to be fetched anew, and be judged by those. Otherwise they are fetched
    /// behind its back, and the first people to sign in after the provider changed its keys are turned away. They are fetched at most once in
    /// some minutes, whatever comes. There is no other way to say this, and it is to be said before the first token.
    /// </summary>
    public static void WaitForNewOnes() => AppContext.SetSwitch("Switch.Microsoft.IdentityModel.UpdateConfigAsBlocking", true);
}
