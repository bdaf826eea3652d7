using System.ComponentModel.DataAnnotations;

namespace OS2iot.Core.Secrets;

/// <summary>The one key that everything encrypted or hashed in the database hangs on. Back it up apart from the database.</summary>
public sealed class SecretsOptions
{
    public const string Section = "Secrets";

    /// <summary>At least 32 random characters; the same for every host. Nothing works without it, and there is no default.</summary>
    [Required(ErrorMessage = "Set Secrets:MasterKey to at least 32 random characters, the same for every host.")]
    [MinLength(32, ErrorMessage = "Secrets:MasterKey must have at least 32 random characters.")]
    public string MasterKey { get; set; } = "";
}
