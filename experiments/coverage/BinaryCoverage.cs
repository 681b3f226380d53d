using MathNet.Numerics;

namespace Ansatz.Experiments.Coverage;

/// <summary>Wilson's and Tango's intervals, exactly: every possible table is weighed with its probability.</summary>
internal static class BinaryCoverage
{
    public static IEnumerable<CoverageRow> OfWilson(int n)
    {
        Interval[] intervals = [.. Enumerable.Range(0, n + 1).Select(k => Wilson.Interval(k, n))];

        foreach (double p in (double[])[0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99])
        {
            yield return At(p).ToRow("Wilson", FormattableString.Invariant($"{p:0.0#} right"), n, 0);
        }

        double[] grid = [.. Enumerable.Range(0, 491).Select(i => 0.5 + (i / 1000.0))];
        double worst = grid.MinBy(p => At(p).Coverage);
        yield return At(worst).ToRow("Wilson", FormattableString.Invariant($"worst of 0.500 to 0.990 in steps of 0.001: {worst:0.000} right"), n, 0);

        Tally At(double p)
        {
            Tally tally = new(p);
            for (int k = 0; k <= n; k++)
            {
                tally.Add(intervals[k], Math.Exp(LogChoose(n, k) + Power(k, p) + Power(n - k, 1 - p)));
            }

            return tally;
        }
    }

    public static IEnumerable<CoverageRow> OfTango(int n)
    {
        // all tables: b only the first right, c only the second
        (int B, int C, double LogWays, Interval Interval)[] tables =
        [
            .. from b in Enumerable.Range(0, n + 1)
               from c in Enumerable.Range(0, n - b + 1)
               select (b, c, LogChoose(n, b) + LogChoose(n - b, c), Tango.Interval(b, c, n)),
        ];

        foreach ((double first, double second) in ((double, double)[])
            [(0.005, 0.005), (0.01, 0), (0.025, 0.025), (0.05, 0), (0.05, 0.05), (0.08, 0.02), (0.10, 0), (0.15, 0.15), (0.25, 0.05), (0.25, 0.25), (0.46, 0.04), (0.90, 0)])
        {
            yield return At(first, second).ToRow("Tango", Words(first, second), n, 0);
        }

        (double First, double Second)[] grid =
        [
            .. from i in Enumerable.Range(1, 40)
               from j in Enumerable.Range(0, Math.Min(i, 60 - i) + 1)
               select (i / 100.0, j / 100.0),
        ];
        (double worstFirst, double worstSecond) = grid.MinBy(p => At(p.First, p.Second).Coverage);
        yield return At(worstFirst, worstSecond).ToRow("Tango", $"worst of all pairs in steps of 0.01: {Words(worstFirst, worstSecond)}", n, 0);

        Tally At(double first, double second)
        {
            Tally tally = new(first - second);
            foreach ((int b, int c, double logWays, Interval interval) in tables)
            {
                double log = logWays + Power(b, first) + Power(c, second) + Power(n - b - c, 1 - first - second);
                if (log > -40) // the rest weighs less than 1e-12 in all
                {
                    tally.Add(interval, Math.Exp(log));
                }
            }

            return tally;
        }

        static string Words(double first, double second) => FormattableString.Invariant($"only first {first:0.00#}; only second {second:0.00#}");
    }

    private static double LogChoose(int n, int k) => SpecialFunctions.FactorialLn(n) - SpecialFunctions.FactorialLn(k) - SpecialFunctions.FactorialLn(n - k);

    private static double Power(int count, double p) => count == 0 ? 0 : count * Math.Log(p); // ln p^count, with 0⁰ = 1
}
