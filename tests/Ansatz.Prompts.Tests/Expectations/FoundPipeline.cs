using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

/// <summary>Prompts in a row that were found by search together.</summary>
public static class FoundPipeline
{
    /// <summary>Answers one item, with a call for each step; none where the last reply names no label, or several.</summary>
    public static async Task<string?> AnswerAsync(IChatClient client, string text, string @class, CancellationToken cancellationToken = default)
    {
        string topic = (await client.GetResponseAsync(TopicStep.Messages(text, @class), TopicStep.Options, cancellationToken)).Text.Trim();
        string answer = (await client.GetResponseAsync(AnswerStep.Messages(topic, text), AnswerStep.Options, cancellationToken)).Text.Trim();
        return AnswerStep.Label(answer);
    }
}

/// <summary>Step 1 of 2.</summary>
public static class TopicStep
{
    /// <summary>It was measured at temperature 0.</summary>
    public static ChatOptions Options => new() { Temperature = 0, MaxOutputTokens = 256 };

    /// <summary>The messages that ask for one item.</summary>
    public static ChatMessage[] Messages(string text, string @class) =>
    [
        new(
            ChatRole.User,
            $$"""
            Name the {topic}.

            Question: {{text}}
            From: {{@class}}
            Topic:
            """),
    ];
}

/// <summary>Step 2 of 2.</summary>
public static class AnswerStep
{
    /// <summary>It was measured at temperature 0.</summary>
    public static ChatOptions Options => new() { Temperature = 0, MaxOutputTokens = 256 };

    /// <summary>The messages that ask for one item.</summary>
    public static ChatMessage[] Messages(string topic, string text) =>
    [
        new(
            ChatRole.User,
            $"""
            Even or odd?

            Topic: sums
            Question: Is 1 even?
            Answer: not even

            Topic: {topic}
            Question: {text}
            Answer:
            """),
    ];

    /// <summary>The one label that a reply names as a whole word and does not deny ("not spam"); none where it names none, or several.</summary>
    public static string? Label(string reply)
    {
        const RegexOptions options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;
        List<string> named = [];
        foreach ((string label, string pattern) in new[]
        {
            ("odd", "(?<![\\p{L}\\p{Nd}])not\\ even(?![\\p{L}\\p{Nd}])"),
            ("even", "(?<![\\p{L}\\p{Nd}])even(?![\\p{L}\\p{Nd}])"),
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
