using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ansatz.Prompts;

/// <summary>A prompt as what the user already uses: text, chat messages, C#.</summary>
/// <remarks>The data holes stay open, as <c>{text}</c> in text and messages, and as parameters in C#.</remarks>
public static class PromptExport
{
    // C#'s reserved words that could be a column's name.
    private static readonly string[] Keywords =
    [
        "abstract", "as", "base", "bool", "break", "byte", "case", "catch", "char", "checked", "class", "const", "continue", "decimal", "default",
        "delegate", "do", "double", "else", "enum", "event", "explicit", "extern", "false", "finally", "fixed", "float", "for", "foreach", "goto",
        "if", "implicit", "in", "int", "interface", "internal", "is", "lock", "long", "namespace", "new", "null", "object", "operator", "out",
        "override", "params", "private", "protected", "public", "readonly", "ref", "return", "sbyte", "sealed", "short", "sizeof", "stackalloc",
        "static", "string", "struct", "switch", "this", "throw", "true", "try", "typeof", "uint", "ulong", "unchecked", "unsafe", "ushort",
        "using", "virtual", "void", "volatile", "while",
    ];

    private static readonly ExportJson s_readable = new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>The whole prompt as text.</summary>
    public static string ToText(PromptTemplate template, Prompt prompt)
    {
        ArgumentNullException.ThrowIfNull(template);
        return template.Render(prompt, template.Fields.ToDictionary(f => f, f => $"{{{f}}}"));
    }

    /// <summary>The messages of a chat call, as the JSON that chat servers take.</summary>
    public static string ToMessagesJson(PromptTemplate template, Prompt prompt) =>
        new JsonArray(new JsonObject { ["role"] = "user", ["content"] = ToText(template, prompt) })
            .ToJsonString(new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>A class that makes the messages and options of a chat call with Microsoft.Extensions.AI, and reads the label in a reply.</summary>
    /// <param name="template">The locked text.</param>
    /// <param name="prompt">What fills it.</param>
    /// <param name="labels">The answers of the data; empty where they are free texts.</param>
    /// <param name="settings">How the prompt was measured; none: by the default settings.</param>
    /// <param name="byLogProbability">Whether it was measured by log-probabilities of the labels instead of replies: the code says so.</param>
    public static string ToCSharp(
        PromptTemplate template, Prompt prompt, ImmutableArray<string> labels, SolverSettings? settings = null, bool byLogProbability = false)
    {
        ArgumentNullException.ThrowIfNull(template);
        ArgumentNullException.ThrowIfNull(prompt);
        string[] parameters = Identifiers(template.Fields);

        // Each hole becomes a character that no text holds, so that it is told apart from braces of the text.
        Dictionary<string, string> marks = template.Fields.Select((f, i) => (f, i)).ToDictionary(x => x.f, x => ((char)(0xE000 + x.i)).ToString());
        string text = template.Render(prompt, marks);
        string open = new('{', LongestRun(text, "{}") + 1), close = new('}', open.Length), dollars = new('$', open.Length);
        string quotes = new('"', Math.Max(3, LongestRun(text, "\"") + 1));
        foreach ((string field, string parameter) in template.Fields.Zip(parameters))
        {
            text = text.Replace(marks[field], open + parameter + close, StringComparison.Ordinal);
        }

        // These end a line of C# too, but are no line of ours: they stand in the raw text as holes with an escape.
        foreach (char end in "\r\u0085\u2028\u2029")
        {
            text = text.Replace(end.ToString(), string.Create(CultureInfo.InvariantCulture, $"{open}\"\\u{(int)end:X4}\"{close}"), StringComparison.Ordinal);
        }

        StringBuilder code = new();
        code.Append(CultureInfo.InvariantCulture, $$"""
            {{(labels.IsDefaultOrEmpty ? "" : "using System.Text.RegularExpressions;\n")}}using Microsoft.Extensions.AI;

            /// <summary>A prompt that was found by search.</summary>

            """);
        if (byLogProbability)
        {
            code.Append("""
                /// <remarks>
                /// It was measured by the log-probability that the model gives to each label right after this text, without a chat template. What a chat
                /// model writes in reply was not measured: measure it before you trust it.
                /// </remarks>

                """);
        }

        code.Append(CultureInfo.InvariantCulture, $$"""
            public static class FoundPrompt
            {
                /// <summary>{{(byLogProbability ? "The likeliest reply, and not a long one." : "It was measured at temperature 0.")}}</summary>
                public static ChatOptions Options => new() { Temperature = 0, MaxOutputTokens = {{(settings ?? new()).MaxReplyTokens}} };

                /// <summary>The messages that ask for one item.</summary>
                public static ChatMessage[] Messages({{string.Join(", ", parameters.Select(p => "string " + p))}}) =>
                [
                    new(
                        ChatRole.User,
                        {{dollars}}{{quotes}}

            """);
        foreach (string line in text.Split('\n'))
        {
            code.Append(line.Length == 0 ? "" : "            ").Append(line).Append('\n');
        }

        code.Append(CultureInfo.InvariantCulture, $$"""
                        {{quotes}}),
                ];

            """);
        if (!labels.IsDefaultOrEmpty)
        {
            AppendLabel(code, prompt, labels);
        }

        return code.Append("}\n").ToString();
    }

    // The rule of LabelScorer in a dozen lines: a wording counts where it stands as a whole word, the longer ones first, and two labels are none.
    private static void AppendLabel(StringBuilder code, Prompt prompt, ImmutableArray<string> labels)
    {
        code.Append("""

                /// <summary>The one label that a reply names as a whole word; none where it names none, or several.</summary>
                public static string? Label(string reply)
                {
                    List<string> named = [];
                    foreach ((string label, string pattern) in new[]
                    {

            """);
        foreach (string label in labels.OrderByDescending(l => prompt.WordingOf(l).Trim().Length))
        {
            string wording = prompt.WordingOf(label).Trim();
            string pattern = (char.IsLetterOrDigit(wording[0]) ? @"(?<![\p{L}\p{Nd}])" : "") + Regex.Escape(wording) + (char.IsLetterOrDigit(wording[^1]) ? @"(?![\p{L}\p{Nd}])" : "");
            code.Append(CultureInfo.InvariantCulture, $"            ({Literal(label)}, {Literal(pattern)}),\n");
        }

        code.Append("""
                    })
                    {
                        string rest = Regex.Replace(reply, pattern, "\0", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
                        if (rest != reply)
                        {
                            named.Add(label);
                        }

                        reply = rest; // a shorter label inside a longer one does not count
                    }

                    return named.Count == 1 ? named[0] : null;
                }

            """);
    }

    private static int LongestRun(string text, string characters)
    {
        int longest = 0, run = 0;
        foreach (char c in text)
        {
            run = characters.Contains(c, StringComparison.Ordinal) ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return longest;
    }

    // "Review text" -> reviewText; what is left without a letter, or is there already, gets a number.
    private static string[] Identifiers(ImmutableArray<string> names)
    {
        List<string> identifiers = [];
        foreach (string name in names)
        {
            string[] words = [.. string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : ' ')).Split(' ', StringSplitOptions.RemoveEmptyEntries)];
            string joined = string.Concat(words.Select((w, i) => i == 0 ? char.ToLowerInvariant(w[0]) + w[1..] : char.ToUpperInvariant(w[0]) + w[1..]));
            string identifier = joined.Length > 0 && char.IsAsciiLetter(joined[0]) ? (Keywords.Contains(joined) ? "@" : "") + joined : string.Create(CultureInfo.InvariantCulture, $"field{identifiers.Count + 1}");
            identifiers.Add(identifiers.Contains(identifier) ? string.Create(CultureInfo.InvariantCulture, $"{identifier}{identifiers.Count + 1}") : identifier);
        }

        return [.. identifiers];
    }

    private static string Literal(string text) => JsonSerializer.Serialize(text, s_readable.String); // JSON's escapes are C#'s
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class ExportJson : System.Text.Json.Serialization.JsonSerializerContext;
