using System.Globalization;

namespace Ansatz.Cli.Screen;

/// <summary>A search of thousands of programs in lines: one where the arm has a new best, and one every so often that says how far it is.</summary>
internal sealed class ProgramLines(RunView view)
{
    private const long Every = 1_000; // programs

    private readonly Dictionary<(string Arm, Split Split), double> _best = [];
    private long _said;

    /// <summary>An event in words; none where it is not worth a line.</summary>
    public string? Words(StudyEvent happened)
    {
        if (happened is ArmStarted)
        {
            _said = 0;
        }

        if (happened is not BlockEvaluated { Split: not Split.Test } block)
        {
            return RunReaders.Words(happened, ScoreFormat.Of(view.Header.Scale, [.. _best.Values]));
        }

        if (block.Mean is { } mean && mean > _best.GetValueOrDefault((block.Arm, block.Split), double.NegativeInfinity))
        {
            _best[(block.Arm, block.Split)] = mean;
            return RunReaders.Words(block, ScoreFormat.Of(view.Header.Scale, [mean]));
        }

        if (view.Programs.All < _said + Every)
        {
            return null;
        }

        _said = view.Programs.All;
        string rate = view.Rate is { } r ? string.Create(CultureInfo.InvariantCulture, $", {r:0}/s") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{block.Arm}: {view.Programs.All:N0} of {view.Header.Programs:N0} programs: {view.Programs}{rate}");
    }
}
