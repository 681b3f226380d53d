using System.Globalization;
using System.Reflection;
using System.Runtime.Loader;
using System.Text;
using Ansatz.Sandbox;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Ansatz.Programs;

/// <summary>Compiles a program as the code of this process: without the sandbox, without fuel, as fast as any other method.</summary>
/// <remarks>
/// It may do whatever this process may, and may never return: read it before you call this. In the sandbox's subset of C# it gives what it gave in the sandbox, but for the functions of <see cref="Math"/> that WebAssembly lacks
/// (Exp, Log, Pow, Sin and their kin): the runtime's may differ in the last bit. What would have been a trap there is an exception here, an endless loop, or no memory.
/// </remarks>
public static class UnconfinedProgram
{
    private const string Holder = "Found", Helpers = "OfferedHelpers";

    /// <summary>Compiles it.</summary>
    /// <typeparam name="TDelegate">The hole's type.</typeparam>
    /// <param name="program">Methods in C#, the hole's among them.</param>
    /// <param name="signature">What the program is, and which helpers it may call.</param>
    /// <returns>The method. Thread-safe as far as the program and its helpers are. Its code goes when nobody holds it any more.</returns>
    /// <exception cref="InputException">It does not compile, takes a type that is not public, or this program is a single file, which has no libraries to compile against.</exception>
    public static TDelegate Compile<TDelegate>(ProgramSource program, HoleSignature signature)
        where TDelegate : Delegate
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(signature);
        Type[] types = [.. signature.Arguments.SelectMany(a => a.UsersTypes).Distinct()];
        if (Array.Find(types, t => !t.IsVisible) is { } hidden)
        {
            throw new InputException($"{hidden.FullName} is not public, so code outside of its assembly cannot name it: make it public.");
        }

        string[] libraries = [.. ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Where(File.Exists)];
        if (libraries.Length == 0)
        {
            throw new InputException("This program is a single file, which has no libraries to compile against: call the program in the sandbox, or export it and build it with your own code.");
        }

        CSharpCompilation compilation = CSharpCompilation.Create(
            $"Found_{ContentHash.Of(program.Text)[..16]}",
            [CSharpSyntaxTree.ParseText(Code(program, signature, types), new(LanguageVersion.CSharp14))],
            libraries.Union(types.Select(t => t.Assembly.Location).Where(l => l.Length > 0)).Select(l => MetadataReference.CreateFromFile(l)),
            new(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, checkOverflow: false));
        using MemoryStream image = new();
        if (compilation.Emit(image).Diagnostics.FirstOrDefault(d => d.Severity == DiagnosticSeverity.Error) is { } error)
        {
            throw new InputException($"The program does not compile: {error.GetMessage(CultureInfo.InvariantCulture)}");
        }

        image.Position = 0;
        AssemblyLoadContext context = new(compilation.AssemblyName, isCollectible: true);
        context.Resolving += (_, name) => Array.Find(types, t => t.Assembly.GetName().Name == name.Name)?.Assembly; // wherever the host has them from
        Type holder = context.LoadFromStream(image).GetType(Holder)!;
        holder.GetField(Helpers, BindingFlags.Static | BindingFlags.NonPublic)!.SetValue(null, signature.Offered.Select(o => o.Function).ToArray());
        return Delegate.CreateDelegate(typeof(TDelegate), holder, signature.Name, ignoreCase: false, throwOnBindFailure: false) as TDelegate
            ?? throw new InputException($"The program has no method {signature} that fits {typeof(TDelegate)}.");
    }

    private static string Code(ProgramSource program, HoleSignature signature, Type[] types)
    {
        StringBuilder code = new("using System; using System.Collections.Generic; using System.Linq; using System.Text;\n");
        foreach (Type type in types.Where(t => t.Namespace is not null || t.IsNested))
        {
            code.Append(CultureInfo.InvariantCulture, $"using {type.Name} = global::{type.FullName!.Replace('+', '.')};\n");
        }

        code.Append(CultureInfo.InvariantCulture, $"static class {Holder}\n{{\n{program.Text}\nstatic Delegate[] {Helpers};\n");
        foreach ((OfferedHelper helper, int i) in signature.Offered.Select((o, i) => (o, i)))
        {
            string[] names = [.. helper.Parameters.Select((_, n) => string.Create(CultureInfo.InvariantCulture, $"a{n}"))];
            code.Append(CultureInfo.InvariantCulture, $"static {helper.Result} {helper.Name}({string.Join(", ", helper.Parameters.Zip(names, (type, name) => $"{type} {name}"))}) => ")
                .Append(CultureInfo.InvariantCulture, $"((Func<{string.Join(", ", helper.Parameters.Append(helper.Result))}>){Helpers}[{i}])({string.Join(", ", names)});\n");
        }

        return code.Append("}\n").ToString();
    }
}
