namespace Ansatz.Experiments.OproPaper;

/// <summary>The paper's own figures (arXiv:2309.03409v3, tables 2 and 3), and those of an earlier computation of the other methods, made apart from this code.</summary>
internal static class Published
{
    /// <summary>Table 2: steps until the optimum, mean ± standard deviation of 5 runs, by model: text-bison, gpt-3.5-turbo, gpt-4.</summary>
    public static IReadOnlyDictionary<(int W, int B), string[]> LineSteps { get; } = new Dictionary<(int W, int B), string[]>
    {
        [(15, 14)] = ["5.8 ± 2.6", "7.6 ± 4.5", "4.0 ± 1.5"],
        [(17, 17)] = ["4.0 ± 1.8", "12.6 ± 6.0", "6.0 ± 3.7"],
        [(16, 10)] = ["3.8 ± 2.2", "10.4 ± 5.4", "6.2 ± 3.1"],
        [(3, 5)] = ["9.8 ± 2.8", "10.8 ± 2.7", "12.2 ± 2.0"],
        [(25, 23)] = ["19.6 ± 11.4", "26.4 ± 18.3", "12.2 ± 3.7"],
        [(2, 30)] = ["31.4 ± 6.3", "42.8 ± 9.7", "38.0 ± 15.9"],
        [(36, -1)] = ["35.8 ± 6.4", "45.4 ± 16.9", "50.4 ± 18.8"],
    };

    /// <summary>The earlier computation, 300 seeds: mean steps, their standard deviation, mean unique pairs.</summary>
    public static IReadOnlyDictionary<(int W, int B, string Method), (double Steps, double Deviation, double Unique)> LinesBefore { get; } =
        new Dictionary<(int W, int B, string Method), (double Steps, double Deviation, double Unique)>
        {
            [(15, 14, LineRuns.Local)] = (9.2, 9.5, 45.6),
            [(17, 17, LineRuns.Local)] = (10.1, 10.8, 47.7),
            [(16, 10, LineRuns.Local)] = (18.1, 16.9, 65.3),
            [(3, 5, LineRuns.Local)] = (44.7, 32.0, 207),
            [(25, 23, LineRuns.Local)] = (34.7, 25.6, 172),
            [(2, 30, LineRuns.Local)] = (64.5, 37.1, 273),
            [(36, -1, LineRuns.Local)] = (79.8, 44.3, 330),

            // The spread of draws with replacement is that of a geometric distribution: about its mean.
            [(15, 14, LineRuns.Draws)] = (15.4, 15.4, 64.7),
            [(17, 17, LineRuns.Draws)] = (16.0, 16.0, 64.3),
            [(16, 10, LineRuns.Draws)] = (15.6, 15.6, 65.6),
        };

    /// <summary>Table 3: gap in percent, mean ± standard error of 5 maps, for n = 10, 15, 20, 50.</summary>
    public static IReadOnlyList<(string Method, string[] Gaps)> TourGaps { get; } =
    [
        ("nearest neighbour (paper, 5 maps)", ["13.0 ± 1.3", "9.4 ± 3.7", "16.0 ± 3.9", "19.7 ± 3.1"]),
        ("farthest insertion (paper, 5 maps)", ["3.2 ± 1.4", "1.2 ± 0.6", "0.2 ± 0.1", "9.8 ± 1.5"]),
        ("OPRO, text-bison (paper)", ["0.0", "4.4 ± 1.3", "30.4 ± 10.6", "219.8 ± 13.7"]),
        ("OPRO, gpt-3.5-turbo (paper)", ["0.0", "1.2 ± 1.1", "4.4 ± 2.5", "133.0 ± 6.8"]),
        ("OPRO, gpt-4 (paper)", ["0.0", "0.2 ± 0.2", "1.4 ± 0.6", "11.0 ± 2.6"]),
    ];

    /// <summary>The earlier computation: mean gap, its standard deviation over maps, and how many maps.</summary>
    public static IReadOnlyDictionary<(int Cities, string Method), (double Gap, double Deviation, int Maps)> ToursBefore { get; } =
        new Dictionary<(int Cities, string Method), (double Gap, double Deviation, int Maps)>
        {
            [(10, TourRuns.Nearest)] = (10.6, 9.2, 1000),
            [(15, TourRuns.Nearest)] = (13.5, 9.8, 300),
            [(20, TourRuns.Nearest)] = (17.6, 10.1, 40),
            [(50, TourRuns.Nearest)] = (22.0, 7.7, 100),
            [(10, TourRuns.BestNearest)] = (2.4, 3.6, 1000),
            [(15, TourRuns.BestNearest)] = (3.4, 3.6, 300),
            [(20, TourRuns.BestNearest)] = (5.8, 5.3, 40),
            [(50, TourRuns.BestNearest)] = (11.3, 4.6, 100),
            [(10, TourRuns.Farthest)] = (1.1, 2.3, 1000),
            [(15, TourRuns.Farthest)] = (2.8, 3.3, 300),
            [(20, TourRuns.Farthest)] = (3.2, 3.7, 40),
            [(50, TourRuns.Farthest)] = (7.3, 3.4, 100),
            [(10, TourRuns.OneRandom)] = (82, 25, 1000),
            [(15, TourRuns.OneRandom)] = (130, 30, 300),
            [(20, TourRuns.OneRandom)] = (172, 34, 40),
            [(50, TourRuns.OneRandom)] = (362, 34, 100),
            [(10, TourRuns.BestRandom)] = (10.3, 5.8, 1000),
            [(15, TourRuns.BestRandom)] = (47.4, 9.5, 300),
            [(20, TourRuns.BestRandom)] = (83.6, 12.9, 40),
            [(50, TourRuns.BestRandom)] = (262, 20, 100),
            [(10, TourRuns.TwoOpt)] = (0.04, 0.3, 1000),
            [(15, TourRuns.TwoOpt)] = (0.15, 0.7, 300),
            [(20, TourRuns.TwoOpt)] = (0.28, 0.5, 40),
            [(50, TourRuns.TwoOpt)] = (2.6, 2.5, 100),
            [(10, TourRuns.Evolution)] = (0.00, 0.0, 1000),
            [(15, TourRuns.Evolution)] = (0.13, 0.5, 300),
            [(20, TourRuns.Evolution)] = (1.7, 1.6, 40),
            [(50, TourRuns.Evolution)] = (56, 8.8, 100),
        };

    /// <summary>How many standard errors lie between two means, each with its deviation and size; the figures before were rounded to one unit of <paramref name="rounding"/>.</summary>
    public static double Apart(double mean, double deviation, int n, double before, double deviationBefore, int nBefore, double rounding) =>
        Math.Max(0, Math.Abs(mean - before) - (rounding / 2)) / Math.Sqrt((deviation * deviation / n) + (deviationBefore * deviationBefore / nBefore) + 1e-12);
}
