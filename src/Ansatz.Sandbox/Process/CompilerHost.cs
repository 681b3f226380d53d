using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

namespace Ansatz.Sandbox;

/// <summary>In the child: compiles sources, one after the other, and runs none of them.</summary>
/// <param name="isAnythingAllowed">Unsafe code and the whole framework, for the attack table.</param>
internal sealed class CompilerHost(bool isAnythingAllowed)
{
    internal const int MaximumRefusals = 5;

    private static readonly CSharpParseOptions Parsing = new(LanguageVersion.CSharp14, DocumentationMode.None);

    private readonly SyntaxTree _usings = CSharpSyntaxTree.ParseText("global using System; global using System.Collections.Generic; global using System.Linq; global using System.Text;", Parsing);
    private readonly MetadataReference[] _references = References(isAnythingAllowed);

    /// <summary>Loads all that the compiler may use, and compiles something of everything, so that nothing is left to be loaded after the lock.</summary>
    public void WarmUp()
    {
        Loading.WithAllTheyUse([typeof(CSharpCompilation).Assembly.GetName()]); // a literal such as 0.5 takes an assembly of its own
        using MemoryStream reply = new();
        Compile("""
            class Program
            {
                record struct Point(int X, int Y);
                enum Side { Left, Right }
                interface IShape { double Area { get; } }
                record Square(double Side) : IShape { public double Area => Side * Side; }
                static IEnumerable<int> Numbers(int n) { for (int i = 0; i < n; i++) yield return i; }
                static T Most<T>(IEnumerable<T> of) where T : IComparable<T> => of.Aggregate((a, b) => a.CompareTo(b) > 0 ? a : b);
                static string Run(string input)
                {
                    Dictionary<string, List<Point>> d = new() { ["a"] = [new(1, 2)] };
                    foreach ((string key, List<Point> points) in d) points.Add(new(key.Length, (int)Side.Right));
                    try
                    {
                        return $"{d.Count:N0} {string.Join(',', Numbers(3).Where(n => n > 0).Select(n => n * 2))}" + Most([1, 2]) + new Square(2).Area + input switch { "a" => 1, _ => 2 };
                    }
                    catch (Exception e) when (e.Message.Length > 0) { StringBuilder b = new(); b.Append(e.Message); return b.ToString(); }
                }
            }
            """, reply);
        Compile("class Program { string F(int x) => x; } }", reply);
    }

    /// <summary>Compiles until the host wants no more.</summary>
    public void Serve(Stream input, Stream output)
    {
        while (true)
        {
            string source = Encoding.UTF8.GetString(Pipes.Read(input));
            using MemoryStream reply = new();
            Compile(source, reply);
            Pipes.Write(output, Pipes.Answer, reply.ToArray());
        }
    }

    // The number of refusals, each with line, column and reason; where there is none, the image, the debug image and its symbols.
    private void Compile(string source, Stream to)
    {
        using BinaryWriter writer = new(to, Encoding.UTF8, leaveOpen: true);
        SyntaxTree tree = CSharpSyntaxTree.ParseText(source, Parsing, encoding: Encoding.UTF8);
        using MemoryStream image = new(), debugImage = new(), debugSymbols = new();
        List<(LinePosition At, string Reason)> refusals = [.. Refusals(tree, Emit(tree, OptimizationLevel.Debug, debugImage, debugSymbols))];
        if (refusals.Count == 0)
        {
            refusals.AddRange(Refusals(tree, Emit(tree, OptimizationLevel.Release, image, null)));
        }

        writer.Write(refusals.Count);
        foreach ((LinePosition at, string reason) in refusals)
        {
            writer.Write(at.Line + 1);
            writer.Write(at.Character + 1);
            writer.Write(reason);
        }

        foreach (MemoryStream stream in refusals.Count == 0 ? new[] { image, debugImage, debugSymbols } : [])
        {
            writer.Write((int)stream.Length);
            writer.Write(stream.GetBuffer(), 0, (int)stream.Length);
        }
    }

    private EmitResult Emit(SyntaxTree tree, OptimizationLevel optimization, Stream image, Stream? symbols) =>
        CSharpCompilation.Create("Program", [tree, _usings], _references, new(
            OutputKind.DynamicallyLinkedLibrary, optimizationLevel: optimization, allowUnsafe: isAnythingAllowed, concurrentBuild: false, deterministic: true))
            .Emit(image, symbols, options: symbols is null ? new() : new(debugInformationFormat: DebugInformationFormat.PortablePdb));

    private IEnumerable<(LinePosition At, string Reason)> Refusals(SyntaxTree tree, EmitResult result)
    {
        IEnumerable<(LinePosition, string)> errors = result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)
            .Select(d => (d.Location.GetLineSpan().StartLinePosition, d.GetMessage(CultureInfo.InvariantCulture)));
        IEnumerable<(LinePosition, string)> names = isAnythingAllowed ? [] : tree.GetRoot().DescendantTokens().Where(t => t.IsKind(SyntaxKind.IdentifierToken) && t.Text.Any(c => c is > '~' or '\\'))
            .Select(t => (t.GetLocation().GetLineSpan().StartLinePosition, "A name has to be of ASCII letters, digits and underscores."));
        return errors.Concat(names).OrderBy(e => e.Item1).Take(MaximumRefusals);
    }

    private static MetadataReference[] References(bool all)
    {
        string folder = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        IEnumerable<string> files = all ? Directory.EnumerateFiles(folder, "System*.dll") : Loading.Assemblies.Select(a => Path.Combine(folder, a + ".dll"));
        return [.. files.Select(f => MetadataReference.CreateFromImage(File.ReadAllBytes(f)))]; // bytes: a file would be opened when it is first needed
    }
}
