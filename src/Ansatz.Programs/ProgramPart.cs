using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Ansatz.Sandbox;
using Ansatz.Sandbox.Syntax;

namespace Ansatz.Programs;

/// <summary>The open part of a program: a hole, and the start program that fills it. Immutable and thread-safe.</summary>
public sealed partial class ProgramPart : OpenPart<ProgramSource>
{
    private readonly ImmutableArray<(string Name, ProgramSource Program)> _rules;
    private readonly RecentlyUsed<string, HoleSyntax> _syntax = new(most: 4_000); // trees by their texts, so that what a grammar has written is not parsed again

    /// <summary>A hole.</summary>
    /// <param name="signature">What a candidate has to be.</param>
    /// <param name="start">The start program: methods in the sandbox's subset of C#. It is yours, which every search is compared with.</param>
    /// <param name="rules">Programs that anyone would try first, with their names: controls, judged beside what is found.</param>
    /// <param name="purpose">What the hole is for, in a sentence or two: shown to a model that writes programs.</param>
    /// <param name="limits">What a candidate may be and may use. Its fuel is for one input; without limits a hundred times what the start program needs (see <see cref="ProgramObjective{TDelegate, TInput}"/>).</param>
    /// <param name="sandbox">Where candidates run, if they may be any C#: with texts, collections, LINQ and types of their own inside. A fresh locked process for each input of each candidate, some 0.1 s; CPU time and memory decide there, so no determinism is promised. The start program and the rules stay in the subset. None: the sandbox for holes.</param>
    /// <exception cref="InputException">The start program, or a rule, does not compile.</exception>
    public ProgramPart(
        HoleSignature signature, string start, IEnumerable<(string Name, string Program)>? rules = null, string purpose = "", HoleLimits? limits = null, ProgramSandbox? sandbox = null)
    {
        ArgumentNullException.ThrowIfNull(signature);
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(purpose);
        (Yours, Purpose, Limits) = (new(start), purpose, limits);
        Compiler = new(signature, limits);
        Process = sandbox is null ? null : new(signature, sandbox);
        _rules = [.. (rules ?? []).Select(r => (r.Name, new ProgramSource(r.Program)))];
        foreach ((string name, ProgramSource program) in _rules.Prepend(("start program", Yours)))
        {
            if (!Compiler.TryRead(program.Text, out HoleSyntax? syntax, out IReadOnlyList<Refusal> refusals))
            {
                throw new InputException($"The {name} of the hole {signature.Name} is no candidate: {refusals[0]}");
            }

            _syntax.Add(program.Text, syntax);
        }
    }

    private ProgramPart(ProgramPart part, ImmutableArray<ImmutableArray<double>> asked) =>
        (Yours, Purpose, Limits, Compiler, Process, _rules, _syntax, Asked) = (part.Yours, part.Purpose, part.Limits, part.Compiler, part.Process, part._rules, part._syntax, asked);

    /// <summary>Reads and compiles candidates.</summary>
    public HoleCompiler Compiler { get; }

    /// <summary>Where candidates run that may be any C#, in processes of their own; none where they run in the sandbox for holes.</summary>
    public ProgramHole? Process { get; }

    /// <summary>What a candidate has to be.</summary>
    public HoleSignature Signature => Compiler.Signature;

    /// <summary>What the hole takes, by the start program's names.</summary>
    public ValueList<Parameter> Parameters => Read(Yours).Methods[0].Parameters;

    /// <summary>What the hole is for.</summary>
    public string Purpose { get; }

    /// <inheritdoc />
    public override ProgramSource Yours { get; }

    /// <inheritdoc />
    public override string Noun => "program";

    /// <summary>Numbers that the scorer calls the hole with, for each number of its arguments; none before a scorer has.</summary>
    internal ImmutableArray<ImmutableArray<double>> Asked { get; } = [];

    /// <summary>What a candidate may use, where the user has said so.</summary>
    internal HoleLimits? Limits { get; }

    /// <summary>The part that a search of programs works on.</summary>
    public static ProgramPart Of(Search<ProgramSource> search)
    {
        ArgumentNullException.ThrowIfNull(search);
        return search.Open as ProgramPart ?? throw new ArgumentException("This optimizer searches programs: the objective must be a ProgramObjective.", nameof(search));
    }

    /// <inheritdoc />
    /// <remarks>The beginning of the text, on one line, without the hole's own header.</remarks>
    public override string Describe(ProgramSource value)
    {
        ArgumentNullException.ThrowIfNull(value);
        string line = Space().Replace(Header().Replace(value.Text, "", 1), " ").Trim();
        return line.Length <= 100 ? line : line[..97] + "...";
    }

    /// <inheritdoc />
    /// <remarks>The rules; and for a FunSearch, random programs and a hill climber, with as many evaluations.</remarks>
    public override IReadOnlyList<Arm<ProgramSource>> Controls(Arm<ProgramSource> search)
    {
        ArgumentNullException.ThrowIfNull(search);
        IEnumerable<Arm<ProgramSource>> rules = _rules.Select(r => Arm<ProgramSource>.Fixed(r.Name, ArmRole.Control, _ => r.Program));
        IEnumerable<Arm<ProgramSource>> searches = search.Optimizer is not FunSearch funSearch ? [] :
        [
            new("random programs", ArmRole.Control, new RandomPrograms(funSearch), search.Budget),
            new("hill climber", ArmRole.Control, new HillClimber(funSearch), search.Budget),
        ];
        return [Arm<ProgramSource>.OfYours(), .. rules, .. searches];
    }

    /// <summary>The same, with what its scorer asks.</summary>
    internal ProgramPart With(ImmutableArray<ImmutableArray<double>> asked) => new(this, asked);

    /// <summary>The tree of a program that is known to be one.</summary>
    internal HoleSyntax Read(ProgramSource program) => TryRead(program) ?? throw new InvalidOperationException($"A program that was scored does not compile: {program.Text}");

    /// <summary>The tree of a text, if it is a program.</summary>
    internal HoleSyntax? TryRead(ProgramSource program)
    {
        if (!_syntax.TryGet(program.Text, out HoleSyntax? syntax) && Compiler.TryRead(program.Text, out syntax, out _))
        {
            _syntax.Add(program.Text, syntax);
        }

        return syntax;
    }

    /// <summary>The text of a tree; reading it again costs nothing for a while.</summary>
    internal ProgramSource Write(HoleSyntax syntax)
    {
        string text = syntax.ToString();
        _syntax.Add(text, syntax);
        return new(text);
    }

    /// <summary>A tree as it goes to the search: simplified, or nothing where it is no candidate.</summary>
    internal HoleSyntax? Simplify(HoleSyntax syntax)
    {
        HoleSyntax folded = syntax.Folded();
        return Compiler.Check(folded) is null && Simplifier.Simplify(folded) is var simple && Compiler.Check(simple) is null ? simple : null;
    }

    /// <summary>The tree of a text, without parsing it if it is at hand; or why it has none.</summary>
    internal bool TryRead(ProgramSource program, [NotNullWhen(true)] out HoleSyntax? syntax, out IReadOnlyList<Refusal> refusals)
    {
        refusals = [];
        return _syntax.TryGet(program.Text, out syntax) || Compiler.TryRead(program.Text, out syntax, out refusals);
    }

    [GeneratedRegex(@"^\s*((public|private|internal|static)\s+)*[\w\[\]]+\s+\w+\s*\([^)]*\)\s*(=>|(?=\{))", RegexOptions.CultureInvariant)]
    private static partial Regex Header();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Space();
}
