using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

/// <summary>A prompt that was found by search.</summary>
public static class FoundPrompt
{
    /// <summary>It was measured at temperature 0.</summary>
    public static ChatOptions Options => new() { Temperature = 0, MaxOutputTokens = 256 };

    /// <summary>The messages that ask for one item.</summary>
    public static ChatMessage[] Messages(string text, string @class) =>
    [
        new(
            ChatRole.User,
            $$""""
            Is it """good"""?

            Review: Works.
            From {a}: good

            Review: {{text}}
            From {{{@class}}}:
            """"),
    ];

    /// <summary>The one label that a reply names as a whole word and does not deny ("not spam"); none where it names none, or several.</summary>
    public static string? Label(string reply)
    {
        const RegexOptions options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;
        List<string> named = [];
        foreach ((string label, string pattern) in new[]
        {
            ("complaint", "(?<![\\p{L}\\p{Nd}])goods\\ \\\\\\ bads(?![\\p{L}\\p{Nd}])"),
            ("praise", "(?<![\\p{L}\\p{Nd}])good(?![\\p{L}\\p{Nd}])"),
        })
        {
            if (Regex.Matches(reply, pattern, options).Any(m => !Regex.IsMatch(reply[..m.Index], @"(?:\b(?:not|never|neither|nor|cannot|nothing|nobody|none|anything\s+but|no(?!\s+doubt))|n['\u2019]t)\b[^.!?;:,\n]*$|\b(?:non|anti)[\s-]+$", options)
                && !Regex.IsMatch(reply[(m.Index + m.Length)..], @"^-free\b", options)))
            {
                named.Add(label);
            }

            reply = Regex.Replace(reply, pattern, "\0", options); // a shorter label inside a longer one does not count
        }

        return named.Count == 1 ? named[0] : null;
    }
}
