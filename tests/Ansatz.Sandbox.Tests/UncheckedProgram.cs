using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace Ansatz.Sandbox.Tests;

/// <summary>Programs compiled against the whole framework, unsafe code allowed, and not checked: what reaches a child if compiler and check fail.</summary>
internal static class UncheckedProgram
{
    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(p => Path.GetFileName(p).StartsWith("System.", StringComparison.Ordinal)).Select(p => MetadataReference.CreateFromFile(p)),
    ];

    /// <summary>The program whose method Run has this body.</summary>
    public static CompiledProgram OfBody(string body, string members = "", bool isUnsafe = true) => Of($$"""
        using System; using System.Linq; using System.Collections.Generic; using System.Runtime.InteropServices;
        public static class Program
        {
            {{members}}
            public static string Run(string input)
            {
        #line 1
        {{body}}
            }
        }
        """, isUnsafe);

    public static CompiledProgram Of(string source, bool isUnsafe = true)
    {
        (byte[] debugImage, byte[] symbols) = Compile(source, OptimizationLevel.Debug, isUnsafe);
        return new(Compile(source, OptimizationLevel.Release, isUnsafe).Image, debugImage, symbols);
    }

    private static (byte[] Image, byte[] Symbols) Compile(string source, OptimizationLevel optimization, bool isUnsafe)
    {
        using MemoryStream image = new(), symbols = new();
        EmitResult result = CSharpCompilation.Create("Unchecked", [CSharpSyntaxTree.ParseText(source, encoding: System.Text.Encoding.UTF8)], References,
            new(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: optimization, allowUnsafe: isUnsafe)).Emit(image, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb));
        Assert.True(result.Success, string.Join('\n', result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)));
        return (image.ToArray(), symbols.ToArray());
    }
}
