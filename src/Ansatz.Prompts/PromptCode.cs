using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

namespace Ansatz.Prompts;

/// <summary>Writes a prompt as C#.</summary>
internal sealed class PromptCode
{
    // C#'s reserved words that could be a column's name, and await, which is one where calls are made.
    private static readonly string[] Keywords =
    [
        "abstract", "as", "await", "base", "bool", "break", "byte", "case", "catch", "char", "checked", "class", "const", "continue", "decimal", "default",
        "delegate", "do", "double", "else", "enum", "event", "explicit", "extern", "false", "finally", "fixed", "float", "for", "foreach", "goto",
        "if", "implicit", "in", "int", "interface", "internal", "is", "lock", "long", "namespace", "new", "null", "object", "operator", "out",
        "override", "params", "private", "protected", "public", "readonly", "ref", "return", "sbyte", "sealed", "short", "sizeof", "stackalloc",
        "static", "string", "struct", "switch", "this", "throw", "true", "try", "typeof", "uint", "ulong", "unchecked", "unsafe", "ushort",
        "using", "virtual", "void", "volatile", "while",
    ];

    private static readonly PromptCodeJson s_readable = new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private readonly PromptTemplate _template;
    private readonly Prompt _prompt;
    private readonly ImmutableArray<string> _labels;
    private readonly SolverSettings _settings;
    private readonly bool _byLogProbability;
    private readonly string[] _parameters;
    private readonly Dictionary<string, string> _marks; // each hole as a character that no text holds, so that it is told apart from braces of the text
    private readonly StringBuilder _code = new();

    public PromptCode(PromptTemplate template, Prompt prompt, ImmutableArray<string> labels, SolverSettings settings, bool byLogProbability)
    {
        ArgumentNullException.ThrowIfNull(template);
        ArgumentNullException.ThrowIfNull(prompt);
        (_template, _prompt, _labels, _settings, _byLogProbability) = (template, prompt, labels, settings, byLogProbability);
        _parameters = Identifiers(template.Fields);
        _marks = template.Fields.Select((f, i) => (f, i)).ToDictionary(x => x.f, x => ((char)(0xE000 + x.i)).ToString());
    }

    private string ParameterList => string.Join(", ", _parameters.Select(p => "string " + p));

    /// <summary>Messages and options of a chat call.</summary>
    public string Messages()
    {
        AppendUsings("using Microsoft.Extensions.AI;");
        return Messages("FoundPrompt", "A prompt that was found by search.");
    }

    /// <summary>As <see cref="Messages()"/>, without what stands above it in a file of its own.</summary>
    public string Messages(string type, string summary)
    {
        AppendSummary(summary, _byLogProbability
            ? ["It was measured by the log-probability that the model gives to each label right after this text, without a chat template. What a chat", "model writes in reply was not measured: measure it before you trust it."]
            : []);
        _code.Append(CultureInfo.InvariantCulture, $$"""
            public static class {{type}}
            {
                /// <summary>{{(_byLogProbability ? "The likeliest reply, and not a long one." : "It was measured at temperature 0.")}}</summary>
                public static ChatOptions Options => new() { Temperature = 0, MaxOutputTokens = {{_settings.MaxReplyTokens}} };

                /// <summary>The messages that ask for one item.</summary>
                public static ChatMessage[] Messages({{ParameterList}}) =>
                [

            """);
        foreach (ChatMessage message in _template.Messages(_prompt, _marks, _settings.AsInstructions))
        {
            _code.Append(CultureInfo.InvariantCulture, $"        new(\n            ChatRole.{(message.Role == ChatRole.System ? "System" : "User")},\n");
            AppendRaw(message.Text, "            ", "),");
        }

        _code.Append("    ];\n");
        return End();
    }

    /// <summary>An agent with the prompt as its instructions.</summary>
    public string Agent()
    {
        AppendUsings("using Microsoft.Agents.AI;\nusing Microsoft.Extensions.AI;");
        AppendSummary("An agent whose instructions were found by search.", _byLogProbability
            ? ["The prompt was measured by the log-probability that the model gives to each label right after its whole text. What a chat model writes in", "reply under these instructions was not measured: measure it before you trust it."]
            : _settings.AsInstructions ? []
            : ["The prompt was measured as one message of the user's. Cut in two, into instructions and a message, it was not measured: measure it before", "you trust it (`ansatz check STUDY --as-instructions`)."]);
        _code.Append(CultureInfo.InvariantCulture, $$"""
            public static class FoundAgent
            {
                /// <summary>What is the same for all items.</summary>
                public const string Instructions =

            """);
        AppendRaw(_template.Instructions(_prompt), "        ", ";");
        _code.Append(CultureInfo.InvariantCulture, $$"""

                /// <summary>The agent, on any chat model{{(_byLogProbability ? ": the likeliest reply, and not a long one" : ". The prompt was measured at temperature 0")}}.</summary>
                public static AIAgent Create(IChatClient client) => new ChatClientAgent(client, new ChatClientAgentOptions
                {
                    Name = "found",
                    ChatOptions = new() { Instructions = Instructions, Temperature = 0, MaxOutputTokens = {{_settings.MaxReplyTokens}} },
                });

                /// <summary>The message that asks for one item.</summary>
                public static string Message({{ParameterList}}) =>

            """);
        AppendRaw(_template.Message(_prompt, _marks), "        ", ";");
        return End();
    }

    private void AppendUsings(string usings) => _code.Append(CultureInfo.InvariantCulture, $"{(_labels.IsDefaultOrEmpty ? "" : "using System.Text.RegularExpressions;\n")}{usings}\n\n");

    private void AppendSummary(string summary, string[] remarks)
    {
        _code.Append(CultureInfo.InvariantCulture, $"/// <summary>{summary}</summary>\n");
        if (remarks.Length > 0)
        {
            _code.Append(CultureInfo.InvariantCulture, $"/// <remarks>\n{string.Concat(remarks.Select(r => $"/// {r}\n"))}/// </remarks>\n");
        }
    }

    private string End()
    {
        if (!_labels.IsDefaultOrEmpty)
        {
            AppendLabel();
        }

        return _code.Append("}\n").ToString();
    }

    // A raw string literal whose holes are the parameters.
    private void AppendRaw(string text, string indent, string end)
    {
        string open = new('{', LongestRun(text, "{}") + 1), close = new('}', open.Length), dollars = new('$', open.Length);
        string quotes = new('"', Math.Max(3, LongestRun(text, "\"") + 1));
        foreach ((string field, string parameter) in _template.Fields.Zip(_parameters))
        {
            text = text.Replace(_marks[field], open + parameter + close, StringComparison.Ordinal);
        }

        // These end a line of C# too, but are no line of ours: they stand in the raw text as holes with an escape.
        foreach (char lineEnd in "\r\u0085\u2028\u2029")
        {
            text = text.Replace(lineEnd.ToString(), string.Create(CultureInfo.InvariantCulture, $"{open}\"\\u{(int)lineEnd:X4}\"{close}"), StringComparison.Ordinal);
        }

        _code.Append(indent).Append(dollars).Append(quotes).Append('\n');
        foreach (string line in text.Split('\n'))
        {
            _code.Append(line.Length == 0 ? "" : indent).Append(line).Append('\n');
        }

        _code.Append(indent).Append(quotes).Append(end).Append('\n');
    }

    // The rule of LabelScorer in a dozen lines: a wording counts where it stands as a whole word, the longer ones first, and two labels are none. Of denials, the common ones.
    private void AppendLabel()
    {
        _code.Append("""

                /// <summary>The one label that a reply names as a whole word and does not deny ("not spam"); none where it names none, or several.</summary>
                public static string? Label(string reply)
                {
                    const RegexOptions options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;
                    List<string> named = [];
                    foreach ((string label, string pattern) in new[]
                    {

            """);
        foreach (string label in _labels.OrderByDescending(l => _prompt.WordingOf(l).Trim().Length))
        {
            string wording = _prompt.WordingOf(label).Trim();
            string pattern = (char.IsLetterOrDigit(wording[0]) ? @"(?<![\p{L}\p{Nd}])" : "") + Regex.Escape(wording) + (char.IsLetterOrDigit(wording[^1]) ? @"(?![\p{L}\p{Nd}])" : "");
            _code.Append(CultureInfo.InvariantCulture, $"            ({Literal(label)}, {Literal(pattern)}),\n");
        }

        _code.Append("""
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

    /// <summary>"Review text" -> reviewText; what is left without a letter, or is there already, gets a number.</summary>
    public static string[] Identifiers(ImmutableArray<string> names)
    {
        List<string> identifiers = [];
        foreach (string name in names)
        {
            string[] words = [.. string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : ' ')).Split(' ', StringSplitOptions.RemoveEmptyEntries)];
            string joined = string.Concat(words.Select((w, i) => i == 0 ? char.ToLowerInvariant(w[0]) + w[1..] : char.ToUpperInvariant(w[0]) + w[1..]));
            string identifier = joined.Length > 0 && char.IsAsciiLetter(joined[0]) ? (Keywords.Contains(joined) ? "@" : "") + joined : string.Create(CultureInfo.InvariantCulture, $"field{identifiers.Count + 1}");
            string free = identifier;
            for (int n = identifiers.Count + 1; identifiers.Contains(free); n++)
            {
                free = string.Create(CultureInfo.InvariantCulture, $"{identifier}{n}");
            }

            identifiers.Add(free);
        }

        return [.. identifiers];
    }

    private static string Literal(string text) => JsonSerializer.Serialize(text, s_readable.String); // JSON's escapes are C#'s
}

[JsonSerializable(typeof(string))]
internal sealed partial class PromptCodeJson : JsonSerializerContext;
