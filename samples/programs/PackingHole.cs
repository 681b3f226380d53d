using System.Collections.Immutable;
using System.Globalization;
using Ansatz.Programs;
using Ansatz.Sandbox;

namespace Ansatz.Samples.Programs;

/// <summary>Online bin packing with a hole: which bin to put an item into.</summary>
public static class PackingHole
{
    /// <summary>Best fit: the fullest bin that an item fits into.</summary>
    public const string BestFit = "static double Priority(double item, double bin) => item - bin;";

    /// <summary>First fit: the earliest.</summary>
    public const string FirstFit = "static double Priority(double item, double bin) => 0;";

    /// <summary>Two constants found by grid search for Weibull items: leave a gap of at most 1, or one of at least 22; 2,106 pairs were tried on other instances.</summary>
    public const string TwoConstants = """
        static double Priority(double item, double bin)
        {
            double gap = bin - item;
            if (gap <= 1)
            {
                return 1000 - gap;
            }

            return bin == 100 ? 0 : gap >= 22 ? gap : -1000;
        }
        """;

    /// <summary>An objective over instances: minus the number of bins.</summary>
    /// <param name="train">On these a search scores.</param>
    /// <param name="validation">These choose.</param>
    /// <param name="test">These judge.</param>
    public static ProgramObjective<Func<double, double, double>, PackingInstance> Objective(
        IEnumerable<PackingInstance> train, IEnumerable<PackingInstance> validation, IEnumerable<PackingInstance> test)
    {
        ProgramPart part = new(
            HoleSignature.Of<Func<double, double, double>>("Priority"),
            BestFit,
            [("first fit", FirstFit), ("two constants", TwoConstants)],
            "Items arrive one after the other. Priority says how much to want an item in a bin of which so much is free; the item goes into the bin with the highest priority. Fewer bins are better.");
        Inputs<PackingInstance> inputs = new(train, validation, test, i => string.Create(CultureInfo.InvariantCulture, $"{i.Capacity}: {string.Join(' ', i.Items)}"));
        return new(part, inputs, (priority, instance) => -OnlineBinPacking.Count(instance, OnlineBinPacking.Pack(instance, priority)), noun: "instances");
    }

    /// <summary>Weibull instances of one seed: five to train on, five to choose by.</summary>
    /// <param name="seed">Train instances come from 1000 + seed, validation instances from 5000 + seed.</param>
    /// <param name="items">Items of an instance.</param>
    /// <param name="test">These judge.</param>
    public static ProgramObjective<Func<double, double, double>, PackingInstance> Weibull(int seed, int items, ImmutableArray<PackingInstance> test) => Objective(
        Enumerable.Range(0, 5).Select(i => PackingInstance.Weibull(items, ((1_000 + seed) * 10L) + i)),
        Enumerable.Range(0, 5).Select(i => PackingInstance.Weibull(items, ((5_000 + seed) * 10L) + i)),
        test);
}
