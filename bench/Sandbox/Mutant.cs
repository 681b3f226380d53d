using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Ansatz.Bench.Sandbox;

/// <summary>Makes mutants of a source, token by token: most edits leave something that may compile, some put in what no candidate may say.</summary>
internal static class Mutant
{
    // One of a kind takes the place of another: types mostly stay right.
    private static readonly ImmutableArray<ImmutableArray<string>> s_kinds =
    [
        ["+", "-", "*", "/", "%"], ["<", "<=", ">", ">=", "==", "!="], ["&&", "||"], ["&", "|", "^"], ["<<", ">>", ">>>"], ["+=", "-=", "*="], ["++", "--"], ["true", "false"], ["Min", "Max"],
        ["Sin", "Cos", "Exp", "Log", "Sqrt", "Tanh", "Floor", "Abs"], ["0", "1", "2", "3", "7", "15"],
    ];

    // Names of the framework, and constructions that lead out of the subset.
    private static readonly ImmutableArray<string> s_outside =
    [
        "System.Environment.TickCount", "System.IO.File.Exists(\"x\") ? 1 : 0", "new System.Random(1).Next()", "typeof(int).Name.Length", "\"text\".Length", "System.DateTime.Now.Second", "System.GC.CollectionCount(0)",
        "new object().GetHashCode()", "System.Threading.Thread.CurrentThread.ManagedThreadId", "checked(1 + 1)", "stackalloc int[3]", "((System.Func<int>)(() => 1))()", "nameof(F).Length", "sizeof(int)", "default(System.Guid).GetHashCode()",
        "System.Runtime.InteropServices.Marshal.SizeOf<int>()", "dynamic", "goto", "throw null", "await", "unsafe", "ref", "out", "params", "public", "extern", "[System.Obsolete]", "using System.IO;", "#if X", "yield return 1;", "lock (null) { }",
        "try { } finally { }", "new { X = 1 }.X", "(1, 2).Item1", "1..2", "^1", "x?.y", "@class", "$\"{1}\"", "'c'", "null", "this", "base", "object", "string", "decimal", "float", "nint", "System.Console.WriteLine();", "Math.BigMul(1, 2)", "Math.DivRem(7, 2)",
    ];

    /// <summary>A mutant.</summary>
    /// <param name="source">What it is made of.</param>
    /// <param name="rng">Its chance.</param>
    public static string Of(string source, Rng rng)
    {
        List<string> tokens = [.. CSharpSyntaxTree.ParseText(source).GetRoot().DescendantTokens().Select(t => t.Text).Where(t => t.Length > 0)]; // the parser knows what >> is, the lexer does not
        ImmutableArray<string> names = [.. tokens.Where(IsName).Distinct()];
        for (int left = 1 + rng.Next(3); left > 0; left--)
        {
            Edit(tokens, names, rng);
        }

        return string.Join(' ', tokens);
    }

    private static void Edit(List<string> tokens, ImmutableArray<string> names, Rng rng)
    {
        int at = rng.Next(tokens.Count);
        switch (rng.Next(20))
        {
            case < 14:
                int[] places = [.. Enumerable.Range(0, tokens.Count).Where(i => s_kinds.Any(k => k.Contains(tokens[i])))];
                int place = rng.Pick(places);
                tokens[place] = rng.Pick(s_kinds.First(k => k.Contains(tokens[place])));
                break;
            case 14 or 15:
                Replace(IsName, names);
                break;
            case 16:
                Replace(t => char.IsAsciiDigit(t[0]) || IsName(t), s_outside);
                break;
            case 17:
                tokens.Insert(at, rng.Next(2) == 0 ? tokens[at] : rng.Pick(s_outside));
                break;
            case 18:
                tokens.RemoveAt(at);
                break;
            default:
                int other = rng.Next(tokens.Count);
                (tokens[at], tokens[other]) = (tokens[other], tokens[at]);
                break;
        }

        void Replace(Func<string, bool> isOld, ImmutableArray<string> by)
        {
            int[] old = [.. Enumerable.Range(0, tokens.Count).Where(i => isOld(tokens[i]))];
            if (old.Length > 0)
            {
                tokens[rng.Pick(old)] = rng.Pick(by);
            }
        }
    }

    private static bool IsName(string token) => char.IsAsciiLetter(token[0]) && SyntaxFacts.GetKeywordKind(token) == SyntaxKind.None;
}
