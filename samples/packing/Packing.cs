using System.Collections.Immutable;
using Ansatz.Programs;
using Ansatz.Samples.Programs;

namespace Ansatz.Samples.Packing;

/// <summary>Online bin packing with a hole: which of the bins that it fits into an item goes to.</summary>
public static class Packing
{
    /// <summary>Best fit, the start: the fullest bin.</summary>
    /// <param name="item">The item's size.</param>
    /// <param name="bin">What is free in the bin.</param>
    [Open(Purpose = "Items arrive one after the other. Priority says how much to want an item in a bin of which so much is free; the item goes into the bin with the highest priority. Fewer bins are better.")]
    public static double Priority(double item, double bin) => item - bin;

    /// <summary>The earliest bin.</summary>
    [Rule("first fit")]
    public static double FirstFit(double item, double bin) => 0;

    /// <summary>Leave a gap of at most 1, or one of at least 22: two constants from a grid search over 2,106 pairs, on other instances.</summary>
    [Rule("two constants")]
    public static double TwoConstants(double item, double bin)
    {
        double gap = bin - item;
        if (gap <= 1)
        {
            return 1000 - gap;
        }

        return bin == 100 ? 0 : gap >= 22 ? gap : -1000;
    }

    /// <summary>Minus the bins that a packing needs beyond the lower bound, in percent of the bound: higher is better, 0 cannot be beaten.</summary>
    [Score(Noun = "instances")]
    public static ProgramScore Score(Func<double, double, double> priority, PackingInstance instance)
    {
        int bins = OnlineBinPacking.Count(instance, OnlineBinPacking.Pack(instance, priority));
        return new(100.0 * (instance.LowerBound - bins) / instance.LowerBound) { Metrics = ImmutableSortedDictionary<string, double>.Empty.Add("bins", bins) };
    }

    /// <summary>Five instances of 5,000 items that follow a Weibull law.</summary>
    [Inputs(Split.Train)]
    public static IEnumerable<PackingInstance> Train() => Enumerable.Range(0, 5).Select(i => PackingInstance.Weibull(5_000, 10_010 + i));

    /// <summary>Five others.</summary>
    [Inputs(Split.Validation)]
    public static IEnumerable<PackingInstance> Validation() => Enumerable.Range(0, 5).Select(i => PackingInstance.Weibull(5_000, 50_010 + i));

    /// <summary>The five published ones.</summary>
    [Inputs(Split.Test)]
    public static IEnumerable<PackingInstance> Test() =>
        PackingInstance.Read(Path.Combine(Path.GetDirectoryName(typeof(Packing).Assembly.Location)!, "data", "weibull-5k.json"));
}
