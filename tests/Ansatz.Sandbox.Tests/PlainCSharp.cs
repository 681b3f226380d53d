using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Ansatz.Sandbox.Tests;

/// <summary>Runs a text of the tests' own as ordinary C#, in this process and without any wall.</summary>
internal static class PlainCSharp
{
    // The whole framework: for random programs a third opinion, for attacks the control in which they succeed.
    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(p => Path.GetFileName(p).StartsWith("System.", StringComparison.Ordinal)).Select(p => MetadataReference.CreateFromFile(p)),
    ];

    /// <summary>What the method F gives, or the trap that its exception stands for.</summary>
    public static object Run(string source, params object[] arguments)
    {
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Plain", [CSharpSyntaxTree.ParseText($"using System; using System.Runtime.InteropServices; public static class Candidate {{\n{source}\n}}")], References,
            new(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, allowUnsafe: true));
        using MemoryStream image = new();
        Microsoft.CodeAnalysis.Emit.EmitResult result = compilation.Emit(image);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)));
        image.Position = 0;
        AssemblyLoadContext context = new("plain", isCollectible: true);
        try
        {
            object[] copies = [.. arguments.Select(Copy)]; // the candidate changes its own
            MethodInfo method = context.LoadFromStream(image).GetType("Candidate")!.GetMethod("F", BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)!;
            return method.Invoke(null, BindingFlags.DoNotWrapExceptions, null, copies, null)!;
        }
        catch (DivideByZeroException)
        {
            return HoleTrap.DivisionByZero;
        }
        catch (IndexOutOfRangeException)
        {
            return HoleTrap.Index;
        }
        catch (NullReferenceException)
        {
            return HoleTrap.Null;
        }
        catch (OverflowException)
        {
            return HoleTrap.Overflow; // or a negative length: both are this exception
        }
        catch (Exception e) when (e is ArithmeticException or ArgumentException)
        {
            return HoleTrap.Argument;
        }
        finally
        {
            context.Unload();
        }
    }

    private static object Copy(object value) => value switch
    {
        Array array when array.GetType().GetElementType()!.IsArray => Array.ConvertAll((int[][])array, a => (int[])a.Clone()),
        Array array => array.Clone(),
        _ => value,
    };
}
