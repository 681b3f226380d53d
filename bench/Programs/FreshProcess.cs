using System.Globalization;
using System.Reflection;
using System.Runtime.Loader;
using Ansatz.Samples.Programs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Ansatz.Bench.Programs;

/// <summary>The peer: a process that compiles one candidate as ordinary C#, scores it and ends. It protects from nothing but what ends with it.</summary>
internal static class FreshProcess
{
    public static void Score(string program)
    {
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Candidate",
            [CSharpSyntaxTree.ParseText($"using System; public static class C {{ public {program} }}")],
            [MetadataReference.CreateFromFile(typeof(object).Assembly.Location)],
            new(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release));
        using MemoryStream image = new();
        if (!compilation.Emit(image).Success)
        {
            throw new InvalidOperationException($"A program that was scored does not compile: {program}");
        }

        image.Position = 0;
        MethodInfo method = AssemblyLoadContext.Default.LoadFromStream(image).GetType("C")!.GetMethod("Priority")!;
        Func<double, double, double> priority = method.CreateDelegate<Func<double, double, double>>();
        Console.WriteLine(string.Join(' ', PackingSpeed.PackingInstances().Select(i => OnlineBinPacking.Count(i, OnlineBinPacking.Pack(i, priority)).ToString(CultureInfo.InvariantCulture))));
    }
}
