using System.Security.Cryptography;

namespace Aspire.Hosting.ApplicationModel
{
    /// <summary>A value given from outside, or made up once and kept.</summary>
    public class ParameterResource(string name, Func<ParameterDefault?, string> callback, bool secret = false)
        : Resource(name), IManifestExpressionProvider, IValueProvider
    {
        private readonly Lock _gate = new();
        private string? _value;

        public bool Secret { get; } = secret;

        public ParameterDefault? Default { get; set; }

        public string ValueExpression => $"{{{Name}.value}}";

        internal string Value
        {
            get
            {
                lock (_gate)
                {
                    return _value ??= callback(Default);
                }
            }
        }

        public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => new(Value);
    }

    /// <summary>What a parameter is when nobody gave it a value.</summary>
    public abstract class ParameterDefault
    {
        public abstract string GetDefaultValue();
    }

    /// <summary>A random text of at least the given length.</summary>
    public sealed class GenerateParameterDefault : ParameterDefault
    {
        private const string LowerLetters = "abcdefghijklmnopqrstuvwxyz";
        private const string UpperLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        private const string Digits = "0123456789";

        // None of these needs quoting in a URL, a connection string or a shell.
        private const string SpecialCharacters = "-_.~";

        public int MinLength { get; set; }

        public bool Lower { get; set; } = true;

        public bool Upper { get; set; } = true;

        public bool Numeric { get; set; } = true;

        public bool Special { get; set; } = true;

        public override string GetDefaultValue()
        {
            string[] alphabets = [Lower ? LowerLetters : "", Upper ? UpperLetters : "", Numeric ? Digits : "", Special ? SpecialCharacters : ""];
            return RandomNumberGenerator.GetString(string.Concat(alphabets), Math.Max(MinLength, 1));
        }
    }
}

namespace Aspire.Hosting
{
    /// <summary>A parameter has no value and no way to make one up.</summary>
    public class MissingParameterValueException(string message) : DistributedApplicationException(message);
}
