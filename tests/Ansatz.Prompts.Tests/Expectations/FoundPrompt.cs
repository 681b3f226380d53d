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

    /// <summary>The label that a reply begins with; none where it is something else.</summary>
    public static string? Label(string reply) => reply.Trim() switch
    {
        string r when r.StartsWith("goods \\ bads", StringComparison.OrdinalIgnoreCase) => "complaint",
        string r when r.StartsWith("good", StringComparison.OrdinalIgnoreCase) => "praise",
        _ => null,
    };
}
