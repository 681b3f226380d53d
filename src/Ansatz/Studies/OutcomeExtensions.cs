using System.Collections.Immutable;

namespace Ansatz;

/// <summary>Arithmetic on lists of outcomes.</summary>
public static class OutcomeExtensions
{
    extension(ImmutableArray<Outcome> outcomes)
    {
        /// <summary>How many were rejected.</summary>
        public int RejectedCount => outcomes.Count(o => o is Rejected);

        /// <summary>Mean score; none if there is no outcome, or one was rejected on the scale real.</summary>
        public double? MeanScore(Scale scale) =>
            outcomes.Length == 0 || (scale == Scale.Real && outcomes.RejectedCount > 0)
                ? null
                : outcomes.Average(o => o.ScoreOn(scale));

        /// <summary>The scores in order, rejected outcomes as 0 on the scales binary and unit.</summary>
        public double[] Scores(Scale scale) => [.. outcomes.Select(o => o.ScoreOn(scale))];
    }
}
