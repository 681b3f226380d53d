using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Ansatz.Sandbox;
using Ansatz.Sandbox.Tests;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Ansatz.Bench.Sandbox;

/// <summary>
/// Mutants of random programs, read like any candidate. What is accepted is held against three oracles that know nothing of the reader: what its module imports; what the same text refers to when Roslyn compiles it as ordinary C#
/// against the whole framework; and whether interpreter and module agree. The second is tried itself: with a forbidden member put in on purpose it has to find one.
/// </summary>
internal static class Fuzzing
{
    private const string Planted = "System.Environment.TickCount";

    private static readonly HashSet<string> s_imports = ["host.call"];

    private static readonly HashSet<string> s_members = ["System.Math", "System.Double", "System.Object", "System.Array", "System.Runtime.CompilerServices.RuntimeHelpers"];

    private static readonly MetadataReference[] s_framework =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(p => Path.GetFileName(p).StartsWith("System.", StringComparison.Ordinal)).Select(p => MetadataReference.CreateFromFile(p)),
    ];

    public static FuzzCount Measure(int mutants)
    {
        HoleLimits limits = new() { Fuel = 20_000, MemoryBytes = 4096, Depth = 60, SourceCharacters = 1 << 20, Tokens = 1 << 20, Nesting = 1000 };
        HoleCompiler compiler = new(RandomProgram.Signature, limits);
        FuzzCount sum = new();
        Lock counting = new();
        Parallel.For(0, mutants, new() { MaxDegreeOfParallelism = 2 }, i =>
        {
            FuzzCount one = Try(compiler, limits, i);
            lock (counting)
            {
                sum += one;
            }
        });
        return sum;
    }

    private static FuzzCount Try(HoleCompiler compiler, HoleLimits limits, int number)
    {
        Rng rng = new(seed: 4, "mutants", number);
        string mutant = Mutant.Of(new RandomProgram(rng, portableOnly: false).Write(), rng);
        if (!compiler.TryCompile(mutant, out HoleProgram? program, out IReadOnlyList<Refusal> refusals))
        {
            return new() { Mutants = 1, NoReason = refusals.Count == 0 ? 1 : 0 };
        }

        using (program)
        {
            ImmutableArray<string>? members = Members(mutant);
            FuzzCount count = new()
            {
                Mutants = 1,
                Compiled = 1,
                ImportsOutside = program.Imports.All(s_imports.Contains) ? 0 : 1,
                NoCSharp = members is null ? 1 : 0,
                MembersOutside = members?.All(s_members.Contains) == false ? 1 : 0,
                Disagreed = Agree(program, limits, rng) ? 0 : 1,
            };
            if (count.MembersOutside + count.ImportsOutside + count.NoCSharp + count.Disagreed > 0)
            {
                Console.Error.WriteLine($"Mutant {number}: imports {string.Join(' ', program.Imports)}; members {(members is { } m ? string.Join(' ', m) : "none, it is no C#")}; disagreed {count.Disagreed}\n{mutant}\n");
            }

            if (number % 20 != 0)
            {
                return count;
            }

            // The control of the second oracle: the same text with what it must find.
            string planted = mutant.Insert(mutant.IndexOf('{', StringComparison.Ordinal) + 1, $" int planted = {Planted} ;");
            return count with
            {
                Planted = 1,
                PlantedFound = Members(planted) is { } found && !found.All(s_members.Contains) ? 1 : 0,
                PlantedRefused = compiler.TryRead(planted, out _, out _) ? 0 : 1,
            };
        }
    }

    // The types whose members the text uses, compiled as ordinary C#; none where it does not compile so.
    private static ImmutableArray<string>? Members(string source)
    {
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Mutant", [CSharpSyntaxTree.ParseText($"using System; public static class Candidate {{\n{source}\n}}")], s_framework, new(OutputKind.DynamicallyLinkedLibrary, concurrentBuild: false, optimizationLevel: OptimizationLevel.Release));
        using MemoryStream image = new();
        if (!compilation.Emit(image).Success)
        {
            return null;
        }

        image.Position = 0;
        using PEReader file = new(image);
        MetadataReader metadata = file.GetMetadataReader();
        HashSet<string> ofAttributes = [.. metadata.CustomAttributes.Select(a => metadata.GetCustomAttribute(a).Constructor).Where(c => c.Kind == HandleKind.MemberReference).Select(c => Parent((MemberReferenceHandle)c))];
        return [.. metadata.MemberReferences.Select(Parent).Where(p => !ofAttributes.Contains(p)).Distinct()];

        string Parent(MemberReferenceHandle handle) => metadata.GetMemberReference(handle).Parent is { Kind: HandleKind.TypeReference } parent
            ? metadata.GetTypeReference((TypeReferenceHandle)parent) is var type ? $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}" : ""
            : metadata.GetMemberReference(handle).Parent.Kind.ToString();
    }

    private static bool Agree(HoleProgram program, HoleLimits limits, Rng rng)
    {
        using HoleInstance instance = program.Start();
        HoleInterpreter interpreter = new(program.Tree, RandomProgram.Signature, limits);
        object[] arguments = RandomProgram.Arguments(rng);
        return Agreement.Run(() => interpreter.Call(arguments)) is var (value, trap)
            && Agreement.Run(() => instance.Call(arguments)) is var (moduleValue, moduleTrap)
            && BitConverter.DoubleToInt64Bits(value) == BitConverter.DoubleToInt64Bits(moduleValue) && trap == moduleTrap && interpreter.Fuel == instance.Fuel;
    }
}
