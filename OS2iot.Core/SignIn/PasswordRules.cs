using System.ComponentModel.DataAnnotations;
using System.Text;
using Microsoft.Extensions.Options;
using OS2iot.Core.Organizations;

namespace OS2iot.Core.SignIn;

/// <summary>How long passwords must be, and which ones nobody may have.</summary>
public sealed class PasswordOptions
{
    public const string Section = "Passwords";

    /// <summary>15 is what NIST SP 800-63B asks where a password is all there is.</summary>
    [Range(User.PasswordMinLength, 64, ErrorMessage = "Passwords:MinLength must be between 8 and 64.")]
    public int MinLength { get; set; } = 15;

    /// <summary>A text file of further passwords that nobody may have, one a line, such as those that were stolen elsewhere.</summary>
    public string? BlocklistFile { get; set; }
}

/// <summary>
/// Judges new passwords as NIST SP 800-63B does: by length, and by whether they are among those that are tried first. There is no rule
/// about digits and capitals, and nobody has to change a password that nobody else knows.
/// </summary>
public sealed class PasswordRules
{
    /// <summary>Read as a whole at start; a larger file is a mistake.</summary>
    private const int MaxBlocked = 5_000_000;

    /// <summary>What is left of a password without the words that everybody tries; less is no password.</summary>
    private const int LeastOfOnesOwn = 4;

    private const int ShortestWord = 4;

    private static readonly string[] Rows = ["0123456789", "abcdefghijklmnopqrstuvwxyzæøå", "qwertyuiopå", "asdfghjklæø", "zxcvbnm"];

    private readonly int _minLength;
    private readonly HashSet<string> _blocked;
    private readonly string[] _words;

    public PasswordRules(IOptions<PasswordOptions> options)
    {
        _minLength = options.Value.MinLength;
        _words = [.. Lines(OurList()).OrderByDescending(w => w.Length)];
        _blocked = new HashSet<string>(_words, StringComparer.Ordinal);
        if (options.Value.BlocklistFile is { Length: > 0 } file)
        {
            _blocked.UnionWith(Lines(File.ReadLines(file)).Take(MaxBlocked));
        }
    }

    /// <param name="password">The new one.</param>
    /// <param name="about">What others know of the user, such as name and e-mail: a password made of that is none.</param>
    public bool Allow(string password, params ReadOnlySpan<string?> about)
    {
        if (password.EnumerateRunes().Count() is var length && (length < _minLength || length > User.PasswordMaxLength))
        {
            return false;
        }

        var lower = password.Normalize(NormalizationForm.FormKC).ToLowerInvariant();
        var plain = WithoutDisguise(lower);
        if (_blocked.Contains(lower) || _blocked.Contains(plain) || IsRepetition(lower) || IsSequence(lower))
        {
            return false;
        }

        var known = _words.AsEnumerable();
        foreach (var text in about)
        {
            known = known.Concat(WordsOf(text));
        }

        var words = known.OrderByDescending(w => w.Length).ToList();
        return OfOnesOwn(lower, words) >= LeastOfOnesOwn && OfOnesOwn(plain, words) >= LeastOfOnesOwn;
    }

    private static string[] OurList()
    {
        using var reader = new StreamReader(typeof(PasswordRules).Assembly.GetManifestResourceStream("CommonPasswords.txt")!);
        return reader.ReadToEnd().Split('\n');
    }

    private static IEnumerable<string> Lines(IEnumerable<string> lines) =>
        lines.Select(l => l.Trim()).Where(l => l.Length >= ShortestWord && l[0] != '#').Select(l => l.ToLowerInvariant());

    private static IEnumerable<string> WordsOf(string? text) =>
        (text ?? "").ToLowerInvariant().Split([' ', '.', '@', '-', '_', ','], StringSplitOptions.RemoveEmptyEntries).Where(w => w.Length >= ShortestWord);

    private static string WithoutDisguise(string text) => string.Concat(text.Select(c => c switch
    {
        '0' => 'o',
        '1' or '!' => 'i',
        '3' => 'e',
        '4' or '@' => 'a',
        '5' or '$' => 's',
        '7' => 't',
        _ => c,
    }));

    // Digits and signs around a word make no password of it; letters and their number do.
    private static int OfOnesOwn(string text, List<string> words)
    {
        foreach (var word in words)
        {
            text = text.Replace(word, " ", StringComparison.Ordinal);
        }

        var letters = text.Count(char.IsLetter);
        var others = text.Where(c => !char.IsLetter(c) && !char.IsWhiteSpace(c)).ToList();

        // Of digits alone it takes many and different ones: a year or a date is none.
        return letters + (others.Count >= 12 && others.Distinct().Count() >= 6 ? LeastOfOnesOwn : 0);
    }

    private static bool IsRepetition(string text) =>
        Enumerable.Range(1, text.Length / 2).Any(period => period <= 4 && text.Skip(period).Zip(text, (a, b) => a == b).All(same => same));

    private static bool IsSequence(string text) => Rows.Any(row =>
    {
        var ring = row + row + row;
        return ring.Contains(text, StringComparison.Ordinal) || new string([.. ring.Reverse()]).Contains(text, StringComparison.Ordinal);
    });
}
