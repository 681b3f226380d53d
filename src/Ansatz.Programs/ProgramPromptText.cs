using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Ansatz.Programs;

/// <summary>What a model that writes programs is shown. The wording is ours; what is shown, and in what order, is the paper's: the versions, worse first, then the header of the next.</summary>
internal sealed partial class ProgramPromptText(ProgramPart part, ProgramPrompt layout)
{
    /// <summary>The prompt of a request.</summary>
    public string Of(ProposalRequest request)
    {
        ImmutableArray<ProgramSource> parents = Parents(request);
        string name = part.Signature.Name, next = Version(parents.Length);
        StringBuilder text = new();
        if (layout == ProgramPrompt.Continue)
        {
            text.Append(CultureInfo.InvariantCulture, $"// {Plain(part.Purpose)}\n\n");
            for (int v = 0; v < parents.Length; v++)
            {
                text.Append(v == 0 ? "" : $"/// <summary>Improved version of {Version(v - 1)}.</summary>\n").Append(Renamed(parents[v], v)).Append("\n\n");
            }

            text.Append(CultureInfo.InvariantCulture, $"/// <summary>Improved version of {Version(parents.Length - 1)}.</summary>\n{HeaderOf(request)}\n{{\n");
            return text.ToString();
        }

        text.Append(CultureInfo.InvariantCulture, $"Improve a C# method. {Plain(part.Purpose)}\n\n");
        text.Append(part.Process is null
            ? "It may use numbers (int, uint, long, ulong, double), bool, arrays of them, local variables, if, switch, loops, static helper methods, and Math. No other types, no fields, no text, no lambdas, no exceptions."
            : "It may use any C# that only computes: numbers, strings, collections, LINQ, lambdas, static helper methods, types of its own. System, System.Collections.Generic, System.Linq and System.Text need no using. No files, no network, no threads, no clock, no reflection.");
        text.Append(part.Signature.Offered.IsEmpty ? "\n" : $" It may call: {string.Join("; ", part.Signature.Offered.Select(o => $"{o.Result} {o.Name}({string.Join(", ", o.Parameters)})"))}.\n");
        text.Append(part.Signature.Declarations.Length == 0 ? "" : $"Its arguments are of these types, whose parts it may read and nothing else:\n\n```csharp\n{part.Signature.Declarations}\n```\n");
        text.Append("\nThese versions were tried, the better one last:\n\n```csharp\n");
        for (int v = 0; v < parents.Length; v++)
        {
            text.Append(Renamed(parents[v], v)).Append(v < parents.Length - 1 ? "\n\n" : "\n```\n");
        }

        foreach (FailedProgram failure in request.Failures)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nThis did not work: {Plain(failure.Reason)}\n\n```csharp\n{Plain(failure.Program.Text, keepsLines: true)}\n```\n");
        }

        text.Append(layout == ProgramPrompt.Rewrite
            ? $"\nWrite {next}, a version that scores higher than {Version(parents.Length - 1)}. Reply with {(part.Process is null ? "the method alone" : "the method, and behind it what static members and types it needs")}, in one block of code, beginning with:\n\n{HeaderOf(request)}\n"
            : $"\nChange {Version(parents.Length - 1)} so that it scores higher. Reply with one or more edits of this form, the lines to search for copied exactly:\n\n{ProgramReply.Search}\nlines as they are\n{ProgramReply.Middle}\nlines as they shall be\n{ProgramReply.End}\n");
        return text.ToString();

        string Version(int v) => string.Create(CultureInfo.InvariantCulture, $"{name}_v{v}");

        string Renamed(ProgramSource program, int v) => Shown(ProgramReply.Rename(program.Text, name, Version(v)));
    }

    /// <summary>The header of the version that is asked for.</summary>
    public string HeaderOf(ProposalRequest request) => string.Create(
        CultureInfo.InvariantCulture,
        $"static {part.Signature.Result} {part.Signature.Name}_v{Parents(request).Length}({string.Join(", ", part.Parameters.Select(p => p.Declared).Distinct())})");

    /// <summary>The version that edits are applied to, as it was shown.</summary>
    public string LastOf(ProposalRequest request)
    {
        ImmutableArray<ProgramSource> parents = Parents(request);
        return Shown(ProgramReply.Rename(parents[^1].Text, part.Signature.Name, string.Create(CultureInfo.InvariantCulture, $"{part.Signature.Name}_v{parents.Length - 1}")));
    }

    // A text of the program's own ends no block of code, and is ASCII: what is not, C# takes as an escape just as well, in names and ordinary literals.
    private static string Shown(string program) => NotAscii().Replace(
        program.Replace("```", "'''", StringComparison.Ordinal).Replace("\t", "    ", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal), c => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c.Value[0]:x4}"));

    // A program that was drawn twice is no improved version of itself.
    private ImmutableArray<ProgramSource> Parents(ProposalRequest request) => request.Parents.IsEmpty ? [part.Yours] : [.. request.Parents.Distinct()];

    // What a candidate or its failure says may be hostile: printable ASCII, no fence, no comment, bounded.
    private static string Plain(string text, bool keepsLines = false)
    {
        string plain = string.Concat((keepsLines ? Comment().Replace(text, " ") : text).Take(1_000).Select(c => (c is >= ' ' and <= '~') || (keepsLines && c == '\n') ? c : ' ')).Replace("```", "'''", StringComparison.Ordinal);
        return plain.Trim();
    }

    [GeneratedRegex(@"[^\n -~]", RegexOptions.CultureInvariant)]
    private static partial Regex NotAscii();

    [GeneratedRegex(@"//[^\n]*|/\*.*?(\*/|\z)", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Comment();
}
