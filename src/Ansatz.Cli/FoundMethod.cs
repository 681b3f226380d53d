using System.Text;
using Ansatz.Programs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Ansatz.Cli;

/// <summary>A found program on its way into the user's own code.</summary>
internal sealed class FoundMethod
{
    private readonly MethodDeclarationSyntax _method;
    private readonly MethodDeclarationSyntax[] _helpers;

    /// <summary>Reads the methods of a program.</summary>
    /// <param name="program">The program: it compiles.</param>
    /// <param name="name">The hole's name.</param>
    public FoundMethod(ProgramSource program, string name)
    {
        TypeDeclarationSyntax all = CSharpSyntaxTree.ParseText($"class C\n{{\n{program.Text}\n}}").GetRoot().DescendantNodes().OfType<TypeDeclarationSyntax>().First();
        MethodDeclarationSyntax[] methods = [.. all.Members.OfType<MethodDeclarationSyntax>()];
        _method = methods.FirstOrDefault(m => m.Identifier.Text == name) is { } hole && methods.Length == all.Members.Count ? hole
            : throw new InputException("What was found has types or fields of its own, so it does not fit into one method; take it with --as csharp, or --as project.");
        _helpers = [.. methods.Where(m => m != _method)];
    }

    /// <summary>The user's file with the body of the hole replaced. Everything else stays as it is.</summary>
    /// <param name="file">The text of the file.</param>
    /// <param name="line">A line of the hole's marks, from 1.</param>
    /// <exception cref="InputException">The hole is not there.</exception>
    public string Into(string file, int line)
    {
        MethodDeclarationSyntax hole = Methods(file).FirstOrDefault(m => m.Identifier.Text == _method.Identifier.Text && m.AttributeLists.Any(a => Holds(a, line)))
            ?? throw new InputException($"The method {_method.Identifier.Text} is not where it was when the program was built; build it again.");
        SourceText text = SourceText.From(file);
        string indent = text.Lines.GetLineFromPosition(hole.SpanStart).ToString() is var first ? first[..^first.TrimStart().Length] : "";
        bool isSame = hole.ParameterList.Parameters.Select(p => p.Identifier.Text).SequenceEqual(_method.ParameterList.Parameters.Select(p => p.Identifier.Text));
        int from = isSame ? hole.ParameterList.Span.End : hole.ParameterList.SpanStart;
        string newLine = file.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        string body = Body(indent).ReplaceLineEndings(newLine);
        return file[..from] + (isSame ? "" : _method.ParameterList.ToString()) + body + file[hole.Span.End..];
    }

    // Helpers become local functions, so that they meet no member of the user's.
    private string Body(string indent)
    {
        if (_helpers.Length == 0)
        {
            return _method.Body is { } block ? $"\n{Indented(block.ToString(), indent)}" : $" {_method.ExpressionBody};";
        }

        StringBuilder body = new("\n{\n");
        IEnumerable<string> statements = _method.Body is { } whole
            ? [whole.ToString()[1..^1].ReplaceLineEndings("\n").Trim('\n').TrimEnd() is var inner && inner.StartsWith("    ", StringComparison.Ordinal) ? inner : "    " + inner.TrimStart()]
            : [$"    return {_method.ExpressionBody!.Expression};"];
        body.AppendJoin('\n', statements);
        foreach (MethodDeclarationSyntax helper in _helpers)
        {
            body.Append("\n\n").Append(Indented(helper.ToString(), "    "));
        }

        return "\n" + Indented(body.Append("\n}").ToString().TrimStart('\n'), indent);
    }

    private static string Indented(string text, string indent) =>
        string.Join('\n', text.ReplaceLineEndings("\n").Split('\n').Select(l => l.Length == 0 ? l : indent + l));

    private static bool Holds(AttributeListSyntax marks, int line)
    {
        FileLinePositionSpan span = marks.GetLocation().GetLineSpan();
        return span.StartLinePosition.Line < line && line <= span.EndLinePosition.Line + 1;
    }

    private static IEnumerable<MethodDeclarationSyntax> Methods(string text) => CSharpSyntaxTree.ParseText(text).GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>();
}
