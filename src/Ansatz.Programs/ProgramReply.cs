using System.Text.RegularExpressions;

namespace Ansatz.Programs;

/// <summary>Finds a program in what a model replied (<see cref="CodeMembers"/>), behind and before whatever is no code.</summary>
/// <remarks>
/// Blocks of code come before the rest of a reply, later ones before earlier. Of methods the hole's highest version is taken, then the hole under its own name, then the last method of all; methods that are no version come along as helpers.
/// Text without a method is taken for the body. Calls of the version itself become calls of the hole; calls of another version stay, and are refused, since nothing has that name.
/// </remarks>
internal static partial class ProgramReply
{
    public const string Search = "<<<<<<< SEARCH", Middle = "=======", End = ">>>>>>> REPLACE";

    // Refused in these words, which the model reads in its next prompt.
    private const string
        NoEdit = "#error The lines behind SEARCH do not stand in the program as they are written, or the marks of an edit are incomplete.",
        TwoPlaces = "#error The lines behind SEARCH stand in the program more than once: take more lines, so that they say which place is meant.";

    private const int Lines = 200; // of a body that is cut from behind
    private const int Longest = 16_000; // characters of a reply that are looked at

    /// <summary>The program in a reply; the reply itself, cut short, where there is none.</summary>
    /// <param name="reply">What the model wrote.</param>
    /// <param name="name">The hole's name.</param>
    /// <param name="header">The header of the version that was asked for.</param>
    /// <param name="last">The version that edits are applied to.</param>
    /// <param name="prompt">How the model was asked.</param>
    /// <param name="takesMembers">Whether a program may have fields and types beside its methods.</param>
    public static ProgramSource Read(string reply, string name, string header, string last, ProgramPrompt prompt, bool takesMembers)
    {
        reply = reply.ReplaceLineEndings("\n");
        reply = reply.Length <= Longest ? reply : reply[..Longest];
        if (prompt == ProgramPrompt.Diff && reply.Split('\n').Any(l => l.StartsWith(Search, StringComparison.Ordinal)))
        {
            return Edited(reply, last, out string? refused) is { } edited ? new(Method(edited, name, takesMembers) ?? edited) : new(refused!); // C# takes its marks for those of a merge, and one of their sides for the program
        }

        if (prompt == ProgramPrompt.Continue)
        {
            // The text goes on behind the header and its brace: the method is what the parser takes for it, without a last statement that was cut off.
            return new(Continued(header, reply, name) ?? Cut(reply));
        }

        string[] blocks = [.. Fenced().Matches(reply).Select(m => m.Groups[1].Value).Reverse(), reply];
        return new(blocks.Where(b => Methods(CodeMembers.Of(b)).Any(m => VersionOf(m, name) is not null)).Concat(blocks).Select(b => Method(b, name, takesMembers)).FirstOrDefault(m => m is not null)
            ?? blocks.SkipLast(1).Select(b => Body(header, b, name)).FirstOrDefault(m => m is not null)
            ?? Cut(reply));
    }

    /// <summary>A source with a method called something else, where it calls itself too.</summary>
    public static string Rename(string source, string from, string to) =>
        Regex.Replace(source, $@"(?<![\w.]){Regex.Escape(from)}(?=\s*\()", to, RegexOptions.CultureInvariant);

    // The method of the highest version, and helpers, under the hole's own name; and, where they may be, fields and types beside it.
    private static string? Method(string code, string name, bool takesMembers = false)
    {
        CodeMembers members = CodeMembers.Of(code);
        CodeMember[] methods = Methods(members);
        CodeMember? hole = methods.Where(m => VersionOf(m, name) is not null).MaxBy(m => VersionOf(m, name)) ?? methods.LastOrDefault();
        if (hole is null)
        {
            return null;
        }

        IEnumerable<CodeMember> helpers = methods.Where(m => m != hole && VersionOf(m, name) is null && (!takesMembers || m.Holder == hole.Holder));
        IEnumerable<CodeMember> others = takesMembers ? Beside(hole, members) : [];
        return Rename(string.Join("\n\n", helpers.Prepend(hole).Concat(others).Select(members.Plain)), hole.Name, name);
    }

    private static CodeMember[] Methods(CodeMembers members) => [.. members.All.Where(m => m.Kind == CodeKind.Method)];

    // Fields and types in the hole's own class, and types beside that class.
    private static IEnumerable<CodeMember> Beside(CodeMember hole, CodeMembers members)
    {
        CodeMember? inside = hole;
        for (CodeMember? holder = hole.Holder; inside is not null; (inside, holder) = (holder, holder?.Holder))
        {
            foreach (CodeMember member in members.All.Where(m => m.Holder == holder && m != inside && (m.Kind == CodeKind.Type || (m.Kind == CodeKind.Field && inside == hole))))
            {
                yield return member;
            }
        }
    }

    private static string? Body(string header, string body, string name) => Method($"{header}\n{{\n{body}\n}}", name) is { } method && CodeMembers.Of(method).IsWhole ? method : null;

    private static string? Continued(string header, string body, string name)
    {
        // Cut from behind, line by line, until what is left is whole: a last line may have been cut off by the limit of tokens.
        string[] lines = [.. body.Split('\n').Take(Lines)];
        for (int count = lines.Length; count > 0; count--)
        {
            CodeMembers members = CodeMembers.Of($"{header}\n{{\n{string.Join('\n', lines.Take(count))}\n}}");
            if (Methods(members) is [var first, ..] && members.Plain(first) is var method && CodeMembers.Of(method).IsWhole)
            {
                return Rename(method, first.Name, name);
            }
        }

        return null;
    }

    private static string? Edited(string reply, string last, out string? refused)
    {
        refused = NoEdit;
        string text = last.ReplaceLineEndings("\n");
        List<string>? search = null, replacement = null;
        int edits = 0;
        foreach (string line in reply.Split('\n'))
        {
            if (line.StartsWith(Search, StringComparison.Ordinal))
            {
                (search, replacement) = ([], null);
            }
            else if (search is not null && replacement is null && line.StartsWith(Middle, StringComparison.Ordinal))
            {
                replacement = [];
            }
            else if (search is not null && replacement is not null && line.StartsWith(End, StringComparison.Ordinal))
            {
                string wanted = string.Join('\n', search).Trim('\n');
                int[] places = wanted.Length == 0 ? [] : PlacesOf(wanted, text);
                if (places.Length == 0)
                {
                    return null;
                }

                int at = places[0];
                if (places.Length > 1)
                {
                    refused = TwoPlaces;
                    return null;
                }

                text = string.Concat(text.AsSpan(0, at), string.Join('\n', replacement).Trim('\n'), text.AsSpan(at + wanted.Length));
                (search, replacement, edits) = (null, null, edits + 1);
            }
            else
            {
                (replacement ?? search)?.Add(line);
            }
        }

        return edits > 0 ? text : null;
    }

    // Where it stands as whole lines; else anywhere.
    private static int[] PlacesOf(string wanted, string text)
    {
        List<int> all = [];
        for (int at = text.IndexOf(wanted, StringComparison.Ordinal); at >= 0; at = text.IndexOf(wanted, at + 1, StringComparison.Ordinal))
        {
            all.Add(at);
        }

        int[] whole = [.. all.Where(at => text[..at].LastIndexOf('\n') is var line && text[(line + 1)..at].Trim().Length == 0 && text[(at + wanted.Length)..].Split('\n')[0].Trim().Length == 0)];
        return whole.Length > 0 ? whole : [.. all];
    }

    private static int? VersionOf(CodeMember method, string name) =>
        method.Name == name ? -1
        : method.Name.StartsWith(name + "_v", StringComparison.Ordinal) && int.TryParse(method.Name.AsSpan(name.Length + 2), out int version) ? version
        : null;

    private static string Cut(string reply) => reply.Length <= 2_000 ? reply : reply[..2_000];

    [GeneratedRegex(@"^[ \t]*```[^\n]*\n(.*?)^[ \t]*```", RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Fenced();
}
