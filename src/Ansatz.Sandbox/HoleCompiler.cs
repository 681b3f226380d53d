using System.Diagnostics.CodeAnalysis;
using Ansatz.Sandbox.Tree;

namespace Ansatz.Sandbox;

/// <summary>
/// Compiles candidates for one hole: a subset of C# that cannot express harm, made into WebAssembly that cannot do any. Safe to use from several threads.
/// </summary>
/// <remarks>
/// The source is one static method with the hole's name and types, and static helper functions beside or inside it. Allowed are int, uint, long, ulong, double, bool
/// and arrays of them; locals, if, switch, loops, foreach over arrays, calls of the own functions, of the offered helpers and of <see cref="Math"/>. The meaning is C#'s: arithmetic
/// unchecked, whole-number division by zero and indexes outside arrays trap, shifts are masked, conversions from double saturate (as in .NET 9 and later). Differences:
/// an array argument is a copy (the host's is never changed), and Exp, Log, Pow and their like may differ in the last bits from the processor's.
/// </remarks>
public sealed class HoleCompiler
{
    private readonly HoleReader _reader;

    /// <summary>A compiler of candidates for a hole.</summary>
    public HoleCompiler(HoleSignature signature, HoleLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(signature);
        (Signature, Limits) = (signature, limits ?? new());
        _reader = new(Signature, Limits);
    }

    /// <summary>What a candidate has to be.</summary>
    public HoleSignature Signature { get; }

    /// <summary>What a candidate may be and may use.</summary>
    public HoleLimits Limits { get; }

    /// <summary>Compiles a candidate, or says why it is none.</summary>
    /// <param name="source">Methods in C#.</param>
    /// <param name="program">The compiled candidate.</param>
    /// <param name="refusals">Why not, in the order of the source; at most five.</param>
    public bool TryCompile(string source, [NotNullWhen(true)] out HoleProgram? program, out IReadOnlyList<Refusal> refusals)
    {
        program = TryRead(source, out HoleTree? tree, out refusals) ? new HoleProgram(tree, Signature, Limits) : null;
        return program is not null;
    }

    /// <summary>Reads a candidate without compiling it.</summary>
    /// <param name="source">Methods in C#.</param>
    /// <param name="tree">Its tree.</param>
    /// <param name="refusals">Why not, in the order of the source; at most five.</param>
    public bool TryRead(string source, [NotNullWhen(true)] out HoleTree? tree, out IReadOnlyList<Refusal> refusals)
    {
        ArgumentNullException.ThrowIfNull(source);
        tree = _reader.Read(source, out System.Collections.Immutable.ImmutableArray<Refusal> reasons);
        refusals = reasons;
        return tree is not null;
    }
}
