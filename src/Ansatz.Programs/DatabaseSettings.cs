using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace Ansatz.Programs;

/// <summary>How the scores of a program on its inputs become the one score of its cluster.</summary>
public enum ScoreReduction
{
    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>The score on the last input: what the reference implementation does.</summary>
    Last,
}

/// <summary>Settings of <see cref="ProgramDatabase"/>. Names follow the paper's supplement.</summary>
public sealed record DatabaseSettings
{
    /// <summary>The choices of the reference implementation: raw scores, the last input's score, no rounding, no limit to a cluster or an island.</summary>
    /// <remarks>Its resets come by the clock, every four hours; here they come by count or not at all.</remarks>
    public static readonly DatabaseSettings Reference = new()
    {
        Temperature = 0.1,
        ScalesTemperature = false,
        Reduction = ScoreReduction.Last,
        SignatureDigits = null,
        ClusterCapacity = null,
        ResetEvery = null,
    };

    private const int LongSearch = 20_000; // evaluations

    /// <summary>Populations that evolve apart. Default 10.</summary>
    public int Islands { get; init => field = Positive(value); } = 10;

    /// <summary>k: programs shown in a prompt, as far as an island has clusters. Default 2.</summary>
    public int Shown { get; init => field = Positive(value); } = 2;

    /// <summary>T0: the temperature at which clusters are drawn from an island that is empty, or has just become a multiple of <see cref="Period"/>. Default 1.</summary>
    public double Temperature { get; init => field = Positive(value); } = 1;

    /// <summary>Whether <see cref="Temperature"/> counts in units of the scores' spread on the island (see <see cref="ProgramDatabase"/>), so that it means the same for bins, RMSE and accuracy. Default yes.</summary>
    public bool ScalesTemperature { get; init; } = true;

    /// <summary>After how many programs on an island the temperature, having fallen towards 0, begins again. Default 30,000.</summary>
    public int Period { get; init => field = Positive(value); } = 30_000;

    /// <summary>How many of an island's best clusters take part in ε-lexicase selection, which chooses by the scores on single inputs; what no input tells apart is drawn by <see cref="Temperature"/>. <see langword="null"/>: all clusters are drawn by <see cref="Temperature"/> alone, as in the paper. Default that; 100 by <see cref="For"/>.</summary>
    public int? LexicasePool { get; init => field = value is { } pool ? Positive(pool) : null; }

    /// <summary>The temperature of the preference for short programs within a cluster. Default 1.</summary>
    public double LengthTemperature { get; init => field = Positive(value); } = 1;

    /// <summary>How scores on several inputs become one. Default the mean.</summary>
    public ScoreReduction Reduction { get; init; } = ScoreReduction.Mean;

    /// <summary>Significant digits of a score in a signature, so that the last bits of a sum do not split clusters; <see langword="null"/>: all. Default 12.</summary>
    public int? SignatureDigits
    {
        get;
        init
        {
            if (value is { } digits)
            {
                ArgumentOutOfRangeException.ThrowIfLessThan(digits, 1);
                ArgumentOutOfRangeException.ThrowIfGreaterThan(digits, 16);
            }

            field = value;
        }
    } = 12;

    /// <summary>Most programs in a cluster, every one that came being kept with the same chance; <see langword="null"/>: no limit. Default 100.</summary>
    public int? ClusterCapacity { get; init => field = value is { } capacity ? Positive(capacity) : null; } = 100;

    /// <summary>Most clusters of an island: where there would be more, a tenth of them goes, those with the worst scores, so that a search may be as long as it likes; <see langword="null"/>: no limit. Default no limit; 10,000 in a search of more than 20,000 (<see cref="For"/>).</summary>
    public int? IslandCapacity { get; init => field = value is { } capacity ? Positive(capacity) : null; }

    /// <summary>After how many registrations the worse half of the islands begins again; <see langword="null"/>: never. Default 2,000.</summary>
    public int? ResetEvery { get; init => field = value is { } count ? Positive(count) : null; } = 2_000;

    /// <summary>After how many proposals the worse half of the islands ends, until one is left; there are no resets then. <see langword="null"/>: never. Default never.</summary>
    public int? HalveEvery { get; init => field = value is { } count ? Positive(count) : null; }

    internal JsonObject Settings => new()
    {
        ["islands"] = Islands,
        ["shown"] = Shown,
        ["temperature"] = Temperature,
        ["scalesTemperature"] = ScalesTemperature,
        ["period"] = Period,
        ["lexicasePool"] = LexicasePool,
        ["lengthTemperature"] = LengthTemperature,
        ["reduction"] = Reduction.ToString(),
        ["signatureDigits"] = SignatureDigits,
        ["clusterCapacity"] = ClusterCapacity,
        ["islandCapacity"] = IslandCapacity,
        ["resetEvery"] = ResetEvery,
        ["halveEvery"] = HalveEvery,
    };

    /// <summary>The defaults for a search of so many evaluations: an island for each 500, at most eight, of which the worse half ends again and again, until one is left for the last part: a quarter, with eight. <see cref="Period"/> is a little longer than the last island has proposals, so that it cools to the end: to a tenth of <see cref="Temperature"/> if all of them are registered, to less cold if some are rejected.</summary>
    /// <remarks>Successive halving (Jamieson &amp; Talwalkar 2016, arXiv:1502.07943), in place of the paper's resets: what a short search has to spend goes to the island that came farthest, and not all of it to the first.</remarks>
    /// <param name="evaluations">How many programs are proposed.</param>
    /// <param name="islandCount">How many islands; none: by the number of evaluations. One goes on alone.</param>
    public static DatabaseSettings For(long evaluations, int? islandCount = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(evaluations);
        int islands = islandCount ?? (int)Math.Clamp(evaluations / 500, 1, 8);
        List<int> left = [islands]; // in each part
        while (left[^1] > 1)
        {
            left.Add(left[^1] - (left[^1] / 2)); // of an odd number the smaller half ends
        }

        double part = (double)evaluations / left.Count;
        return new()
        {
            Islands = islands,
            Period = (int)Math.Clamp(1.1 * left.Sum(count => part / count), 1, int.MaxValue),
            HalveEvery = islands == 1 ? null : (int)Math.Clamp(part, 1, int.MaxValue),
            ResetEvery = null,
            LexicasePool = 100,
            IslandCapacity = evaluations > LongSearch ? LongSearch / 2 : null,
        };
    }

    /// <summary>The one score of scores on several inputs.</summary>
    internal double Reduce(ImmutableArray<double> scores) => Reduction == ScoreReduction.Last ? scores[^1] : scores.Average();

    private static int Positive(int value, [CallerMemberName] string name = "")
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, name);
        return value;
    }

    private static double Positive(double value, [CallerMemberName] string name = "")
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, name);
        return value;
    }
}
