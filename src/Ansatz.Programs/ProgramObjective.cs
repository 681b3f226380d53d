using System.Collections.Immutable;

namespace Ansatz.Programs;

/// <summary>An objective whose candidates are programs, whatever the types of its hole and inputs.</summary>
public abstract class ProgramObjective : Objective<ProgramSource>
{
    /// <summary>How the reason begins of a candidate that does not compile, and so was never run.</summary>
    public const string Refused = "It does not compile: ";

    internal const string Unstable = "The scorer is unstable"; // how the message begins where it is

    private protected ProgramObjective()
    {
    }

    /// <summary>The hole, and the start program.</summary>
    public abstract ProgramPart Part { get; }

    /// <summary>What a candidate may spend on one input; 0 where it runs in a process of its own, whose CPU time is limited instead (<see cref="ProgramPart.Process"/>).</summary>
    public abstract long Fuel { get; }

    /// <summary>An input, as the scorer takes it.</summary>
    /// <param name="split">Its split.</param>
    /// <param name="item">Its number there.</param>
    public abstract object InputAt(Split split, int item);

    /// <summary>How long an input may take in a search, on the clock, before the study stops with a fault: a scorer or an offered helper that never returns. It decides no outcome, and is no part of the identity.</summary>
    public abstract TimeSpan Guard { get; }

    /// <summary>What <see cref="Guard"/> is called where its user can set it.</summary>
    public const string GuardsName = "program.guardSeconds in a study file, the guard that an objective is made with";

    /// <summary>Runs a program as an evaluation does, and says what each input took.</summary>
    /// <param name="program">The program.</param>
    /// <param name="split">Which inputs.</param>
    /// <param name="items">Their numbers.</param>
    /// <returns>One run an input, in order.</returns>
    public abstract ImmutableArray<ProgramRun> Rerun(ProgramSource program, Split split, IEnumerable<int> items);

    /// <summary>Runs a program on one input as an evaluation does, and keeps what the scorer asks it and where it fails. Much slower.</summary>
    /// <param name="program">The program.</param>
    /// <param name="split">Of which split.</param>
    /// <param name="item">The number of the input there.</param>
    public abstract ProgramTrace Trace(ProgramSource program, Split split, int item);
}

/// <summary>A program that was run on one input.</summary>
/// <param name="Outcome">What came of it.</param>
/// <param name="Fuel">What it used; 0 where it was not run, or in a process of its own.</param>
public sealed record ProgramRun(Outcome Outcome, long Fuel);

/// <summary>A program that was run on one input, call by call.</summary>
/// <param name="Run">What came of it, and what it used.</param>
/// <param name="Line">Its line that ended the run without a result, from 1, in the text that the sandbox for holes has of it (<see cref="Ansatz.Sandbox.Syntax.HoleSyntax"/>); none where none did, or where it runs in a process, whose reason says it.</param>
/// <param name="Calls">What the scorer asked and was answered.</param>
/// <param name="IsCut">Whether there were more calls than are kept: 20 million characters.</param>
public sealed record ProgramTrace(ProgramRun Run, int? Line, ImmutableArray<HoleCall> Calls, bool IsCut);
