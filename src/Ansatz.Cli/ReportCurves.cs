using Ansatz.Web;

namespace Ansatz.Cli;

/// <summary>Curves of the report, from stored blocks.</summary>
internal static class ReportCurves
{
    /// <summary>The score of an arm's best candidate so far against the rollouts that it had spent.</summary>
    /// <param name="arm">The arm.</param>
    /// <param name="blocks">Its blocks.</param>
    /// <param name="split">What selects: validation, or train where there is none.</param>
    /// <param name="items">How many items that has; only blocks of all of them count.</param>
    /// <param name="scale">What the scores are.</param>
    public static ProgressCurve Of(StoredArm arm, IEnumerable<StoredBlock> blocks, Split split, int items, Scale scale)
    {
        List<ProgressPoint> points = [];
        long spent = 0;
        double best = double.NegativeInfinity;
        foreach (StoredBlock block in blocks)
        {
            spent += block.Outcomes.Length;
            if (block.Asked.Split == split && block.Outcomes.Length == items && block.Outcomes.MeanScore(scale) is { } mean && mean > best)
            {
                best = mean;
                points.Add(new(spent, best));
            }
        }

        if (points.Count > 0 && points[^1].Rollouts < spent)
        {
            points.Add(new(spent, best));
        }

        return new(arm.Name, arm.Role, [.. points]);
    }
}
