using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Ansatz.Sandbox.Syntax;
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
    private readonly ConditionalWeakTable<HoleSyntax, HoleCompiler> _candidates = []; // trees that Check has passed, by reference: none of them changes, nor do signature and limits

    /// <summary>A compiler of candidates for a hole.</summary>
    public HoleCompiler(HoleSignature signature, HoleLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(signature);
        (Signature, Limits) = (signature, limits ?? HoleLimits.Usual);
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
        program = TryRead(source, out HoleSyntax? syntax, out refusals) ? new HoleProgram(syntax, Signature, Limits) : null;
        return program is not null;
    }

    /// <summary>Reads a candidate without compiling it.</summary>
    /// <param name="source">Methods in C#.</param>
    /// <param name="syntax">Its tree.</param>
    /// <param name="refusals">Why not, in the order of the source; at most five.</param>
    public bool TryRead(string source, [NotNullWhen(true)] out HoleSyntax? syntax, out IReadOnlyList<Refusal> refusals)
    {
        ArgumentNullException.ThrowIfNull(source);
        syntax = _reader.Read(source, out System.Collections.Immutable.ImmutableArray<Refusal> reasons);
        refusals = reasons;
        if (syntax is not null && Check(syntax) is { } fault) // what is printed, stored and read again keeps the limits too
        {
            (syntax, refusals) = (null, HoleGates.Refuse(1, 1, fault).Refusals);
        }

        return syntax is not null;
    }

    /// <summary>Why a tree that a program put together is no candidate, in a sentence; none if it is one.</summary>
    /// <remarks>Types, names, definite assignment, returns and limits, without Roslyn. What passes would be read from its own text as the same tree.</remarks>
    public string? Check(HoleSyntax syntax)
    {
        ArgumentNullException.ThrowIfNull(syntax);
        if (_candidates.TryGetValue(syntax, out _))
        {
            return null;
        }

        string? fault = SyntaxCheck.Fault(syntax, Signature, Limits);
        if (fault is null)
        {
            _candidates.TryAdd(syntax, this);
        }

        return fault;
    }

    /// <summary>A run of a candidate by the interpreter: the same results to the bit, and nothing is compiled. Cheaper where it is called little.</summary>
    /// <exception cref="ArgumentException">It is no candidate: <see cref="Check"/> says why.</exception>
    public HoleInterpreter Interpret(HoleSyntax syntax) =>
        Check(syntax) is { } fault ? throw new ArgumentException(fault, nameof(syntax)) : new HoleInterpreter(Lowering.Lower(syntax, Signature), Signature, Limits);

    /// <summary>A run by the interpreter that knows on which line it was trapped (<see cref="HoleInterpreter.Line"/>).</summary>
    /// <exception cref="ArgumentException">It is no candidate: <see cref="Check"/> says why.</exception>
    public HoleInterpreter Trace(HoleSyntax syntax)
    {
        if (Check(syntax) is { } fault)
        {
            throw new ArgumentException(fault, nameof(syntax));
        }

        Dictionary<Tree.Statement, Syntax.Statement> origins = new(ReferenceEqualityComparer.Instance);
        HoleTree tree = Lowering.Lower(syntax, Signature, origins);
        Dictionary<Syntax.Statement, int> lines = CSharpWriter.LinesOf(syntax);
        return new(tree, Signature, Limits)
        {
            Lines = new(origins.Where(o => lines.ContainsKey(o.Value)).Select(o => KeyValuePair.Create(o.Key, lines[o.Value])), ReferenceEqualityComparer.Instance),
        };
    }

    /// <summary>Compiles a candidate that is a tree already, without Roslyn.</summary>
    /// <exception cref="ArgumentException">It is no candidate: <see cref="Check"/> says why.</exception>
    public HoleProgram Compile(HoleSyntax syntax) =>
        Check(syntax) is { } fault ? throw new ArgumentException(fault, nameof(syntax)) : new HoleProgram(syntax, Signature, Limits);
}
