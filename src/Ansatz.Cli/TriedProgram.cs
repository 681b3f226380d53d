using System.Collections.Immutable;
using System.Globalization;
using Ansatz.Programs;
using Ansatz.Sandbox;
using Ansatz.Sandbox.Syntax;
using ProgramRun = Ansatz.Programs.ProgramRun;

namespace Ansatz.Cli;

/// <summary>A program run again on train inputs, in lines for a terminal.</summary>
internal static class TriedProgram
{
    private const int Longest = 300; // characters of a call, on a line of its own

    /// <summary>Its text, as the sandbox numbers its lines.</summary>
    public static string Text(ProgramObjective objective, ProgramSource program) =>
        objective.Part.Process is null && objective.Part.Compiler.TryRead(program.Text, out HoleSyntax? syntax, out IReadOnlyList<Refusal> _) ? syntax.ToString() : program.Text;

    /// <summary>What came of a run, on one line.</summary>
    public static string Line(ProgramObjective objective, int item, ProgramRun run)
    {
        string outcome = run.Outcome switch
        {
            Scored { Output: { } metrics } s => string.Create(CultureInfo.InvariantCulture, $"{s.Score:R} {metrics}"),
            Scored s => s.Score.ToString("R", CultureInfo.InvariantCulture),
            Rejected rejected => $"rejected: {PlainText.Printable(rejected.Reason)}",
            _ => "",
        };
        return string.Create(CultureInfo.InvariantCulture, $"train input {item}: {outcome}{(run.Fuel > 0 ? $", {run.Fuel:N0} fuel of {objective.Fuel:N0}" : "")}");
    }

    /// <summary>One input, call by call: where it failed, and where it parts from another program.</summary>
    /// <param name="objective">What runs it.</param>
    /// <param name="program">The program.</param>
    /// <param name="other">The other program, and what it is called: "its parent, trial 7"; none: nothing to compare with.</param>
    /// <param name="item">The number of the train input.</param>
    public static IEnumerable<string> Lines(ProgramObjective objective, ProgramSource program, (string Name, ProgramSource Program)? other, int item)
    {
        ProgramTrace trace = objective.Trace(program, Split.Train, item);
        yield return Line(objective, item, trace.Run);
        if (trace.Line is { } line)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"  at line {line}: {PlainText.Printable(Text(objective, program).Split('\n')[line - 1].Trim())}");
        }

        if (trace.Calls.FirstOrDefault(c => c.Answer is null) is { } failed)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"  in call {trace.Calls.IndexOf(failed) + 1:N0}: {Asked(failed)}");
        }

        if (other is { } compared)
        {
            ProgramTrace others = objective.Trace(compared.Program, Split.Train, item);
            yield return $"{compared.Name}: {Line(objective, item, others.Run)}";
            foreach (string difference in trace.Calls.IsEmpty || others.Calls.IsEmpty ? [] : Differences(trace.Calls, others.Calls, trace.IsCut || others.IsCut))
            {
                yield return $"  {difference}";
            }
        }

        string Asked(HoleCall call) => Shortened($"{objective.Part.Signature.Name}({call.Asked})");

        IEnumerable<string> Differences(ImmutableArray<HoleCall> mine, ImmutableArray<HoleCall> theirs, bool isCut)
        {
            int both = Math.Min(mine.Length, theirs.Length);
            int parts = Enumerable.Range(0, both).FirstOrDefault(i => mine[i].Asked != theirs[i].Asked, both);
            int value = Enumerable.Range(0, parts).FirstOrDefault(i => mine[i].Answer != theirs[i].Answer, -1);
            yield return value < 0
                ? string.Create(CultureInfo.InvariantCulture, $"the same answers to {(parts == both && !isCut ? "all" : "the first")} {parts:N0} {PlainText.Plural(parts, "call")}")
                : string.Create(CultureInfo.InvariantCulture, $"the first answer that differs, call {value + 1:N0}: {Asked(mine[value])} is {Answer(mine[value])} here, {Answer(theirs[value])} there");
            if (value >= 0 && !(parts == both && (mine.Any(c => c.Answer is null) || theirs.Any(c => c.Answer is null) || (isCut && mine.Length != theirs.Length)))) // else nothing was decided
            {
                yield return parts < both ? string.Create(CultureInfo.InvariantCulture, $"the first decision that differs, after {parts:N0} {PlainText.Plural(parts, "call")}: the scorer asks {Asked(mine[parts])} here, {Asked(theirs[parts])} there")
                    : mine.Length != theirs.Length ? string.Create(CultureInfo.InvariantCulture, $"the first decision that differs, after {parts:N0} {PlainText.Plural(parts, "call")}: the scorer asks {(mine.Length > both ? $"{Asked(mine[parts])} here, and nothing more there" : $"nothing more here, and {Asked(theirs[parts])} there")}")
                    : Ranked(mine).Zip(Ranked(theirs)).Select((r, i) => (Place: i + 1, r.First, r.Second)).FirstOrDefault(r => r.First != r.Second) is { Place: > 0 } first
                        ? string.Create(CultureInfo.InvariantCulture, $"the scorer asks both the same {parts:N0} {PlainText.Plural(parts, "call")}; in the order of the answers, the highest first, place {first.Place:N0} is {Asked(mine[first.First])} here, {Asked(mine[first.Second])} there")
                    : string.Create(CultureInfo.InvariantCulture, $"the scorer asks both the same {parts:N0} {PlainText.Plural(parts, "call")}, and what it decides by the answers does not show in them");
            }
        }

        // The calls by falling answers, equal ones as they came: in such an order a greedy scorer takes things. Of numbers alone.
        IEnumerable<int> Ranked(ImmutableArray<HoleCall> calls) => objective.Part.Signature.Result is { IsNumber: true }
            ? Enumerable.Range(0, calls.Length).OrderByDescending(i => calls[i].Answer is { } answer ? double.Parse(answer, CultureInfo.InvariantCulture) : double.NegativeInfinity)
            : [];
    }

    private static string Answer(HoleCall call) => call.Answer is { } answer ? Shortened(answer) : "no answer";

    private static string Shortened(string text) => PlainText.Printable(text.Length <= Longest ? text : text[..Longest] + "...");
}
