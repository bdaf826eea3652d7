using System.Text.Json.Serialization;

namespace OS2iot.Simulator.IdentityProvider;

/// <summary>What can be wrong with an identity token. Each is an attack, or a mistake that looks like one.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TokenFault>))]
internal enum TokenFault
{
    None,

    /// <summary>Signed by another key that goes by the name of ours.</summary>
    WrongSignature,

    /// <summary>Signed by a key that is not published.</summary>
    UnknownKey,

    /// <summary>Ran out an hour ago.</summary>
    Expired,

    /// <summary>Holds from an hour on.</summary>
    NotYetValid,

    OtherIssuer,

    OtherAudience,

    /// <summary>Not signed at all, and says so.</summary>
    AlgorithmNone,

    /// <summary>Signed by HMAC with the public key as the secret.</summary>
    PublicKeyAsSecret,

    /// <summary>Answers another sign-in than the one that was begun.</summary>
    OtherNonce,

    /// <summary>No privilege for us, only for another system.</summary>
    WrongRole,

    /// <summary>No privileges at all.</summary>
    NoRole,

    /// <summary>A privilege list that is no XML.</summary>
    BrokenPrivileges,

    /// <summary>A privilege list with a document type, by which careless readers fetch files.</summary>
    PrivilegesWithDocumentType,
}
